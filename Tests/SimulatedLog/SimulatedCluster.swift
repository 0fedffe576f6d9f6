public import KafkaClient
import Synchronization

/// A ``SimulatedLog`` with writers and readers on it that keep the promises of `KafkaProducer` and `KafkaConsumer`.
///
/// How to test a service on it:
///
///     let cluster = try SimulatedCluster(
///         seed: seed, weather: .rough,
///         topics: [SimulatedTopic("commands", partitions: 12, cleanup: .delete),
///                  SimulatedTopic("leases", partitions: 48, cleanup: .compact)])
///     let writer = cluster.writer()                                        // instead of a KafkaProducer
///     let reader = try cluster.reader(.group("g", topics: ["commands"]))   // instead of a KafkaConsumer
///     group.addTask { try await reader.run(handler) }
///     cluster.with { $0.plan(.late, for: "leases") }                       // exactly one fault
///     cluster.expire(reader)                                               // the group goes on without it
///     try await cluster.until { $0.committed(place, by: "g") == 7 }        // never sleep: wait for the log
///     try cluster.settle()                                                 // the weather clears up for good
///     let records = try cluster.with { try $0.records(of: place) }
///
/// There is no time: no deadline passes and no outage ends by itself, except that the weather's outages end with the
/// next attempts. What takes time elsewhere is a verb here: ``passRevocationDeadline(of:)``, ``getStuck(_:)``,
/// ``SimulatedLog/takeAway(_:turns:)``, ``expire(_:unnoticed:)``. A process that dies is an unnoticed expiry, a closed
/// writer and a cancelled task. With every send one turn of the weather passes, and with ``turn()``.
///
/// The log itself does the same for the same seed and calls; tasks come in the order the scheduler likes. So print the
/// seed, and ``SimulatedLog/history`` when a test fails.
public final class SimulatedCluster: Sendable {
    struct State {
        var log: SimulatedLog
        var groups: [String: SimulatedGroup] = [:]
        var readers = 0

        /// Deals partitions out where everybody is ready.
        mutating func balance() {
            for name in groups.keys.sorted() {
                guard groups[name]?.isReady == true, groups[name]?.live.isEmpty == false else { continue }
                let generation = log.beginGeneration(of: name)
                groups[name]?.balance(generation: generation) { [log] in log.partitionCount(of: $0) }
            }
        }
    }

    let state: Mutex<State>
    let signal = ChangeSignal()

    /// - Throws: `settings` when a topic is there twice.
    public init(seed: UInt64, weather: Weather = .calm, topics: [SimulatedTopic] = []) throws(KafkaError) {
        var log = SimulatedLog(seed: seed, weather: weather)
        for topic in topics { try log.add(topic) }
        state = Mutex(State(log: log))
    }

    /// A writer, as a process has one.
    public func writer() -> SimulatedWriter { SimulatedWriter(cluster: self) }

    /// A reader. Several of one group share its topics.
    /// - Throws: `settings`, as `KafkaConsumer` does.
    public func reader(
        _ subscription: Subscription, handling: Handling = Handling()
    ) throws(KafkaError) -> SimulatedReader {
        let id = state.withLock { state in
            state.readers += 1
            return state.readers
        }
        return try SimulatedReader(id: id, subscription: subscription, handling: handling, cluster: self)
    }

    // MARK: The log

    /// Does anything to the log, or looks at it; then whoever waits for it looks again.
    @discardableResult
    public func with<Output: Sendable, Failure: Error>(
        _ body: (inout SimulatedLog) throws(Failure) -> Output
    ) throws(Failure) -> Output {
        try change { state throws(Failure) in
            let topics = Set(state.log.topics.keys)
            let output = try body(&state.log)
            for topic in Set(state.log.topics.keys).subtracting(topics) {
                for name in state.groups.keys where state.groups[name]?.subscribes(to: topic) == true {
                    state.groups[name]?.rebalance()
                }
            }
            return output
        }
    }

    /// Waits until the log is as wanted. The condition is looked at after each change, and must not use the cluster.
    /// - Throws: `CancellationError`.
    public func until(_ condition: (SimulatedLog) -> Bool) async throws {
        try await withTaskCancellationHandler {
            while true {
                let seen = signal.changes
                if state.withLock({ condition($0.log) }) { return }
                try Task.checkCancellation()
                await signal.wait(after: seen)
            }
        } onCancel: {
            signal.ring()
        }
    }

    /// Lets a moment pass, in which whatever the weather brings may happen.
    public func turn() throws(KafkaError) {
        try change { state throws(KafkaError) in try state.turn() }
    }

    /// The weather clears up for good: everything is back, late records have arrived or never will, whoever lost its
    /// place in a group notices, and what waited to be committed is committed.
    public func settle() throws(KafkaError) {
        try change { state throws(KafkaError) in
            try state.log.settle()
            for name in state.groups.keys { state.groups[name]?.noticeAll() }
        }
    }

    // MARK: Groups

    /// The partitions of a group are dealt out anew, for no reason.
    public func rebalance(_ group: String) { change { $0.groups[group]?.rebalance() } }

    /// A member of a group loses its place, as after `session.timeout.ms` without a heartbeat; its commits are refused.
    /// It gives its partitions up as lost, and joins again.
    /// - Parameter unnoticed: it does not know yet and goes on like a zombie, until ``notice(_:)``.
    public func expire(_ reader: SimulatedReader, unnoticed: Bool = false) {
        guard case .group(let group, _) = reader.subscription else { return }
        change { $0.expire(reader.id, of: group, isNoticed: !unnoticed) }
    }

    /// A reader that lost its place unnoticed learns of it.
    public func notice(_ reader: SimulatedReader) {
        guard case .group(let group, _) = reader.subscription else { return }
        change { $0.groups[group]?.notice(reader.id) }
    }

    /// `Handling.revocationDeadline` passes: the reader gives up its partitions, now or the next time it has to,
    /// without the calls that are under way.
    public func passRevocationDeadline(of reader: SimulatedReader) { reader.passRevocationDeadline() }

    /// A call of the reader's handler takes longer than `max.poll.interval.ms`: the reader ends with `stuck`.
    public func getStuck(_ reader: SimulatedReader) { reader.getStuck() }

    /// Changes the state, then wakes whoever waits for that.
    @discardableResult
    func change<Output: Sendable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Output
    ) throws(Failure) -> Output {
        defer { signal.ring() }
        return try state.withLock { state throws(Failure) in
            defer { state.balance() }
            return try body(&state)
        }
    }

    /// As a client asks: an attempt in vain wakes nobody, or two who wait would wake each other for ever.
    func ask<Output: Sendable>(
        _ body: (inout State) throws(KafkaError) -> Output
    ) throws(KafkaError) -> Output {
        let (outcome, isChanged): (Result<Output, KafkaError>, Bool) = state.withLock { state in
            let before = (state.log.history.count, state.log.attempts)
            let outcome: Result<Output, KafkaError>
            do throws(KafkaError) { outcome = .success(try body(&state)) } catch { outcome = .failure(error) }
            return (outcome, before != (state.log.history.count, state.log.attempts))
        }
        if isChanged { signal.ring() }
        return try outcome.get()
    }
}

extension SimulatedCluster.State {
    mutating func expire(_ reader: Int, of group: String, isNoticed: Bool) {
        guard groups[group]?.expire(reader, isNoticed: isNoticed) == true else { return }
        log.history.append(.expired(group: group, reader: reader))
    }

    /// The log's weather, then that of the groups.
    mutating func turn() throws(KafkaError) {
        try log.turn()
        if log.happens(log.weather.rebalance), let group = groups.keys.sorted().randomElement(using: &log.random) {
            groups[group]?.rebalance()
        }
        if log.happens(log.weather.expiry), let group = groups.keys.sorted().randomElement(using: &log.random),
            let reader = groups[group]?.live.randomElement(using: &log.random)
        {
            expire(reader, of: group, isNoticed: Bool.random(using: &log.random))
        } else if log.happens(log.weather.expiry * 10) {
            for group in groups.keys { groups[group]?.noticeAll() }
        }
    }
}
