import SymMessages

/// Requests whose snapshots are to be written, each once. Taking the first does not move the others: there may be hundreds
/// of thousands.
struct SnapshotQueue: Sendable {
    private var waiting: [RequestID] = []
    private var head = 0
    private var members: Set<RequestID> = []

    init(_ requests: [RequestID] = []) {
        waiting = requests
        members = Set(requests)
    }

    var isEmpty: Bool { head == waiting.count }

    mutating func append(_ id: RequestID) {
        if members.insert(id).inserted { waiting.append(id) }
    }

    mutating func popFirst() -> RequestID? {
        guard !isEmpty else { return nil }
        defer {
            head += 1
            if head > 32, head * 2 > waiting.count {
                waiting.removeFirst(head)
                head = 0
            }
        }
        members.remove(waiting[head])
        return waiting[head]
    }
}
