/// Comments in the order they stand. One of them needs no memory of its own, and most elements have no more.
struct CommentList {
    private(set) var first: Range<Int>?
    private var others: [Range<Int>] = []

    var isEmpty: Bool { first == nil }
    var count: Int { first == nil ? 0 : 1 + others.count }
    var ranges: [Range<Int>] { first.map { [$0] + others } ?? [] }

    mutating func append(_ comment: Range<Int>) {
        if first == nil { first = comment } else { others.append(comment) }
    }

    /// Leaves so many of them, the first ones.
    mutating func keep(_ count: Int) {
        if others.count > max(0, count - 1) { others.removeLast(others.count - max(0, count - 1)) }
        if count == 0 { first = nil }
    }
}
