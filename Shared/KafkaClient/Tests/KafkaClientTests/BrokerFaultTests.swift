import EmbeddedBroker
import KafkaClient
import Testing

@Suite("Faults on command", .timeLimit(.minutes(1)))
struct BrokerFaultTests {
    @Test("a leader moves: what was acknowledged before and after is there, in order")
    func leaderMoves() async throws {
        let broker = try EmbeddedBroker(topics: [("t", 2)], brokers: 3)
        defer { broker.stop() }
        #expect(broker.ports.count == 3)
        try await broker.kafka.withProducer { producer in
            for leader: Int32 in [1, 2, 3] {
                try broker.moveLeader(of: "t", partition: 1, to: leader)
                _ = try await producer.send(OutgoingRecord("t", 1, "\(leader)"))
            }
            broker.goDown(broker: 1)
            broker.goDown(broker: 2)
            _ = try await producer.send(OutgoingRecord("t", 1, "alone"))
            broker.comeUp()
        }
        let records = try await broker.kafka.withConsumer(.partitions(topics: ["t"])) { _, calls in
            try await calls.records(4)
        }
        #expect(records.map(\.text) == ["1", "2", "3", "alone"])
    }

    @Test("a leader moves only to where there is a broker, and only of what there is")
    func refusedMoves() throws {
        let broker = try EmbeddedBroker(topics: [("t", 2)], brokers: 2)
        defer { broker.stop() }
        #expect(throws: EmbeddedBrokerError.self) { try broker.moveLeader(of: "t", partition: 0, to: 3) }
        #expect(throws: EmbeddedBrokerError.self) { try broker.moveLeader(of: "t", partition: 2, to: 1) }
        #expect(throws: EmbeddedBrokerError.self) { try broker.moveLeader(of: "nope", partition: 0, to: 1) }
        #expect(throws: EmbeddedBrokerError.self) { try broker.moveCoordinator(ofGroup: "g", to: 0) }
        #expect(throws: EmbeddedBrokerError.self) { try broker.createTopic("t", partitions: 1) }
        #expect(throws: EmbeddedBrokerError.self) { try broker.createTopic("u", partitions: 0) }
        try broker.createTopic("u", partitions: 1)
        try broker.moveLeader(of: "u", partition: 0, to: 2)
        broker.stop()
        #expect(throws: EmbeddedBrokerError.self) { try broker.moveLeader(of: "u", partition: 0, to: 2) }
    }

    @Test("what fails and can be tried again is tried again; what cannot, is reported")
    func failedRequests() async throws {
        try await withBroker(("t", 1)) { broker, _ in
            try await broker.kafka.withProducer { producer in
                broker.failNext(.produce, with: [.notLeader, .requestTimedOut, .notEnoughReplicas, .disconnect])
                let delivery = try await producer.send(OutgoingRecord("t", 0, "a"))
                #expect(delivery.offset == 0)
                broker.failNext(.produce, with: [.messageTooLarge])
                let error = await failure { _ = try await producer.send(OutgoingRecord("t", 0, "b")) }
                #expect(error?.code == .rejected)
            }
        }
    }

    @Test("answers come late when they are told to")
    func lateAnswers() async throws {
        try await withBroker(("t", 1)) { broker, _ in
            try await broker.kafka.withProducer { producer in
                _ = try await producer.send(OutgoingRecord("t", 0, "a"))
                broker.delayAnswers(milliseconds: 300)
                let start = ContinuousClock.now
                _ = try await producer.send(OutgoingRecord("t", 0, "b"))
                #expect(ContinuousClock.now - start >= .milliseconds(300))
                broker.delayAnswers(milliseconds: 0)
            }
        }
    }

    @Test("a group's coordinator moves; what it has committed stays")
    func coordinatorMoves() async throws {
        let broker = try EmbeddedBroker(topics: [("t", 1)], brokers: 2)
        defer { broker.stop() }
        let group = Subscription.group("sym-test", topics: ["t"])
        /// Leaves one broker that could do anything.
        func rest(on number: Int32) throws {
            broker.comeUp()
            try broker.moveLeader(of: "t", partition: 0, to: number)
            try broker.moveCoordinator(ofGroup: "sym-test", to: number)
            broker.goDown(broker: 3 - number)
        }
        try rest(on: 1)
        try await broker.kafka.withProducer { producer in
            for text in ["0", "1"] { _ = try await producer.send(OutgoingRecord("t", 0, text)) }
        }
        let offsets = OffsetStore()
        let handling = Handling(offsets: .stored(in: offsets))
        try await broker.kafka.withConsumer(group, handling: handling) { _, calls in
            _ = try await calls.records(1)
            offsets.store(offset: 1, for: TopicPartition(topic: "t", partition: 0))
        }
        try rest(on: 2)
        let next = try await broker.kafka.withConsumer(group) { _, calls in try await calls.records(1) }
        #expect(next.map(\.text) == ["1"])
    }
}
