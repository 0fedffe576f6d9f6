import CRDKafka
import Synchronization

/// What goes wrong in a cluster, on command.
extension EmbeddedBroker {
    /// What a client asks of a broker; the numbers are the protocol's.
    public enum Request: Int16, Sendable, CaseIterable {
        case produce = 0
        case fetch = 1
        case listOffsets = 2
        case metadata = 3
        case offsetCommit = 8
        case offsetFetch = 9
        case findCoordinator = 10
        case joinGroup = 11
        case heartbeat = 12
        case leaveGroup = 13
        case syncGroup = 14
        case initProducerID = 22
    }

    /// What a broker answers instead; the numbers are the protocol's.
    public enum Fault: Int32, Sendable, CaseIterable {
        case offsetOutOfRange = 1
        case unknownTopicOrPartition = 3
        case leaderNotAvailable = 5
        case notLeader = 6
        case requestTimedOut = 7
        case messageTooLarge = 10
        case coordinatorLoading = 14
        case coordinatorNotAvailable = 15
        case notCoordinator = 16
        case invalidTopic = 17
        case notEnoughReplicas = 19
        case notEnoughReplicasAfterAppend = 20
        case illegalGeneration = 22
        case unknownMember = 25
        case rebalanceInProgress = 27
        case topicAuthorizationFailed = 29
        case groupAuthorizationFailed = 30
        case outOfOrderSequence = 45
        case invalidProducerEpoch = 47
        /// No answer: the connection is cut.
        case disconnect = -195
    }

    /// Hands a partition to another broker. Its records go with it; clients learn of it when they ask the old one.
    ///
    /// - Parameters:
    ///   - topic: one that was declared or made by ``createTopic(_:partitions:)``.
    ///   - broker: its number, one of 1 to as many as there are.
    public func moveLeader(
        of topic: String, partition: Int32, to broker: Int32
    ) throws(EmbeddedBrokerError) {
        try check(broker)
        try state.withLock { state throws(EmbeddedBrokerError) in
            // librdkafka would make the topic.
            guard let partitions = state.partitions[topic], (0..<partitions).contains(partition) else {
                throw EmbeddedBrokerError("There is no partition \(partition) of a topic \(topic) that was declared.")
            }
            let error = rd_kafka_mock_partition_set_leader(try state.cluster, topic, partition, broker)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw EmbeddedBrokerError("The leader of \(topic) [\(partition)] did not move: \(Self.name(error)).")
            }
        }
    }

    /// Hands a consumer group to another broker. What the group has committed stays.
    ///
    /// - Parameter broker: its number, one of 1 to as many as there are.
    public func moveCoordinator(ofGroup group: String, to broker: Int32) throws(EmbeddedBrokerError) {
        try check(broker)
        try state.withLock { state throws(EmbeddedBrokerError) in
            let error = rd_kafka_mock_coordinator_set(try state.cluster, "group", group, broker)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw EmbeddedBrokerError("The coordinator of \(group) did not move: \(Self.name(error)).")
            }
        }
    }

    /// From now on answers leave so many milliseconds late; 0 ends that.
    ///
    /// - Parameter broker: its number, one of 1 to as many as there are; `nil` for all of them.
    public func delayAnswers(milliseconds: Int32, broker: Int32? = nil) {
        let broker = checked(broker)
        state.withLock { _ = $0.pointers.map { rd_kafka_mock_broker_set_rtt($0.cluster, broker, milliseconds) } }
    }

    /// The next requests of this kind, by any client at any broker, get these answers, one each and in this order.
    public func failNext(_ request: Request, with faults: [Fault]) {
        let errors = faults.map { rd_kafka_resp_err_t(rawValue: $0.rawValue) }
        state.withLock { state in
            guard let cluster = state.pointers?.cluster else { return }
            rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, errors.count, errors)
        }
    }

    /// Keeps clients to some versions of a request, by the protocol's number; `nil` offers it no more.
    ///
    /// - Parameter versions: none that this librdkafka's mock does not have.
    package func offer(_ request: Int16, versions: ClosedRange<Int16>?) throws(EmbeddedBrokerError) {
        try state.withLock { state throws(EmbeddedBrokerError) in
            let error = rd_kafka_mock_set_apiversion(
                try state.cluster, request, versions?.lowerBound ?? -1, versions?.upperBound ?? -1)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw EmbeddedBrokerError("The versions of request \(request) did not change: \(Self.name(error)).")
            }
        }
    }

    private func check(_ broker: Int32) throws(EmbeddedBrokerError) {
        guard 1...Int32(ports.count) ~= broker else {
            throw EmbeddedBrokerError("There is no broker \(broker): they are 1 to \(ports.count).")
        }
    }

    private static func name(_ error: rd_kafka_resp_err_t) -> String {
        rd_kafka_err2name(error).map { String(cString: $0) } ?? "error \(error.rawValue)"
    }
}
