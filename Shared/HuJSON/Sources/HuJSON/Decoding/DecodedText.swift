/// The text a value is decoded from, shared by all decoders of the values in it.
final class DecodedText {
    let document: HuJSONDocument
    let outline: Outline
    let options: HuJSONDecoder
    /// A type may try and fail many times, so the lines are counted once.
    private lazy var lineStarts: [Int] =
        [0]
        + document.bytes.indices.lazy.filter { [bytes = document.bytes] in bytes[$0] == Byte.lineFeed }.map { $0 + 1 }

    init(_ document: HuJSONDocument, _ outline: Outline, options: HuJSONDecoder) {
        self.document = document
        self.outline = outline
        self.options = options
    }

    func range(of entry: Int) -> Range<Int> { outline.entries[entry].range }

    func kind(of entry: Int) -> HuJSONValue.Kind {
        switch document.bytes[range(of: entry).lowerBound] {
        case Byte.openBrace: .object
        case Byte.openBracket: .array
        case Byte.quote: .string
        case UInt8(ascii: "t"): .true
        case UInt8(ascii: "f"): .false
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    func string(of entry: Int) -> String {
        document.string(HuJSONValue(kind: .string, range: range(of: entry))) ?? ""
    }

    /// "line 3, column 7", counted from 1, the column in bytes.
    func place(of entry: Int) -> String {
        let offset = range(of: entry).lowerBound
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return "line \(low + 1), column \(offset - lineStarts[low] + 1)"
    }
}

/// The way to a value, as a list from the value up, so that a step costs the same at every depth.
final class DecodingPath {
    private let parent: DecodingPath?
    private let key: any CodingKey
    let depth: Int

    init(_ key: any CodingKey, in parent: DecodingPath?) {
        self.parent = parent
        self.key = key
        self.depth = (parent?.depth ?? 0) + 1
    }

    var keys: [any CodingKey] {
        var keys: [any CodingKey] = []
        var step: DecodingPath? = self
        while let current = step {
            keys.append(current.key)
            step = current.parent
        }
        return keys.reversed()
    }
}

/// The key of a step that no type's coding keys name.
struct DecodingStep: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(index: Int) {
        stringValue = "Index \(index)"
        intValue = index
    }

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init?(intValue: Int) { self.init(index: intValue) }

    static let base = DecodingStep(stringValue: "super")
}
