/// A text that has been checked to be HuJSON: JSON (RFC 8259) with comments and trailing commas, as Tailscale reads it.
///
/// The text is kept as it is. Values are found by position and edits splice bytes, so whatever an edit does not mean to
/// change stays as it was, to the byte.
public struct HuJSONDocument: Sendable {
    /// How deep values may be nested unless said otherwise; the limit of Go's JSON reader.
    public static let defaultDepthLimit = 10_000

    /// The text.
    public let bytes: [UInt8]
    /// The one value of the text.
    public let root: HuJSONValue
    /// Where the text stops being UTF-8; nil if all of it is. Only strings can hold such bytes, and the language allows
    /// them there.
    public let firstByteThatIsNotUTF8: Int?

    let index: ContainerIndex

    /// Checks the whole text in one pass.
    ///
    /// - Parameters:
    ///   - bytes: the text. Comments must be UTF-8; strings need not be, as with Tailscale's own reader.
    ///   - depthLimit: how many containers may stand inside each other.
    ///   - indexDepth: in how many levels of containers the pass notes where members and elements stand, so that asking
    ///     for them is not another pass; at most eight. Two are the root and its sections. The notes take no more than an eighth of the
    ///     text: where they would, the innermost level goes without.
    /// - Throws: what is wrong, with line and column.
    public init(
        _ bytes: [UInt8], depthLimit: Int = Self.defaultDepthLimit, indexDepth: Int = 2
    ) throws(HuJSONError) {
        let document = try bytes.withUnsafeBufferPointer { (buffer) throws(HuJSONError) in
            try Scanner(buffer, depthLimit: depthLimit).document(indexDepth: indexDepth)
        }
        self.bytes = bytes
        root = document.root
        index = document.index
        firstByteThatIsNotUTF8 = document.findings.firstByteThatIsNotUTF8
    }

    /// The members of an object of this document, in order, duplicates included; none for any other value.
    public func members(of object: HuJSONValue) -> [HuJSONMember] {
        guard object.kind == .object else { return [] }
        if let places = index.places(in: object.range) {
            return stride(from: places.startIndex, to: places.endIndex, by: 2).map {
                HuJSONMember(nameRange: places[$0].range, value: value(at: places[$0 + 1]))
            }
        }
        return read(object) { (scanner) throws(HuJSONError) in
            var members: [HuJSONMember] = []
            var position = try scanner.trivia(from: object.range.lowerBound + 1)
            while position < object.range.upperBound - 1 {
                let (name, start) = try scanner.nameAndColon(from: position)
                let value = try scanner.value(from: start)
                members.append(HuJSONMember(nameRange: name, value: value))
                position = try scanner.afterComma(from: value.range.upperBound)
            }
            return members
        } ?? []
    }

    /// The name of a member of this document, its escapes resolved.
    public func name(of member: HuJSONMember) -> String {
        guard member.nameRange.upperBound <= bytes.count else { return "" }
        return bytes.withUnsafeBufferPointer { StringLiteral.decode($0[member.nameRange]) }
    }

    /// The elements of an array of this document, in order; none for any other value.
    public func elements(of array: HuJSONValue) -> [HuJSONValue] {
        var elements: [HuJSONValue] = []
        // A guess for short ones, which are many.
        elements.reserveCapacity(min(16, array.range.count / 16))
        let isRead = forEachElement(of: array) { element in
            elements.append(element)
            return true
        }
        return isRead ? elements : []
    }

    /// Goes over the elements of an array of this document, in order and without making a list of them.
    ///
    /// - Parameter body: whether to go on.
    /// - Returns: false for any other value, and for one of another document, of which something may have been read.
    @discardableResult
    public func forEachElement(of array: HuJSONValue, _ body: (HuJSONValue) -> Bool) -> Bool {
        guard array.kind == .array else { return false }
        if let places = index.places(in: array.range) {
            for place in places where !body(value(at: place)) { break }
            return true
        }
        let isRead: Void? = read(array) { (scanner) throws(HuJSONError) in
            var position = try scanner.trivia(from: array.range.lowerBound + 1)
            while position < array.range.upperBound - 1 {
                let value = try scanner.value(from: position)
                guard body(value) else { break }
                position = try scanner.afterComma(from: value.range.upperBound)
            }
        }
        return isRead != nil
    }

    /// The content of a string of this document, its escapes resolved; nil for any other value. What is not UTF-8 and
    /// surrogates without a partner become U+FFFD, as in Go.
    public func string(_ value: HuJSONValue) -> String? {
        guard value.kind == .string, value.range.upperBound <= bytes.count else { return nil }
        return bytes.withUnsafeBufferPointer { StringLiteral.decode($0[value.range]) }
    }

    /// The bytes of a value, or of any other part of the document.
    public func bytes(in range: Range<Int>) -> ArraySlice<UInt8> {
        bytes[range.clamped(to: bytes.indices)]
    }

    /// A value that the index knows of.
    private func value(at place: ContainerIndex.Place) -> HuJSONValue {
        HuJSONValue(kind: .init(firstByte: bytes[place.lowerBound]) ?? .null, range: place.range)
    }

    /// A value of another document may not be there at all: then there is nothing to read.
    private func read<T>(
        _ value: HuJSONValue, _ body: (Scanner) throws(HuJSONError) -> T
    ) -> T? {
        guard value.range.upperBound <= bytes.count else { return nil }
        do {
            return try bytes.withUnsafeBufferPointer { (buffer) throws(HuJSONError) in
                let part = UnsafeBufferPointer(rebasing: buffer[..<value.range.upperBound])
                return try body(Scanner(part, depthLimit: .max))
            }
        } catch {
            return nil
        }
    }
}
