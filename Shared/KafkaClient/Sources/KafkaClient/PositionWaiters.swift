/// Who waits until a record was handled. A value without I/O.
struct PositionWaiters {
    typealias Continuation = CheckedContinuation<KafkaError?, Never>

    private struct Waiter {
        let partition: TopicPartition
        let offset: Int64
        let continuation: Continuation
    }

    private var waiters: [UInt64: Waiter] = [:]
    private var nextID: UInt64 = 0

    var isEmpty: Bool { waiters.isEmpty }

    mutating func newID() -> UInt64 {
        nextID += 1
        return nextID
    }

    mutating func add(_ id: UInt64, for offset: Int64, in partition: TopicPartition, _ continuation: Continuation) {
        waiters[id] = Waiter(partition: partition, offset: offset, continuation: continuation)
    }

    mutating func remove(_ id: UInt64) -> Continuation? { waiters.removeValue(forKey: id)?.continuation }

    /// Those whose record lies below the offset up to which everything was handled.
    mutating func take(handled next: Int64, in partition: TopicPartition) -> [Continuation] {
        take { $0.partition == partition && $0.offset < next }
    }

    /// Those that wait for one of these partitions.
    mutating func take(in partitions: [TopicPartition]) -> [Continuation] {
        take { partitions.contains($0.partition) }
    }

    mutating func takeAll() -> [Continuation] { take { _ in true } }

    private mutating func take(_ matches: (Waiter) -> Bool) -> [Continuation] {
        guard !waiters.isEmpty else { return [] }
        let ids = waiters.filter { matches($0.value) }.keys
        return ids.compactMap { remove($0) }
    }
}
