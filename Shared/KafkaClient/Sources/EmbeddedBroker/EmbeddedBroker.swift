import CRDKafka
import Synchronization

/// librdkafka's mock cluster on random ports of 127.0.0.1.
///
/// It has topics, partitions, consumer groups and commits, in memory: gone when it ends, 5 MiB or 100,000 batches a
/// partition at most. It has no transactions, de-duplication, compaction, retention, access rights or encryption, and
/// answers no admin calls. A malformed packet aborts the process it runs in: outside tests that is the process of
/// `sym-embedded-broker`, and nothing else.
public final class EmbeddedBroker: Sendable {
    /// `@unchecked Sendable`: librdkafka's mock cluster takes its calls from any thread, and the pointers never change.
    struct Pointers: @unchecked Sendable {
        let client: OpaquePointer
        let cluster: OpaquePointer
    }

    struct State {
        var pointers: Pointers?
        var partitions: [String: Int32] = [:]
    }

    /// `127.0.0.1:<port>`, several with commas between.
    public let bootstrapServers: String
    /// The brokers' ports, that of broker 1 first.
    public let ports: [UInt16]
    let state: Mutex<State>

    /// - Parameters:
    ///   - topics: made before any client can ask. A client that asks for another one gets it, with four partitions.
    ///   - brokers: how many; their numbers start at 1. Every partition is led by one of them, chosen at random.
    public init(topics: [(name: String, partitions: Int32)], brokers: Int32 = 1) throws(EmbeddedBrokerError) {
        guard brokers >= 1 else { throw EmbeddedBrokerError("\(brokers) brokers are too few: it takes one at least.") }
        guard let configuration = rd_kafka_conf_new() else {
            throw EmbeddedBrokerError("librdkafka gave no configuration.")
        }
        rd_kafka_conf_set_log_cb(configuration, nil)
        var reason = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &reason, reason.count) else {
            rd_kafka_conf_destroy(configuration)
            let words = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw EmbeddedBrokerError("The embedded broker did not start: \(String(decoding: words, as: UTF8.self)).")
        }
        guard let cluster = rd_kafka_mock_cluster_new(client, brokers) else {
            rd_kafka_destroy(client)
            throw EmbeddedBrokerError("The embedded broker did not start: is its port taken?")
        }
        let pointers = Pointers(client: client, cluster: cluster)
        let servers = rd_kafka_mock_cluster_bootstraps(cluster).map { String(cString: $0) } ?? ""
        bootstrapServers = servers
        ports = servers.split(separator: ",").compactMap { UInt16($0.split(separator: ":").last ?? "") }
        state = Mutex(State(pointers: pointers))
        guard ports.count == Int(brokers) else {
            throw EmbeddedBrokerError("The embedded broker has no address.")
        }
        for topic in topics { try createTopic(topic.name, partitions: topic.partitions) }
    }

    /// Makes a topic while the broker runs. A client that asked for the name before has made it already.
    public func createTopic(_ name: String, partitions: Int32) throws(EmbeddedBrokerError) {
        guard partitions >= 1 else {
            throw EmbeddedBrokerError("The topic \(name) cannot have \(partitions) partitions: it takes one at least.")
        }
        try state.withLock { state throws(EmbeddedBrokerError) in
            let error = rd_kafka_mock_topic_create(try state.cluster, name, partitions, 1)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw EmbeddedBrokerError("The topic \(name) could not be made. Is there one of that name already?")
            }
            state.partitions[name] = partitions
        }
    }

    /// Refuses connections and cuts those there are, as if the broker's machine were off. Records stay, leaders too.
    ///
    /// - Parameter broker: its number, one of 1 to as many as there are; `nil` for all of them.
    public func goDown(broker: Int32? = nil) {
        let broker = checked(broker)
        state.withLock { _ = $0.pointers.map { rd_kafka_mock_broker_set_down($0.cluster, broker) } }
    }

    /// Answers again after ``goDown(broker:)``.
    ///
    /// - Parameter broker: its number, one of 1 to as many as there are; `nil` for all of them.
    public func comeUp(broker: Int32? = nil) {
        let broker = checked(broker)
        state.withLock { _ = $0.pointers.map { rd_kafka_mock_broker_set_up($0.cluster, broker) } }
    }

    /// Ends the broker; its records are gone. Blocks for some milliseconds.
    public func stop() {
        let taken = state.withLock { state in
            defer { state.pointers = nil }
            return state.pointers
        }
        if let taken {
            rd_kafka_mock_cluster_destroy(taken.cluster)
            rd_kafka_destroy(taken.client)
        }
    }

    deinit {
        stop()
    }

    /// What librdkafka calls it: all are -1.
    func checked(_ broker: Int32?) -> Int32 {
        guard let broker else { return -1 }
        precondition(1...Int32(ports.count) ~= broker, "There is no broker \(broker): they are 1 to \(ports.count).")
        return broker
    }
}

extension EmbeddedBroker.State {
    var cluster: OpaquePointer {
        get throws(EmbeddedBrokerError) {
            guard let pointers else { throw EmbeddedBrokerError("The embedded broker was stopped.") }
            return pointers.cluster
        }
    }
}

/// Why an embedded broker could not be started, or could not do what it was told.
public struct EmbeddedBrokerError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
