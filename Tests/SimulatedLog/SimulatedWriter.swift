public import KafkaClient
import Synchronization

/// A `KafkaProducer`'s place in a simulated cluster.
public final class SimulatedWriter: RecordWriter {
    private let cluster: SimulatedCluster
    private let isClosed = Mutex(false)

    init(cluster: SimulatedCluster) { self.cluster = cluster }

    /// Nothing can be sent any more; whoever waits for a topic that is away is told `outcomeUnknown`.
    public func close() {
        isClosed.withLock { $0 = true }
        cluster.signal.ring()
    }

    /// While the topic is away it waits. Records that are sent one after the other get into the log in that order.
    public func send(_ record: OutgoingRecord) async throws(KafkaError) -> Delivery {
        guard !isClosed.withLock({ $0 }) else { throw Self.closed }
        // A send takes its time elsewhere too: let readers run.
        await Task.yield()
        try cluster.turn()
        let outcome: Result<Delivery, KafkaError> = await withTaskCancellationHandler {
            while true {
                let seen = cluster.signal.changes
                do throws(KafkaError) {
                    // Kafka gets what a cancelled task sends; only the wait for the answer is over.
                    let fate: Fate? = Task.isCancelled ? .answerLost : nil
                    return .success(
                        try cluster.ask { state throws(KafkaError) in try state.log.append(record, fate: fate) })
                } catch  where error.code == .unreachable {
                    if Task.isCancelled || isClosed.withLock({ $0 }) { return .failure(abandon(record)) }
                    await cluster.signal.wait(after: seen)
                } catch {
                    return .failure(error)
                }
            }
        } onCancel: {
            cluster.signal.ring()
        }
        return try outcome.get()
    }

    public func partitionCount(of topic: String) async throws(KafkaError) -> Int32? {
        guard !isClosed.withLock({ $0 }) else { throw Self.closed }
        return try cluster.ask { state throws(KafkaError) in
            try state.log.reach(topic)
            return state.log.partitionCount(of: topic)
        }
    }

    private func abandon(_ record: OutgoingRecord) -> KafkaError {
        do {
            try cluster.ask { state throws(KafkaError) in try state.log.abandon(record) }
        } catch {
            return error
        }
        return KafkaError(
            .outcomeUnknown,
            "The wait for a record of \(record.topic) to be acknowledged was cancelled: it may or may not be in the log."
        )
    }

    private static var closed: KafkaError {
        KafkaError(.closed, "The Kafka producer is closed: this process is shutting down. The record was not sent.")
    }
}
