import CRDKafka
import Synchronization

/// Owns a librdkafka client and the one queue all its events arrive in.
///
/// Every call goes through ``use(_:)``, so that none can meet a client that is being destroyed.
final class ClientHandle: Sendable {
    /// `@unchecked Sendable`: librdkafka allows its clients and queues to be used from any thread, and the pointers
    /// never change.
    struct Pointers: @unchecked Sendable {
        let client: OpaquePointer
        let queue: OpaquePointer
        let topics = TopicHandles()
    }

    private struct Usage {
        var calls = 0
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// Rings when the queue has something.
    let signal = QueueSignal()
    private let pointers: Pointers
    private let usage = Mutex(Usage())

    private init(client: OpaquePointer, queue: OpaquePointer) {
        pointers = Pointers(client: client, queue: queue)
        let opaque = Unmanaged.passRetained(signal).toOpaque()
        rd_kafka_queue_cb_event_enable(
            queue,
            { _, opaque in
                guard let opaque else { return }
                Unmanaged<QueueSignal>.fromOpaque(opaque).takeUnretainedValue().ring()
            }, opaque)
    }

    private static func commonEvents(_ asksForTokens: Bool) -> Int32 {
        RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS | (asksForTokens ? tokenRefreshEvent : 0)
    }

    static func producer(
        _ configuration: consuming ClientConfiguration, asksForTokens: Bool
    ) throws(KafkaError) -> ClientHandle {
        rd_kafka_conf_set_events(configuration.pointer, RD_KAFKA_EVENT_DR | commonEvents(asksForTokens))
        let client = try configuration.makeClient(RD_KAFKA_PRODUCER)
        rd_kafka_set_log_queue(client, nil)
        guard let queue = rd_kafka_queue_get_main(client) else {
            rd_kafka_destroy(client)
            throw KafkaError(.fatal, "The Kafka producer has no event queue. Restart the process.")
        }
        return ClientHandle(client: client, queue: queue)
    }

    static func consumer(
        _ configuration: consuming ClientConfiguration, asksForTokens: Bool
    ) throws(KafkaError) -> ClientHandle {
        rd_kafka_conf_set_events(
            configuration.pointer,
            RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_OFFSET_COMMIT | commonEvents(asksForTokens))
        let client = try configuration.makeClient(RD_KAFKA_CONSUMER)
        rd_kafka_set_log_queue(client, nil)
        rd_kafka_poll_set_consumer(client)
        guard let queue = rd_kafka_queue_get_consumer(client) else {
            rd_kafka_destroy(client)
            throw KafkaError(.fatal, "The Kafka consumer has no event queue. Restart the process.")
        }
        return ClientHandle(client: client, queue: queue)
    }

    /// A client for requests about topics. Its queue is looked into with each request only, so no logs go there.
    static func admin(_ configuration: consuming ClientConfiguration) throws(KafkaError) -> ClientHandle {
        rd_kafka_conf_set_events(configuration.pointer, RD_KAFKA_EVENT_ERROR | tokenRefreshEvent)
        rd_kafka_conf_set_log_cb(configuration.pointer, nil)
        let client = try configuration.makeClient(RD_KAFKA_PRODUCER)
        guard let queue = rd_kafka_queue_get_main(client) else {
            rd_kafka_destroy(client)
            throw KafkaError(.fatal, "The Kafka admin has no event queue. Restart the process.")
        }
        return ClientHandle(client: client, queue: queue)
    }

    /// Calls librdkafka; `nil` when the client is closed.
    func use<Output, Failure: Error>(_ body: (Pointers) throws(Failure) -> Output) throws(Failure) -> Output? {
        let isOpen = usage.withLock { usage in
            guard !usage.isClosed else { return false }
            usage.calls += 1
            return true
        }
        guard isOpen else { return nil }
        defer {
            let waiter: CheckedContinuation<Void, Never>? = usage.withLock { usage in
                usage.calls -= 1
                guard usage.calls == 0, let waiter = usage.waiter else { return nil }
                usage.waiter = nil
                return waiter
            }
            waiter?.resume()
        }
        return try body(pointers)
    }

    /// Waits for the calls under way and destroys the client. Once is enough; a second call returns at once.
    func destroy() async {
        guard
            usage.withLock({ usage in
                defer { usage.isClosed = true }
                return !usage.isClosed
            })
        else { return }
        await withCheckedContinuation { continuation in
            let isQuiet = usage.withLock { usage in
                if usage.calls > 0 { usage.waiter = continuation }
                return usage.calls == 0
            }
            if isQuiet { continuation.resume() }
        }
        let (pointers, signal) = (pointers, signal)
        await onOwnThread { Self.destroy(pointers, signal) }
    }

    deinit {
        // Only a client that was made and never run comes here undestroyed. Destroying waits for threads: not here.
        guard !usage.withLock({ $0.isClosed }) else { return }
        let (pointers, signal) = (pointers, signal)
        startThread { Self.destroy(pointers, signal) }
    }

    private static func destroy(_ pointers: Pointers, _ signal: QueueSignal) {
        rd_kafka_queue_cb_event_enable(pointers.queue, nil, nil)
        rd_kafka_queue_destroy(pointers.queue)
        pointers.topics.destroy()
        // Consumers were closed before, within a bounded time; destroying must not wait for a broker once more.
        rd_kafka_destroy_flags(pointers.client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        Unmanaged.passUnretained(signal).release()
    }
}
