import Synchronization

/// Holds events back until it is known from where on they are wanted: before that, the snapshots are read.
///
/// What comes too early is let go and fetched again. Nothing waits in a call meanwhile, so a partition can be given up at
/// any moment.
final class EventGates: Sendable {
    /// What the client can be told of a partition of events it holds.
    struct Control: Sendable {
        let pause: @Sendable (Int32) throws -> Void
        let resume: @Sendable (Int32) throws -> Void
        let seek: @Sendable (Int32, Int64) throws -> Void
    }

    private struct Gate {
        let takeOver: Int
        var isOpen = false
        /// Of the records that came too early, the first.
        var firstHeld: Int64?
        /// All that stood there at the assignment was read already.
        var caughtUp: Int64?
    }

    private struct State {
        var gates: [Int32: Gate] = [:]
        var takeOvers = 0
    }

    private let state = Mutex(State())
    private let control: Control

    init(control: Control) { self.control = control }

    /// - Returns: the number of the take-over.
    func close(_ partitions: [Int32]) -> Int {
        state.withLock { state in
            state.takeOvers += 1
            for partition in partitions { state.gates[partition] = Gate(takeOver: state.takeOvers) }
            return state.takeOvers
        }
    }

    func remove(_ partitions: [Int32]) {
        state.withLock { state in for partition in partitions { state.gates[partition] = nil } }
    }

    func open(_ partition: Int32, from: Int64?, takeOver: Int) -> [ApprovalService.Input] {
        state.withLock { state in
            guard let gate = state.gates[partition], gate.takeOver == takeOver else { return [] }
            state.gates[partition]?.isOpen = true
            // What fails here was given up meanwhile. A call under way may still bring what stands before; or, if nothing
            // was held, what stands behind and then comes once more: the service takes no event twice.
            if let offset = from ?? gate.firstHeld { try? control.seek(partition, offset) }
            if gate.firstHeld != nil { try? control.resume(partition) }
            guard let end = gate.caughtUp else { return [] }
            return [.eventsReplayed(partition: partition, end: max(end, from ?? end))]
        }
    }

    /// - Parameter first: the offset of the first of the records that came.
    /// - Returns: whether they may be handed over.
    func pass(_ partition: Int32, from first: Int64) -> Bool {
        state.withLock { state in
            guard let gate = state.gates[partition] else { return false }
            guard !gate.isOpen else { return true }
            state.gates[partition]?.firstHeld = min(first, gate.firstHeld ?? first)
            // Under the lock: no other call begins before it was said from where.
            try? control.pause(partition)
            return false
        }
    }

    /// - Returns: whether that may be told.
    func caughtUp(_ partition: Int32, upTo end: Int64) -> Bool {
        state.withLock { state in
            guard let gate = state.gates[partition] else { return false }
            if !gate.isOpen { state.gates[partition]?.caughtUp = end }
            return gate.isOpen
        }
    }
}
