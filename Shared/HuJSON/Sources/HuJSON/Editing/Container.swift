/// An array or an object in a text the scanner has checked.
struct Container {
    /// Over a text that ends where the container ends.
    let scanner: Scanner
    /// All of it, brackets included.
    let range: Range<Int>
    let isObject: Bool

    /// What is between the brackets.
    var interior: Range<Int> { range.lowerBound + 1..<range.upperBound - 1 }
    var bytes: UnsafeBufferPointer<UInt8> { scanner.bytes }
    var opener: UInt8 { isObject ? Byte.openBrace : Byte.openBracket }
    var closer: UInt8 { isObject ? Byte.closeBrace : Byte.closeBracket }
    /// What is said of a value that turns out to be none of this text.
    var mismatch: HuJSONEditError { isObject ? .notAnObject : .notAnArray }

    /// Fails if no container stands there; what is in it is checked as it is read.
    init(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) throws(HuJSONError) {
        scanner = try Scanner(
            UnsafeBufferPointer(rebasing: bytes[..<min(range.upperBound, bytes.count)]), depthLimit: .max)
        self.range = range
        guard range.count >= 2, range.upperBound <= bytes.count else {
            throw scanner.failure(.unexpectedEnd, at: scanner.count)
        }
        isObject = bytes[range.lowerBound] == Byte.openBrace
        guard isObject || bytes[range.lowerBound] == Byte.openBracket else {
            throw scanner.failure(.unexpectedByte, at: range.lowerBound)
        }
        guard bytes[range.upperBound - 1] == closer else {
            throw scanner.failure(isObject ? .missingCommaInObject : .missingCommaInArray, at: range.upperBound - 1)
        }
    }
}
