import Synchronization

/// Creates, describes, checks and deletes topics.
///
/// Every call has an end: its answer, or `unreachable` after the time limit. The embedded broker has no such requests;
/// there they are refused at once, and only numbers of partitions can be had.
public final class KafkaAdmin: Sendable {
    private let handle: ClientHandle
    private let settings: KafkaSettings
    private let timeLimit: Duration
    /// The last error the client had since it was last answered. librdkafka tells an error it repeats only once.
    private let lastError = Mutex<String?>(nil)

    /// Each call may take from a millisecond to an hour, as `timeLimit` says.
    /// - Throws: `settings`.
    public init(settings: KafkaSettings, timeLimit: Duration = .seconds(10)) throws(KafkaError) {
        guard (.milliseconds(1) ... .seconds(3600)).contains(timeLimit) else {
            throw KafkaError(.settings, "A Kafka admin's time limit must be from a millisecond to an hour. Change it.")
        }
        handle = try .admin(settings.adminConfiguration())
        self.settings = settings
        self.timeLimit = timeLimit
    }

    /// Creates topics; those that exist are left as they are. Other brokers may learn of a new topic a moment later.
    /// - Returns: what became of each, by name.
    /// - Throws: `settings` for a topic that cannot be; `refused` on the embedded broker, or when Kafka refuses the
    ///   whole request; `unreachable`: it may or may not have been done; `closed`.
    public func create(_ topics: [TopicSpecification]) async throws(KafkaError) -> [String: TopicCreation] {
        try Self.check(topics)
        try refuseOnEmbedded("create topics", "Name its topics when it is started (--topic name:partitions)")
        guard !topics.isEmpty else { return [:] }
        let deadline = try await begin()
        return try answer(await handle.createTopics(topics, until: deadline))
    }

    /// Deletes topics with all their records.
    /// - Returns: what became of each, by name.
    /// - Throws: as ``create(_:)``.
    public func delete(_ topics: [String]) async throws(KafkaError) -> [String: TopicDeletion] {
        try Self.check(topics)
        try refuseOnEmbedded("delete topics", "Restart it: its topics end with it")
        guard !topics.isEmpty else { return [:] }
        let deadline = try await begin()
        return try answer(await handle.deleteTopics(topics, until: deadline))
    }

    /// The topics with their settings; those that are not there, or that this client may not see, are left out.
    /// - Throws: `refused` on the embedded broker, which has no settings of topics; see ``partitions(of:)``; or when
    ///   Kafka refuses; `unreachable`, `closed`.
    public func describe(_ topics: [String]) async throws(KafkaError) -> [TopicDescription] {
        try Self.check(topics)
        try refuseOnEmbedded("show settings of topics", "Ask for the partitions alone")
        return try await describe(topics, configuration: true)
    }

    /// The partitions of topics; those that are not there, or that this client may not see, are left out. Asking makes
    /// no topic.
    /// - Throws: `unreachable`, `closed`.
    public func partitions(of topics: [String]) async throws(KafkaError) -> [String: [TopicDescription.Partition]] {
        try Self.check(topics)
        let found = try await describe(topics, configuration: false)
        return Dictionary(found.map { ($0.name, $0.partitions) }) { first, _ in first }
    }

    /// In what the topics are not as they should be; empty when all is well. On the embedded broker whether they are
    /// there and how many partitions they have, which is all it has.
    /// - Throws: `settings` for a topic that cannot be; otherwise as ``describe(_:)``.
    public func check(_ topics: [TopicSpecification]) async throws(KafkaError) -> [TopicFinding] {
        try Self.check(topics)
        let isEmbedded = settings.isEmbedded
        // What is not wanted need not be asked for: it takes a right of its own.
        let needsConfiguration = !isEmbedded && topics.contains { !$0.configuration.isEmpty }
        let found = try await describe(topics.map(\.name), configuration: needsConfiguration)
        let byName = Dictionary(found.map { ($0.name, $0) }) { first, _ in first }
        return topics.flatMap { topic in
            let wanted = isEmbedded ? TopicSpecification(name: topic.name, partitions: topic.partitions) : topic
            return TopicFinding.findings(wanted, byName[topic.name])
        }
    }

    /// Waits for the calls under way and closes the connections. Later calls throw `closed`.
    public func close() async {
        await handle.destroy()
    }

    private func describe(_ topics: [String], configuration: Bool) async throws(KafkaError) -> [TopicDescription] {
        guard !topics.isEmpty else { return [] }
        let deadline = try await begin()
        let partitions = try answer(await handle.partitions(of: Set(topics), until: deadline))
        let there = topics.filter { partitions[$0] != nil }
        let entries =
            configuration && !there.isEmpty
            ? try answer(await handle.configurations(of: there, until: deadline)) : [:]
        return there.map { topic in
            TopicDescription(
                name: topic, partitions: partitions[topic] ?? [], configuration: entries[topic] ?? [:])
        }
    }

    /// Sees to it that there is a token, if one is needed. Returns until when the call may take.
    private func begin() async throws(KafkaError) -> ContinuousClock.Instant {
        let deadline = ContinuousClock.now + timeLimit
        guard let source = settings.oauthBearer else { return deadline }
        let failure: KafkaError? = await withTaskGroup(of: KafkaError?.self) { [handle] group in
            group.addTask {
                if case .failure(let error) = await handle.refreshToken(from: source) { error } else { nil }
            }
            group.addTask {
                try? await Task.sleep(until: deadline)
                return KafkaError(
                    .unreachable, "There was no OAUTHBEARER token in time. Nothing was changed; try again.")
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        if let failure { throw failure }
        return deadline
    }

    private func answer<Answer>(_ result: Result<Answer, KafkaError>) throws(KafkaError) -> Answer {
        let error = handle.takeLastError()
        switch result {
        case .success(let answer):
            lastError.withLock { $0 = nil }
            return answer
        case .failure(let failure):
            let reason = lastError.withLock { last in
                last = error ?? last
                return last
            }
            guard failure.code == .unreachable, let reason else { throw failure }
            throw KafkaError(.unreachable, "\(failure.message) The last error was: \(reason)")
        }
    }

    private func refuseOnEmbedded(_ action: String, _ instead: String) throws(KafkaError) {
        guard settings.isEmbedded else { return }
        throw KafkaError(.refused, "The embedded broker cannot \(action). \(instead), or use a real Kafka.")
    }

    private static func check(_ topics: [TopicSpecification]) throws(KafkaError) {
        try check(topics.map(\.name))
        for topic in topics {
            guard topic.partitions > 0, topic.replicationFactor.map({ $0 > 0 }) ?? true else {
                throw KafkaError(
                    .settings, "The topic \(topic.name) must have a partition, and a copy of it, at least. Correct it.")
            }
        }
    }

    private static func check(_ topics: [String]) throws(KafkaError) {
        for topic in topics where !topic.isTopicName {
            throw KafkaError(.settings, "\"\(topic)\" is not a name a topic can have. Correct it.")
        }
        guard Set(topics).count == topics.count else {
            throw KafkaError(.settings, "A topic is named twice in one request. Remove one.")
        }
    }
}
