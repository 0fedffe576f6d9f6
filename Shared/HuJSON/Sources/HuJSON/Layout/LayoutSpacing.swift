/// What stands between two tokens: comments and line breaks. Other white space is the layout's business.
struct LayoutSpacing {
    var comments: [(lineBreaks: Int, comment: LayoutComment)] = []
    /// Behind the last comment.
    var lineBreaks = 0

    /// Whether it has no comment.
    var isEmpty: Bool { comments.isEmpty }

    /// Whether a line ends in it.
    var isMultiline: Bool {
        lineBreaks > 0 || comments.contains { $0.lineBreaks > 0 || $0.comment.lines.count > 1 }
    }

    /// Sets the number of line breaks at the start.
    mutating func begin(withLineBreaks count: (Int) -> Int) {
        if comments.isEmpty {
            lineBreaks = count(lineBreaks)
        } else {
            comments[0].lineBreaks = count(comments[0].lineBreaks)
        }
    }
}
