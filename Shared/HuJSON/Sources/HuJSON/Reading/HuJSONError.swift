/// Why a text is not HuJSON, and where.
///
/// It never carries any of the text itself, so it can be shown and logged.
public struct HuJSONError: Error, Hashable, Sendable {
    /// What is wrong, in words that follow "line 3, column 7: ".
    public enum Reason: String, Hashable, Sendable {
        case noValue = "the text ends where a value is expected"
        case unexpectedEnd = "the text ends too early"
        case unexpectedByte = "a value is expected here"
        case unexpectedComma = "a comma is not allowed here"
        case notAName = "a name in double quotes is expected here"
        case missingColon = "a colon is expected after the name"
        case missingCommaInObject = "a comma or a closing brace is expected here"
        case missingCommaInArray = "a comma or a closing bracket is expected here"
        case badNumber = "this is not a number as JSON spells it"
        case controlCharacterInString = "a control character in a string must be escaped"
        case badEscape = "this escape sequence is not one of JSON's"
        case unterminatedString = "this string is not closed"
        case unterminatedComment = "this comment is not closed"
        case lineCommentAtEnd = "a // comment must be followed by a line break"
        case badComment = "a comment starts with // or /*"
        case commentNotUTF8 = "a comment must be valid UTF-8"
        case tooDeep = "the values are nested too deeply"
        case textAfterValue = "only one value is allowed in a text"
    }

    /// What is wrong.
    public let reason: Reason
    /// The line, counted from 1.
    public let line: Int
    /// The column in bytes, counted from 1.
    public let column: Int

    init(_ reason: Reason, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        var line = 1
        var lineStart = 0
        for position in 0..<min(offset, bytes.count) where bytes[position] == Byte.lineFeed {
            line += 1
            lineStart = position + 1
        }
        self.reason = reason
        self.line = line
        self.column = offset - lineStart + 1
    }
}

extension HuJSONError: CustomStringConvertible {
    public var description: String { "line \(line), column \(column): \(reason.rawValue)" }
}
