/// Who waits for room in a producer's local queue. A value without I/O.
struct RoomQueue {
    /// Counts the changes that may have made room: whoever found the queue full before one need not wait for the next.
    private(set) var changes: UInt64 = 0
    private var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    private var nextID: UInt64 = 0

    mutating func newID() -> UInt64 {
        nextID += 1
        return nextID
    }

    mutating func add(_ id: UInt64, _ continuation: CheckedContinuation<Void, Never>) { waiting[id] = continuation }

    mutating func remove(_ id: UInt64) -> CheckedContinuation<Void, Never>? { waiting.removeValue(forKey: id) }

    /// There may be room now. Returns who is to try again, in the order they came.
    mutating func open() -> [CheckedContinuation<Void, Never>] {
        changes += 1
        return takeWaiting()
    }

    mutating func takeWaiting() -> [CheckedContinuation<Void, Never>] {
        guard !waiting.isEmpty else { return [] }
        defer { waiting = [:] }
        return waiting.sorted { $0.key < $1.key }.map(\.value)
    }
}
