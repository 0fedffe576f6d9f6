public import Logging
public import ServiceLifecycle

/// Writes records, each acknowledged by all in-sync replicas.
public final class KafkaProducer: Sendable, Service {
    public init(settings: KafkaSettings, logger: Logger) throws(KafkaError) {}

    /// Writes a record and waits for its acknowledgement.
    public func send(_ record: OutgoingRecord) async throws(KafkaError) -> Delivery {
        throw KafkaError(.closed, "not built yet")
    }

    /// Takes a record into the local queue at once, so that records of one caller keep their order while none is
    /// acknowledged yet.
    public func enqueue(_ record: OutgoingRecord) throws(KafkaError) -> PendingDelivery {
        throw KafkaError(.closed, "not built yet")
    }

    /// How many partitions a topic has; `nil` when there is no such topic.
    public func partitionCount(of topic: String) async throws(KafkaError) -> Int32? {
        throw KafkaError(.closed, "not built yet")
    }

    /// Serves acknowledgements until graceful shutdown or cancellation, then waits for those outstanding.
    public func run() async throws {}
}

/// A record on its way.
public final class PendingDelivery: Sendable {
    /// Waits for the acknowledgement.
    public func value() async throws(KafkaError) -> Delivery { throw KafkaError(.closed, "not built yet") }
}
