import SymMessages

/// Moments at which something may have to be done, earliest first: a binary heap. Entries are never taken back; whoever is
/// woken looks for himself whether there is anything to do.
struct Deadlines<Subject: Sendable>: Sendable {
    private var heap: [(at: Timestamp, subject: Subject)] = []

    var first: Timestamp? { heap.first?.at }

    mutating func insert(_ subject: Subject, at moment: Timestamp) {
        heap.append((moment, subject))
        var child = heap.count - 1
        while child > 0, heap[child].at < heap[(child - 1) / 2].at {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popFirst(dueAt now: Timestamp) -> Subject? {
        guard let first = heap.first, first.at <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].at < heap[least].at {
                least = child
            }
            guard least != parent else { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return first.subject
    }
}
