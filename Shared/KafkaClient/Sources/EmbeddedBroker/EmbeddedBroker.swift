import CRDKafka
import Synchronization

/// librdkafka's mock cluster with one broker on a random port of 127.0.0.1.
///
/// It has topics, partitions, consumer groups and commits, in memory: gone when it ends, 5 MiB a partition at most.
/// It has no transactions, compaction, retention, access rights or encryption. A malformed packet aborts the process
/// it runs in: outside tests that is the process of `sym-embedded-broker`, and nothing else.
public final class EmbeddedBroker: Sendable {
    /// `@unchecked Sendable`: librdkafka's mock cluster takes its calls from any thread, and the pointers never change.
    private struct Pointers: @unchecked Sendable {
        let client: OpaquePointer
        let cluster: OpaquePointer
    }

    /// `127.0.0.1:<port>`.
    public let bootstrapServers: String
    private let pointers: Mutex<Pointers?>

    /// - Parameter topics: made before any client can ask. A client that asks for another one gets it, with four
    ///   partitions.
    public init(topics: [(name: String, partitions: Int32)]) throws(EmbeddedBrokerError) {
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
        guard let cluster = rd_kafka_mock_cluster_new(client, 1) else {
            rd_kafka_destroy(client)
            throw EmbeddedBrokerError("The embedded broker did not start: is its port taken?")
        }
        let pointers = Pointers(client: client, cluster: cluster)
        guard let servers = rd_kafka_mock_cluster_bootstraps(cluster) else {
            Self.destroy(pointers)
            throw EmbeddedBrokerError("The embedded broker has no address.")
        }
        for topic in topics {
            let error = rd_kafka_mock_topic_create(cluster, topic.name, topic.partitions, 1)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                Self.destroy(pointers)
                throw EmbeddedBrokerError("The topic \(topic.name) could not be made. Is it named twice?")
            }
        }
        bootstrapServers = String(cString: servers)
        self.pointers = Mutex(pointers)
    }

    /// Refuses connections and cuts those there are, as if the broker's machine were off. Records stay.
    public func goDown() {
        pointers.withLock { pointers in
            _ = pointers.map { rd_kafka_mock_broker_set_down($0.cluster, 1) }
        }
    }

    /// Answers again after ``goDown()``.
    public func comeUp() {
        pointers.withLock { pointers in
            _ = pointers.map { rd_kafka_mock_broker_set_up($0.cluster, 1) }
        }
    }

    /// Ends the broker; its records are gone. Blocks for some milliseconds.
    public func stop() {
        let taken = pointers.withLock { pointers in
            defer { pointers = nil }
            return pointers
        }
        if let taken { Self.destroy(taken) }
    }

    deinit {
        stop()
    }

    private static func destroy(_ pointers: Pointers) {
        rd_kafka_mock_cluster_destroy(pointers.cluster)
        rd_kafka_destroy(pointers.client)
    }
}

/// Why an embedded broker could not be started.
public struct EmbeddedBrokerError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
