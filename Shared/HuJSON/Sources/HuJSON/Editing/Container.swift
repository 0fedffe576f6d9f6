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

extension Container {
    /// Where the last element but one ends, or nil if there are fewer than two. All of the container is read, and
    /// checked as it is read.
    ///
    /// - Parameter visit: is handed each element's position and name, and may refuse the edit.
    func endOfSecondToLast(
        _ visit: (Int, Range<Int>?) throws(HuJSONEditError) -> Void
    ) throws(HuJSONEditError) -> Int? {
        var secondToLast: Int?
        var last: Int?
        var count = 0
        var next = try reading { (scanner) throws(HuJSONError) in try scanner.trivia(from: interior.lowerBound) }
        while next < interior.upperBound {
            let element = try reading { (scanner) throws(HuJSONError) in try scanner.element(of: self, from: next) }
            try visit(count, element.name)
            (secondToLast, last) = (last, element.end)
            next = element.next
            count += 1
        }
        return secondToLast
    }

    /// What cannot be read here is no container of this document.
    @inline(__always)
    func reading<T>(_ body: (Scanner) throws(HuJSONError) -> T) throws(HuJSONEditError) -> T {
        do {
            return try body(scanner)
        } catch {
            throw mismatch
        }
    }
}

extension Scanner {
    /// Passes over an element or a member, up to the next one or to the closing bracket.
    fileprivate func element(
        of container: Container, from start: Int
    ) throws(HuJSONError) -> (name: Range<Int>?, end: Int, next: Int) {
        var name: Range<Int>?
        var valueStart = start
        if container.isObject {
            let member = try nameAndColon(from: start)
            (name, valueStart) = (member.name, member.value)
        }
        let closer = container.interior.upperBound
        let end = try value(from: valueStart).range.upperBound
        var next = try trivia(from: end)
        if next < closer {
            guard base[next] == Byte.comma else { throw failure(.unexpectedByte, at: next) }
            next = try trivia(from: next + 1)
        }
        guard next <= closer else { throw failure(.unexpectedEnd, at: count) }
        return (name, end, next)
    }
}
