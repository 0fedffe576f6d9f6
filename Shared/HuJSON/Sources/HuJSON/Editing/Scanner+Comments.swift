/// What stands between two tokens, up to the end of the line.
struct Line {
    /// The end of the last comment, or where the search began.
    var end: Int
    /// The line break, or the token, that ended it.
    var next: Int
    /// The end of the last `/* */` comment.
    var lastBlockEnd: Int?
    var endsWithLineBreak = false
    var endsInLineComment = false
    /// Whether its comments were wanted.
    var isKept = true
}

extension Scanner {
    /// The rest of a line; its comments are added to `comments` if they are wanted.
    func line(
        from start: Int, _ comments: inout CommentList, keepingOnlyIf isWanted: (Line) -> Bool = { _ in true }
    ) throws(HuJSONError) -> Line {
        let known = comments.count
        var line = Line(end: start, next: start)
        while line.next < count {
            let byte = base[line.next]
            if byte == Byte.lineFeed {
                line.endsWithLineBreak = true
                break
            } else if byte == Byte.slash {
                let comment = try trimmedComment(from: line.next)
                comments.append(comment)
                line.end = comment.upperBound
                line.next = comment.upperBound
                line.endsInLineComment = base[comment.lowerBound + 1] == Byte.slash
                if !line.endsInLineComment { line.lastBlockEnd = comment.upperBound }
            } else if Byte.isSpace(byte) {
                line.next += 1
            } else {
                break
            }
        }
        line.isKept = isWanted(line)
        if !line.isKept { comments.keep(known) }
        return line
    }

    /// The token that comes next, and where the block of comments directly above it starts; `comments` becomes that
    /// block.
    ///
    /// - Parameter comma: a comma that is passed over.
    func lead(
        from start: Int, passing comma: Int?, _ comments: inout CommentList
    ) throws(HuJSONError) -> (start: Int, token: Int) {
        comments.keep(0)
        var position = start
        var lineBreaks = 0
        while position < count {
            let byte = base[position]
            if byte == Byte.slash {
                if lineBreaks > 1 { comments.keep(0) }
                let comment = try trimmedComment(from: position)
                comments.append(comment)
                position = comment.upperBound
                lineBreaks = 0
            } else if Byte.isSpace(byte) || position == comma {
                if byte == Byte.lineFeed { lineBreaks += 1 }
                position += 1
            } else {
                break
            }
        }
        if lineBreaks > 1 { comments.keep(0) }
        return (comments.first?.lowerBound ?? position, position)
    }

    /// Adds the comments of a stretch of white space and comments, with perhaps a colon or a comma in it.
    func addComments(from start: Int, to end: Int, to comments: inout CommentList) throws(HuJSONError) {
        var position = start
        while position < end {
            if base[position] == Byte.slash {
                let comment = try trimmedComment(from: position)
                comments.append(comment)
                position = comment.upperBound
            } else {
                position += 1
            }
        }
    }

    /// A comment without the carriage returns before its line break.
    private func trimmedComment(from start: Int) throws(HuJSONError) -> Range<Int> {
        var end = try comment(from: start)
        if base[start + 1] == Byte.slash {
            while base[end - 1] == Byte.carriageReturn { end -= 1 }
        }
        return start..<end
    }
}
