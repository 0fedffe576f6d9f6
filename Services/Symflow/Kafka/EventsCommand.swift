import ArgumentParser
import KafkaClient
import SymMessages
import Synchronization

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Print what happened to requests, from the log itself.",
        discussion: """
            Only events that took effect: whatever the sequence rule makes void is left out. Those of one request come in \
            their order, those of different requests as they are read.
            """)

    @Option(help: "Only this request.")
    var request: RequestID?

    @Flag(help: "Go on with what happens next, until Ctrl-C.")
    var follow = false

    @Flag(help: "Print each event as it stands in the log, a CloudEvent a line.")
    var json = false

    func run() async throws {
        let kafka = try KafkaAccess()
        let topic = kafka.topics.events
        let partitions = try await kafka.administer { admin throws(KafkaError) in
            try await admin.partitions(of: [topic])
        }
        guard let count = partitions[topic].map({ Int32(clamping: $0.count) }), count > 0 else {
            throw Failure(
                .refused, "There is no topic \(topic). See `symflow topics check`; SYM_TOPIC_PREFIX names it.")
        }
        let numbers = request.map { [murmur2Partition(key: Array($0.rawValue.utf8), count: count)] } ?? Array(0..<count)
        let reader = EventReader(request: request, json: json, unread: Set(numbers))
        let starts = numbers.map {
            Companion(topicPartition: TopicPartition(topic: topic, partition: $0), start: .beginning)
        }
        do {
            let consumer = try KafkaConsumer(
                subscription: .exactly(starts), settings: kafka.settings, logger: kafka.logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await consumer.run(reader) }
                if !follow {
                    group.addTask { for await _ in reader.end {} }
                }
                try await group.next()
                group.cancelAll()
            }
        } catch let error as KafkaError {
            throw Failure(error)
        }
    }
}

/// Prints the events that took effect.
final class EventReader: KafkaConsumerHandler {
    private struct State {
        var logs: [RequestID: RequestLog] = [:]
        var unread: Set<Int32>
    }

    /// Finishes when all that the log held at the start was read.
    let end: AsyncStream<Void>
    private let finish: AsyncStream<Void>.Continuation
    private let request: RequestID?
    private let json: Bool
    private let state: Mutex<State>

    init(request: RequestID?, json: Bool, unread: Set<Int32>) {
        self.request = request
        self.json = json
        state = Mutex(State(unread: unread))
        (end, finish) = AsyncStream.makeStream()
    }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        for record in records {
            guard let value = record.value,
                let envelope = try? WireFormat.decode(Envelope<RequestEvent>.self, from: value),
                let id = RequestID(rawValue: envelope.subject), request == nil || request == id
            else { continue }
            // Under the lock, so that lines of different partitions do not mix.
            try state.withLock { state in
                guard state.logs[id, default: RequestLog(id: id, reader: .following)].append(envelope) == .accepted
                else { return }
                Console.say(json ? try Self.oneLine(value) : Self.words(envelope, id))
            }
        }
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        let isAll = state.withLock { state in
            state.unread.remove(partition.partition)
            return state.unread.isEmpty
        }
        if isAll { finish.finish() }
    }

    private static func words(_ envelope: Envelope<RequestEvent>, _ id: RequestID) -> String {
        let sequence = envelope.body.sequence.map { "\($0)" } ?? "-"
        return [
            envelope.time.onClock, "\(id)", sequence.padding(to: 3), envelope.body.type.padding(to: 34),
            envelope.body.state.rawValue,
        ].joined(separator: "  ").onTerminal
    }

    private static func oneLine(_ value: [UInt8]) throws -> String {
        String(decoding: try WireFormat.decode(JSONValue.self, from: value).canonical, as: UTF8.self)
    }
}
