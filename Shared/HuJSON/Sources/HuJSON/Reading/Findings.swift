/// What reading a text shows beside that it is HuJSON.
struct Findings {
    /// Where the text stops being UTF-8. Outside of strings it always is.
    private(set) var firstByteThatIsNotUTF8: Int?
    /// Where the last value but one ends in the container that was read last, of those in it; nil if there are fewer
    /// than two.
    var secondToLast: Int?

    /// - Parameter offset: of a string; they are read in the order they stand, so the first that is noted stays.
    mutating func note(_ offset: Int?) {
        if firstByteThatIsNotUTF8 == nil { firstByteThatIsNotUTF8 = offset }
    }
}

extension Scanner {
    func firstOffsetThatIsNotUTF8(in range: Range<Int>) -> Int? {
        let part = UnsafeBufferPointer(rebasing: bytes[range])
        do {
            _ = try UTF8Span(validating: part.span)
            return nil
        } catch {
            return range.lowerBound + error.byteOffsets.lowerBound
        }
    }
}
