import KafkaClient
import Synchronization

/// Serves a simulated reader: assignments come and go, records are handed over, offsets are committed.
struct ReaderPump<Handler: KafkaConsumerHandler> {
    private let reader: SimulatedReader
    private let handler: Handler
    private let cluster: SimulatedCluster
    private var readings: [TopicPartition: PartitionReading] = [:]
    private var assignment = 0
    /// Calls under way of the present assignment.
    private var running: [TopicPartition: Int] = [:]
    /// Calls under way of partitions that were given up.
    private var abandoned: [TopicPartition: Int] = [:]
    /// The first error of a call.
    private var failure: (any Error)?

    init(reader: SimulatedReader, handler: Handler) {
        self.reader = reader
        self.handler = handler
        cluster = reader.cluster
    }

    private var group: String? {
        if case .group(let name, _) = reader.subscription { name } else { nil }
    }

    mutating func run() async throws {
        let outcome: Result<Void, any Error> = await withDiscardingTaskGroup { calls in
            var outcome: Result<Void, any Error> = .success(())
            do {
                try await serve(&calls)
            } catch {
                if !reader.isStopping { outcome = .failure(error) }
            }
            let isGood = if case .success = outcome { true } else { false }
            await giveUp(isLost: isLost, tellsHandler: isGood)
            if let group { cluster.change { $0.groups[group]?.leave(reader.id) } }
            calls.cancelAll()
            return outcome
        }
        reader.state.withLock { $0.isEnded = true }
        try outcome.get()
    }

    private mutating func serve(_ calls: inout DiscardingTaskGroup) async throws {
        switch reader.subscription {
        case .group(let group, _):
            cluster.change { state in
                let topics = reader.state.withLock { $0.topics }
                state.groups[group, default: SimulatedGroup()].join(reader.id, topics: topics)
            }
        case .partitions(let topics):
            guard let partitions = try await partitions(of: topics) else { return }
            try await assign(partitions.map { Companion(topicPartition: $0, start: .beginning) })
        case .exactly(let starts):
            try await assign(starts)
        }
        while !reader.isStopping {
            let seen = cluster.signal.changes
            drain()
            if let failure { throw failure }
            if reader.state.withLock({ $0.isStuck }) {
                throw KafkaError(.stuck, "A handler has been at work for too long (max.poll.interval.ms).")
            }
            try await follow()
            try startCalls(&calls)
            advance()
            commit()
            await cluster.signal.wait(after: seen)
        }
    }

    // MARK: Calls

    private mutating func startCalls(_ calls: inout DiscardingTaskGroup) throws {
        for (partition, limit) in cluster.callOrder(readings.keys.sorted()) {
            guard abandoned[partition] == nil, var reading = readings[partition] else { continue }
            defer { readings[partition] = reading }
            while reading.room > 0 {
                let before = reading.position
                do throws(KafkaError) {
                    let read = try cluster.ask { [reading] state throws(KafkaError) in
                        try state.log.fetch(partition, from: reading.position, limit: reading.room)
                    }
                    reading.read(read.records, next: read.next)
                    if reading.position == before { break }
                } catch {
                    guard error.code == .unreachable else { throw error }
                    break
                }
            }
            while underWay < reader.handling.callsAtOnce, let call = reading.nextCall(limit: limit) {
                running[partition, default: 0] += 1
                calls.addTask { [reader, handler, assignment] in
                    await reader.make(call, in: partition, assignment: assignment) {
                        switch call {
                        case .records(let records, _): try await handler.received(records, from: partition)
                        case .caughtUp(let end): try await handler.caughtUp(partition, upTo: end)
                        }
                    }
                }
            }
        }
    }

    private var underWay: Int { running.values.reduce(0, +) + abandoned.values.reduce(0, +) }

    /// Takes note of the calls that have returned.
    private mutating func drain() {
        let finished = reader.state.withLock { state in
            defer { state.finished = [] }
            return state.finished
        }
        for each in finished {
            let isOurs = each.assignment == assignment
            if isOurs { running.countDown(each.partition) } else { abandoned.countDown(each.partition) }
            switch each.outcome {
            case .success(true): if isOurs { readings[each.partition]?.finished(each.call) }
            case .success(false): break
            case .failure(let error): failure = failure ?? error
            }
        }
        advance()
    }

    /// Moves the offsets to resume from. Not only after a call: the end of a compacted log has offsets without records.
    private func advance() {
        guard case .onReturn = reader.handling.offsets else { return }
        let handled = readings.mapValues(\.handled)
        reader.state.withLock { state in
            for (partition, next) in handled { state.held?.store(next, in: partition) }
        }
    }

    private func commit() {
        guard let group else { return }
        let offsets = reader.state.withLock { $0.held?.uncommitted ?? [:] }
        guard !offsets.isEmpty, !cluster.delaysCommit() else { return }
        send(offsets, group)
    }

    private func send(_ offsets: [TopicPartition: Int64], _ group: String) {
        do throws(KafkaError) {
            try cluster.commit(offsets, by: group, member: reader.id)
        } catch {
            // Without an answer it is tried again with the next commit; a member without a place need not try.
            guard error.code == .notAssigned else { return }
        }
        reader.state.withLock { $0.held?.committed(offsets) }
    }

    // MARK: Assignment

    /// Does what the group says.
    private mutating func follow() async throws {
        guard let group else { return }
        switch cluster.order(for: reader.id, of: group) {
        case .take(let partitions, _):
            // `partitionsAssigned` is never called with an empty list.
            guard !partitions.isEmpty else { break }
            try await assign(partitions.map { Companion(topicPartition: $0, start: .committed) })
        case .giveUp(let isLost):
            await giveUp(isLost: isLost, tellsHandler: true)
            cluster.change { $0.groups[group]?.gaveUp(reader.id) }
        case nil:
            break
        }
    }

    private mutating func assign(_ partitions: [Companion]) async throws {
        guard !partitions.isEmpty else { return }
        var wanted: [TopicPartition: StartOffset] = [:]
        for each in partitions + (try await handler.partitionsAssigned(partitions.map(\.topicPartition).sorted())) {
            guard wanted.updateValue(each.start, forKey: each.topicPartition) == nil else {
                throw KafkaError(
                    .settings, "\(each.topicPartition) is in the assignment already and cannot be in it once more.")
            }
        }
        let starts: [TopicPartition: HeldPartitions.Start]? = try await persist { [group] state throws(KafkaError) in
            var starts: [TopicPartition: HeldPartitions.Start] = [:]
            for place in wanted.keys.sorted() {
                starts[place] = try state.log.start(of: place, at: wanted[place] ?? .committed, group: group)
            }
            return starts
        }
        guard let starts else { return }
        readings = starts.mapValues { PartitionReading(order: reader.handling.order, start: $0) }
        let held = HeldPartitions(starts)
        reader.state.withLock { $0.held = held }
    }

    private var isLost: Bool {
        guard let group else { return false }
        return cluster.state.withLock { $0.groups[group]?.hasNoticedLoss(reader.id) ?? false }
    }

    /// The calls under way, the handler's last word, then the last commit.
    private mutating func giveUp(isLost: Bool, tellsHandler: Bool) async {
        guard let partitions = reader.state.withLock({ $0.held?.partitions }) else { return }
        if isLost { reader.cancelCalls(of: assignment) }
        while true {
            let seen = cluster.signal.changes
            drain()
            if running.isEmpty || reader.state.withLock({ $0.isDeadlinePassed }) { break }
            await cluster.signal.wait(after: seen)
        }
        // What calls still under way do counts no more.
        reader.cancelCalls(of: assignment)
        abandoned.merge(running, uniquingKeysWith: +)
        running = [:]
        assignment += 1
        if tellsHandler { await handler.partitionsRevoked(partitions, lost: isLost) }
        let stored = reader.state.withLock { state in
            defer { state.held = nil }
            state.isDeadlinePassed = false
            return state.held?.stored ?? [:]
        }
        readings = [:]
        guard !isLost, !stored.isEmpty, let group else { return }
        send(stored, group)
    }

    // MARK: Questions

    private func partitions(of topics: [String]) async throws -> [TopicPartition]? {
        try await persist { state throws(KafkaError) in
            var partitions: [TopicPartition] = []
            for topic in topics {
                try state.log.reach(topic)
                guard let count = state.log.partitionCount(of: topic) else {
                    throw KafkaError(.unreachable, "The topic \(topic) is not there yet.")
                }
                partitions += (0..<count).map { TopicPartition(topic: topic, partition: $0) }
            }
            return partitions
        }
    }

    /// Asks until there is an answer; `nil` when the reader is to stop before.
    private func persist<Answer: Sendable>(
        _ question: (inout SimulatedCluster.State) throws(KafkaError) -> Answer
    ) async throws(KafkaError) -> Answer? {
        while !reader.isStopping {
            let seen = cluster.signal.changes
            do throws(KafkaError) {
                return try cluster.ask(question)
            } catch {
                guard error.code == .unreachable else { throw error }
            }
            await cluster.signal.wait(after: seen)
        }
        return nil
    }
}

extension [TopicPartition: Int] {
    fileprivate mutating func countDown(_ partition: TopicPartition) {
        let left = (self[partition] ?? 1) - 1
        self[partition] = left > 0 ? left : nil
    }
}
