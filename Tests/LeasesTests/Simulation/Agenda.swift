/// What is to happen when; at one time, in the order it was added.
struct Agenda<Event> {
    /// Events are moved about here by their number.
    private var heap: [(time: Int64, number: Int)] = []
    private var events: [Int: Event] = [:]
    private var added = 0

    mutating func add(_ event: Event, at time: Int64) {
        added += 1
        heap.append((time, added))
        events[added] = event
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (Int64, Event)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            guard least != parent else { return events.removeValue(forKey: first.number).map { (first.time, $0) } }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ a: Int, _ b: Int) -> Bool {
        (heap[a].time, heap[a].number) < (heap[b].time, heap[b].number)
    }
}
