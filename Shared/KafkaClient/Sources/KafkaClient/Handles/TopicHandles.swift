import CRDKafka
import Synchronization

/// librdkafka's handles of the topics a client writes to: finding one by its name locks the whole client.
final class TopicHandles: Sendable {
    /// `@unchecked Sendable`: librdkafka allows its topic handles to be used from any thread.
    private struct Pointer: @unchecked Sendable {
        let topic: OpaquePointer
    }

    private struct State {
        var all: [String: Pointer] = [:]
        /// Whoever writes, mostly writes to one topic.
        var last: (name: String, pointer: Pointer)?
    }

    private let state = Mutex(State())

    /// `nil` for a name no topic can have.
    func handle(of name: String, client: OpaquePointer) -> OpaquePointer? {
        let pointer: Pointer? = state.withLock { state in
            if let last = state.last, last.name == name { return last.pointer }
            guard let pointer = state.all[name] ?? make(name, client) else { return nil }
            state.all[name] = pointer
            state.last = (name, pointer)
            return pointer
        }
        return pointer?.topic
    }

    private func make(_ name: String, _ client: OpaquePointer) -> Pointer? {
        name.isTopicName ? rd_kafka_topic_new(client, name, nil).map(Pointer.init) : nil
    }

    /// Before the client is destroyed.
    func destroy() {
        let pointers = state.withLock { state in
            defer { state = State() }
            return state.all.values.map(\.topic)
        }
        for topic in pointers { rd_kafka_topic_destroy(topic) }
    }
}
