/// What waits for its turn on one request, first come, first served. Taking the first does not move the others: a bot that
/// repeats itself a hundred thousand times must not make the others wait for it.
struct MatterQueue: Sendable {
    private var waiting: [RequestPartition.Waiting?] = []
    private var head = 0

    var isEmpty: Bool { head == waiting.count }
    var first: RequestPartition.Waiting? { isEmpty ? nil : waiting[head] }

    mutating func append(_ matter: RequestPartition.Waiting) { waiting.append(matter) }

    mutating func removeFirst() {
        guard !isEmpty else { return }
        waiting[head] = nil
        head += 1
        guard head > 32, head * 2 > waiting.count else { return }
        waiting.removeFirst(head)
        head = 0
    }
}
