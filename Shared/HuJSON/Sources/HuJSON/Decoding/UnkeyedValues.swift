/// The elements of an array, decoded one after the other. One that cannot be decoded is not passed over.
struct UnkeyedValues: UnkeyedDecodingContainer {
    private let decoder: ValueDecoder
    private let elementCount: Int
    private var next: Int
    private(set) var currentIndex = 0

    init(_ decoder: ValueDecoder) {
        self.decoder = decoder
        let outline = decoder.text.outline
        var count = 0
        var entry = decoder.entry + 1
        while entry < outline.next(after: decoder.entry) {
            entry = outline.next(after: entry)
            count += 1
        }
        elementCount = count
        next = decoder.entry + 1
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elementCount }
    var isAtEnd: Bool { currentIndex >= elementCount }

    mutating func decodeNil() throws -> Bool {
        guard try element(Any?.self).kind == .null else { return false }
        advance()
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try element(type).decode(type)
        advance()
        return value
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let container = try element([String: Any].self).container(keyedBy: type)
        advance()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try element([Any].self).unkeyedContainer()
        advance()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let element = try element((any Decoder).self)
        advance()
        return element
    }

    private func element(_ type: Any.Type) throws -> ValueDecoder {
        let key = DecodingStep(index: currentIndex)
        guard !isAtEnd else {
            var context = decoder.context("the array that starts here has no more elements")
            context = DecodingError.Context(
                codingPath: context.codingPath + [key], debugDescription: context.debugDescription)
            throw DecodingError.valueNotFound(type, context)
        }
        return try decoder.decoder(of: next, at: key)
    }

    private mutating func advance() {
        next = decoder.text.outline.next(after: next)
        currentIndex += 1
    }
}

/// A value decoded as a whole.
struct SingleValue: SingleValueDecodingContainer {
    let decoder: ValueDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.kind == .null }

    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type) }
}
