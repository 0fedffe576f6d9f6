import KafkaClient

/// Who is in a consumer group, and who has which partitions: the range assignor, and a rebalance that takes everything
/// from everybody first. A value without I/O.
struct SimulatedGroup: Sendable {
    /// What a member is to do now.
    enum Order: Equatable {
        case take([TopicPartition], generation: Int)
        case giveUp(isLost: Bool)
    }

    private enum Standing: Equatable {
        /// Has given up what it had.
        case waiting
        case offered([TopicPartition])
        case holding
        case revoking
        /// The group has gone on without it.
        case lost(isNoticed: Bool)
    }

    private struct Member {
        var topics: [String]
        var standing = Standing.waiting
        var generation = 0
    }

    private var members: [Int: Member] = [:]
    private var isBalanced = true

    /// Those that are not lost.
    var live: [Int] { members.keys.sorted().filter { !isLost($0) } }

    /// Whether everybody has given up what they had.
    var isReady: Bool { !isBalanced && live.allSatisfy { members[$0]?.standing == .waiting } }

    mutating func join(_ id: Int, topics: [String]) {
        members[id] = Member(topics: topics)
        rebalance()
    }

    mutating func leave(_ id: Int) {
        guard members.removeValue(forKey: id) != nil else { return }
        rebalance()
    }

    mutating func subscribe(_ id: Int, to topics: [String]) {
        guard members[id] != nil else { return }
        members[id]?.topics = topics
        if !isLost(id) { rebalance() }
    }

    /// Takes a member's place away.
    /// - Returns: whether it had one.
    mutating func expire(_ id: Int, isNoticed: Bool) -> Bool {
        guard members[id] != nil, !isLost(id) else { return false }
        members[id]?.standing = .lost(isNoticed: isNoticed)
        rebalance()
        return true
    }

    /// Whoever lost its place notices now.
    mutating func notice(_ id: Int) {
        if members[id]?.standing == .lost(isNoticed: false) { members[id]?.standing = .lost(isNoticed: true) }
    }

    mutating func noticeAll() { for id in members.keys { notice(id) } }

    mutating func gaveUp(_ id: Int) {
        guard let standing = members[id]?.standing, standing != .lost(isNoticed: false) else { return }
        members[id]?.standing = .waiting
        // One that was lost joins again.
        if case .lost = standing { rebalance() }
    }

    mutating func rebalance() {
        isBalanced = false
        for id in live {
            switch members[id]?.standing {
            case .holding: members[id]?.standing = .revoking
            case .offered: members[id]?.standing = .waiting
            default: break
            }
        }
    }

    /// Deals the partitions out.
    mutating func balance(generation: Int, partitionCount: (String) -> Int32?) {
        isBalanced = true
        var shares: [Int: [TopicPartition]] = [:]
        for topic in Set(live.flatMap { members[$0]?.topics ?? [] }).sorted() {
            let takers = live.filter { members[$0]?.topics.contains(topic) == true }
            let count = Int(partitionCount(topic) ?? 0)
            var next = 0
            for (index, id) in takers.enumerated() {
                let size = count / takers.count + (index < count % takers.count ? 1 : 0)
                shares[id, default: []] += (next..<next + size).map {
                    TopicPartition(topic: topic, partition: Int32($0))
                }
                next += size
            }
        }
        for id in live {
            members[id]?.standing = .offered(shares[id] ?? [])
            members[id]?.generation = generation
        }
    }

    /// What a member is to do, once.
    mutating func order(for id: Int) -> Order? {
        guard let member = members[id] else { return nil }
        switch member.standing {
        case .offered(let partitions):
            members[id]?.standing = .holding
            return .take(partitions, generation: member.generation)
        case .revoking: return .giveUp(isLost: false)
        case .lost(isNoticed: true): return .giveUp(isLost: true)
        case .waiting, .holding, .lost: return nil
        }
    }

    /// Whether a member knows that it lost its place.
    func hasNoticedLoss(_ id: Int) -> Bool { members[id]?.standing == .lost(isNoticed: true) }

    /// The generation a member commits for; `nil` when it has no place.
    func generation(of id: Int) -> Int? { isLost(id) ? nil : members[id]?.generation }

    func subscribes(to topic: String) -> Bool { members.values.contains { $0.topics.contains(topic) } }

    private func isLost(_ id: Int) -> Bool {
        if case .lost = members[id]?.standing { true } else { false }
    }
}
