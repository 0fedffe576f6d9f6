import KafkaClient
import ServiceLifecycle
import SoakJudge

/// Sends messages at a steady pace until graceful shutdown, and writes down what was acknowledged.
struct ProducerLoad: Service {
    private typealias Outstanding = AsyncStream<(Int32, PendingDelivery)>

    let producer: KafkaProducer
    let source: JournalEntry.Source
    let journal: Journal

    func run() async throws {
        let streams = (0..<SoakOptions.partitions).map { _ in Outstanding.makeStream() }
        try await withThrowingDiscardingTaskGroup { group in
            for (partition, stream) in streams.enumerated() {
                group.addTask { try await writeDown(stream.stream, Int32(partition)) }
            }
            try await cancelWhenGracefulShutdown { try await send(streams.map(\.continuation)) }
            // Those who write down end by themselves: what is on its way may still be acknowledged.
            for stream in streams { stream.continuation.finish() }
        }
    }

    /// Every partition gets its message each time the clock comes round.
    private func send(_ senders: [Outstanding.Continuation]) async throws {
        let pace = Duration.seconds(1) / SoakOptions.rate
        var due = ContinuousClock.now
        var number: Int32 = 0
        while !Task.isCancelled {
            for (partition, sender) in senders.enumerated() {
                if Int(number) % SoakOptions.rate == 0 {
                    let end = number + Int32(SoakOptions.rate)
                    try journal.add(.announced(source, partition: Int32(partition), end: end))
                }
                guard let pending = try await submit(number, Int32(partition)) else { return }
                sender.yield((number, pending))
            }
            number += 1
            // Held up for long, it does not make up for it: that would be more than the pace.
            due = max(due + pace, .now - pace)
            try? await Task.sleep(until: due)
        }
    }

    /// `nil` when it is time to stop.
    private func submit(_ number: Int32, _ partition: Int32) async throws -> PendingDelivery? {
        let message = JournalEntry.Message(source: source, number: number)
        let record = OutgoingRecord(
            topic: SoakOptions.topic, partition: .number(partition), key: nil,
            value: SoakMessage.value(message, partition: partition))
        do {
            return try await producer.submit(record)
        } catch  where error.code == .cancelled {
            return nil
        }
    }

    private func writeDown(_ outstanding: Outstanding, _ partition: Int32) async throws {
        for await (number, pending) in outstanding {
            let message = JournalEntry.Message(source: source, number: number)
            do {
                let offset = try await pending.value().offset ?? -1
                try journal.add(.acknowledged(message, partition: partition, offset: offset))
            } catch let error as KafkaError where error.code == .outcomeUnknown {
                try journal.add(.unknown(message, partition: partition))
            }
        }
    }
}
