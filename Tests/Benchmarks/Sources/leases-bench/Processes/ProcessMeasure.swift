import Foundation
import KafkaClient
import SymMessages
import Synchronization

/// What only real processes show: what an idle one takes, one tailnet that hangs, and an owner that dies.
struct ProcessMeasure {
    private static let tailnets = 50
    /// Of these one hangs.
    private static let hanging = 49
    /// A further one, for the grants that stand in the topic.
    private static let crowded = 50
    private static let groups = 4

    let programs: String
    let server: String?

    func run(_ report: Report) async throws {
        var people = [Int: Int](uniqueKeysWithValues: (0..<Self.tailnets).map { ($0, 200) })
        people[Self.crowded] = 250
        let api = try TailnetAPI(tailnets: people, groups: Self.groups)
        let stack = try await ProvisionerStack(programs: programs, server: server, api: api)
        do {
            try await idle(stack, report)
            try await crowd(stack, report)
            try stack.start()
            try await hang(stack, report)
            try await die(stack, report)
        } catch {
            try? await stack.stop()
            throw error
        }
        try await stack.stop()
    }

    private func idle(_ stack: ProvisionerStack, _ report: Report) async throws {
        let child = try stack.start()
        // Idle is what it is once nothing of the start is left.
        try await Task.sleep(for: .seconds(10))
        let resident = Double(try MemoryMeasure.resident(of: "\(child.id)")) / 1e6
        report.judge(
            "memory of an idle provisioner, resident", resident, "MB", gate: 80, goal: 40,
            "10 s after its start, on \(stack.kafka.name)")
        child.stop()
    }

    /// A thousand grants of one tailnet, there before the provisioner.
    private func crowd(_ stack: ProvisionerStack, _ report: Report) async throws {
        let startBy = Timestamp(milliseconds: Int64(WallClock.now) + 900_000)
        let terms = (0..<1_000).map { number in
            Population.terms(
                id: "crowd \(number)", tailnet: Self.crowded, group: number % Self.groups, person: number / Self.groups,
                duration: Seconds(3_600), startBy: startBy)
        }
        try await run(stack) { approver in
            try await withThrowingTaskGroup { group in
                for terms in terms { group.addTask { try await approver.grant(terms) } }
                try await group.waitForAll()
            }
        }
        let began = WallClock.now
        try stack.start()
        try await run(stack) { approver in
            try await eventually("1,000 grants to be confirmed") { approver.ends.count == terms.count }
        }
        let done = WallClock.now
        let arrived = stack.api.takeArrived()
        report.judge(
            "writes for 1,000 grants of one tailnet, real process", Double(arrived.count), "", gate: 5, goal: 2,
            "first \(Report.number((arrived.first?.at ?? .nan) - began, "ms")) after the process was started, all confirmed after "
                + "\(Report.number(done - began, "ms")), on \(stack.kafka.name)")
    }

    /// The other tailnets while one hangs, against the same while none does, in turn.
    private func hang(_ stack: ProvisionerStack, _ report: Report) async throws {
        let quiet = Mutex(Latencies())
        let hung = Mutex(Latencies())
        let api = stack.api
        try await run(stack) { approver in
            // The first round opens the connections and asks for the users.
            _ = try await Self.round("warm-up", api, approver)
            for round in 0..<3 {
                let without = try await Self.round("quiet \(round)", api, approver)
                quiet.withLock { $0.add(without) }
                try api.hangs(Self.hanging, true)
                let with = try await Self.round("hung \(round)", api, approver)
                try api.hangs(Self.hanging, false)
                hung.withLock { $0.add(with) }
            }
        }
        let (without, with) = (quiet.withLock { $0 }, hung.withLock { $0 })
        for (name, path) in [("grants", \Latencies.grants), ("ends", \Latencies.ends)] {
            let (quiet, hung) = (without[keyPath: path], with[keyPath: path])
            let ratio = hung.quantile(0.5) / quiet.quantile(0.5)
            report.judge(
                "one of 50 tailnets hangs, \(name) of the others: p50 ratio", ratio, "", gate: 1.5, goal: 1.1,
                "hangs: \(hung.spread) ms; does not: \(quiet.spread) ms; \(stack.kafka.name), two provisioners")
        }
    }

    /// All tailnets' leases end a moment after one of the two owners was killed.
    private func die(_ stack: ProvisionerStack, _ report: Report) async throws {
        let late = Mutex<(all: [Double], afterKill: Double)>(([], 0))
        let api = stack.api
        let victim = stack.provisioners[stack.provisioners.count - 1]
        let id = victim.id
        try await run(stack) { approver in
            let now = WallClock.now
            let terms = (0..<Self.tailnets).map { tailnet in
                Population.terms(
                    id: "die \(tailnet)", tailnet: tailnet, group: 0, person: 199, duration: Seconds(12),
                    startBy: Timestamp(milliseconds: Int64(now) + 60_000))
            }
            for terms in terms { try await approver.grant(terms) }
            try await eventually("the leases to be confirmed") {
                terms.allSatisfy { approver.ends[$0.leaseID] != nil }
            }
            let ends = approver.ends
            let due = Dictionary(
                uniqueKeysWithValues: terms.map { ($0.tailnet, Double(ends[$0.leaseID]?.milliseconds ?? 0)) })
            let first = due.values.min() ?? 0
            guard first - WallClock.now > 2_000 else { throw BenchError("The leases began too late to be of use.") }
            try await Task.sleep(for: .milliseconds(Int(first - WallClock.now - 1_000)))
            _ = api.takeArrived()
            kill(id, SIGKILL)
            let killed = WallClock.now
            var ended: [String: Double] = [:]
            try await eventually("what the dead owner owed to be ended", within: .seconds(90)) {
                for arrival in api.takeArrived() where arrival.removed.contains(terms[0].login.rawValue) {
                    ended[arrival.tailnet] = ended[arrival.tailnet] ?? arrival.at
                }
                return ended.count == terms.count
            }
            let lateness = ended.map { $0.value - (due[$0.key] ?? 0) }
            late.withLock { $0 = (lateness, (ended.values.max() ?? 0) - killed) }
        }
        let (all, afterKill) = late.withLock { $0 }
        let taken = all.count { $0 > 1_000 }
        let note =
            "from the kill to the last of 50 ends, due 1 s after it; \(taken) were taken over, \(stack.kafka.name); late by "
            + "\(all.spread) ms"
        let title = "owner SIGKILLed: its due leases ended by another"
        if stack.kafka.isEmbedded {
            report.say(
                title, afterKill / 1_000, "s", "\(note). The gate, 15 s, is of a real Kafka: SYM_TEST_KAFKA=host:port")
        } else {
            report.judge(title, afterKill / 1_000, "s", gate: 15, goal: 8, note)
        }
    }

    private func run(
        _ stack: ProvisionerStack, _ body: @escaping @Sendable (Approver) async throws -> Void
    ) async throws {
        try await stack.run { approver in
            try await body(approver)
            if let failure = approver.failures.first { throw BenchError("A grant failed: \(failure)") }
        }
    }
}

/// Milliseconds.
private struct Latencies: Sendable {
    /// From sending the order to the arrival of the write.
    var grants: [Double] = []
    /// From the end of the lease to the arrival of the write.
    var ends: [Double] = []

    mutating func add(_ other: Latencies) {
        grants += other.grants
        ends += other.ends
    }
}

extension ProcessMeasure {
    /// Two grants for each of the tailnets that do not hang, and their ends; now and then one for the tailnet that may.
    private static func round(_ name: String, _ api: TailnetAPI, _ approver: Approver) async throws -> Latencies {
        var sent: [Key: (at: Double, lease: LeaseID)] = [:]
        _ = api.takeArrived()
        for number in 0..<(2 * hanging) {
            let tailnets = number % 10 == 0 ? [number % hanging, hanging] : [number % hanging]
            for tailnet in tailnets {
                let person = number / hanging + 2 * (abs(name.hashValue) % 90)
                let terms = Population.terms(
                    id: "\(name) \(number) \(tailnet)", tailnet: tailnet, group: 0, person: person,
                    duration: Seconds(4),
                    startBy: Timestamp(milliseconds: Int64(WallClock.now) + (tailnet == hanging ? 600_000 : 20_000)))
                if tailnet != hanging {
                    sent[Key(tailnet: terms.tailnet, login: terms.login.rawValue)] = (WallClock.now, terms.leaseID)
                }
                try await approver.grant(terms)
            }
            // The pace of the measure, 25 a second; nothing is waited for.
            try await Task.sleep(for: .milliseconds(40))
        }
        var latencies = Latencies()
        var removed: [Key: Double] = [:]
        try await eventually("the leases of round \(name) to end") {
            for arrival in api.takeArrived() {
                for login in arrival.added {
                    guard let grant = sent[Key(tailnet: arrival.tailnet, login: login)] else { continue }
                    latencies.grants.append(arrival.at - grant.at)
                }
                for login in arrival.removed { removed[Key(tailnet: arrival.tailnet, login: login)] = arrival.at }
            }
            return sent.keys.allSatisfy { removed[$0] != nil }
        }
        let ends = approver.ends
        for (key, grant) in sent {
            guard let end = ends[grant.lease], let at = removed[key] else { continue }
            latencies.ends.append(at - Double(end.milliseconds))
        }
        return latencies
    }

    private struct Key: Hashable {
        let tailnet: String
        let login: String
    }
}
