/// Writes a value as JSON by what it says of itself: the bytes of Foundation's `JSONEncoder` with sorted keys and plain
/// slashes, in a small part of its time.
///
/// What none of our types writes it does not know: numbers that are not whole, and containers that are not a value's own
/// (`nestedContainer`, `superEncoder`). It throws rather than write such a thing otherwise than `JSONEncoder` would.
struct JSONEncoding: Encoder {
    /// What is written by many encoders and containers, one after the other.
    private final class Draft {
        var text: JSONText
        /// Something was to be written that cannot be; the text is of no use.
        var isRefused = false

        init(order: JSONText.NameOrder) { text = JSONText(order: order) }
    }

    /// A value that cannot be written.
    struct Refusal: Error {}

    /// As deep as `JSONEncoder` nests arrays and objects.
    private static let deepest = 511

    private let draft: Draft
    /// Where the value begins that is written with this.
    private let place: JSONText.Place

    static func bytes(of value: some Encodable, order: JSONText.NameOrder = .utf8) throws -> [UInt8] {
        let draft = Draft(order: order)
        let place = draft.text.place
        try value.encode(to: JSONEncoding(draft: draft, place: place))
        if draft.text.isEmpty(place) || draft.isRefused { throw Refusal() }
        draft.text.end(place)
        return draft.text.bytes
    }

    private static func write(_ value: some Encodable, to draft: Draft, _ place: JSONText.Place) throws {
        try value.encode(to: JSONEncoding(draft: draft, place: place))
        // Of a value that says nothing of itself.
        if draft.text.isEmpty(place) { draft.text.open(.object, at: place) }
    }

    var codingPath: [any CodingKey] { [] }

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        open(.object)
        return KeyedEncodingContainer(Members(draft: draft))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        open(.array)
        return Elements(draft: draft)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    /// A value may ask for its container more than once.
    private func open(_ container: JSONText.Container) {
        let isOpen = draft.text.open(container, at: place)
        if !isOpen || draft.text.depth > Self.deepest { draft.isRefused = true }
    }

    private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let draft: Draft

        var codingPath: [any CodingKey] { [] }

        func encodeNil(forKey key: Key) throws { try encode(Bool?.none, forKey: key) }

        func encode(_ value: some Encodable, forKey key: Key) throws {
            let place = draft.text.place
            try JSONEncoding.write(value, to: draft, place)
            draft.text.endMember(key.stringValue, place)
        }

        func nestedContainer<Nested>(keyedBy: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
            JSONEncoding.refused(draft).container(keyedBy: keyedBy)
        }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            JSONEncoding.refused(draft).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { JSONEncoding.refused(draft) }

        func superEncoder(forKey key: Key) -> any Encoder { JSONEncoding.refused(draft) }
    }

    private struct Elements: UnkeyedEncodingContainer {
        let draft: Draft
        private(set) var count = 0

        init(draft: Draft) { self.draft = draft }

        var codingPath: [any CodingKey] { [] }

        mutating func encodeNil() throws { try encode(Bool?.none) }

        mutating func encode(_ value: some Encodable) throws {
            let place = draft.text.beginElement()
            try JSONEncoding.write(value, to: draft, place)
            draft.text.end(place)
            count += 1
        }

        func nestedContainer<Nested>(keyedBy: Nested.Type) -> KeyedEncodingContainer<Nested> {
            JSONEncoding.refused(draft).container(keyedBy: keyedBy)
        }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { JSONEncoding.refused(draft).unkeyedContainer() }

        func superEncoder() -> any Encoder { JSONEncoding.refused(draft) }
    }

    private static func refused(_ draft: Draft) -> JSONEncoding {
        draft.isRefused = true
        return JSONEncoding(draft: draft, place: draft.text.place)
    }
}

extension JSONEncoding: SingleValueEncodingContainer {
    func encodeNil() throws { try single { $0.writeNull() } }

    func encode(_ value: Bool) throws { try single { $0.write(value) } }

    func encode(_ value: String) throws { try single { $0.write(value) } }

    func encode(_ value: some FixedWidthInteger & Encodable) throws { try single { $0.write(value) } }

    func encode(_ value: some BinaryFloatingPoint & Encodable) throws { throw Refusal() }

    func encode(_ value: some Encodable) throws { try Self.write(value, to: draft, place) }

    /// There is one value, and it stands alone.
    private func single(_ write: (inout JSONText) -> Void) throws {
        guard draft.text.isEmpty(place) else { throw Refusal() }
        write(&draft.text)
    }
}
