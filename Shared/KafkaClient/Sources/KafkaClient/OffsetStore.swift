import Synchronization

/// The offsets a consumer resumes from, where its handler decides about them (``Handling/Offsets/stored(in:)``).
///
/// Each consumer has one of its own. What is stored is committed within a second, on revocation and at the end.
public final class OffsetStore: Sendable {
    private struct State {
        var assignment: Assignment?
        var isTaken = false
        var reader: (@Sendable (Int64, TopicPartition) -> Void)?
    }

    private let state = Mutex(State())

    public init() {}

    /// Stores the offset to resume from, one more than that of the last record done with. Never moves backward; ignored
    /// while the partition is not assigned, and for partitions that are not committed.
    public func store(offset next: Int64, for partition: TopicPartition) {
        let reader = state.withLock { state in
            state.assignment?.store(next, in: partition)
            return state.reader
        }
        reader?(next, partition)
    }

    /// Takes the store for a ``RecordReader`` that is not a ``KafkaConsumer``. That one is told of all that is stored,
    /// and has to keep the promises of ``store(offset:for:)``.
    /// - Returns: `false` when another reader has it.
    public func attach(_ reader: @escaping @Sendable (_ next: Int64, _ partition: TopicPartition) -> Void) -> Bool {
        state.withLock { state in
            guard !state.isTaken else { return false }
            state.isTaken = true
            state.reader = reader
            return true
        }
    }

    /// Says whether this is the first consumer to take it.
    func take() -> Bool {
        state.withLock { state in
            defer { state.isTaken = true }
            return !state.isTaken
        }
    }

    func withAssignment<Output>(_ body: (inout sending Assignment?) -> sending Output) -> sending Output {
        state.withLock { body(&$0.assignment) }
    }
}
