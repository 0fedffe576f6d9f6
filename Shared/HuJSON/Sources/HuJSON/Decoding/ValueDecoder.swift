/// Decodes one value of a text.
final class ValueDecoder: Decoder {
    let text: DecodedText
    let entry: Int
    let path: DecodingPath?
    private var names: MemberNames?

    init(_ entry: Int, at path: DecodingPath?, of text: DecodedText) {
        self.text = text
        self.entry = entry
        self.path = path
    }

    var codingPath: [any CodingKey] { path?.keys ?? [] }
    var userInfo: [CodingUserInfoKey: Any] { text.options.userInfo }
    var kind: HuJSONValue.Kind { text.kind(of: entry) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        if let names { return KeyedDecodingContainer(KeyedValues(self, names)) }
        let names = try memberNames(isMap: false)
        self.names = names
        return KeyedDecodingContainer(KeyedValues(self, names))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard kind == .array else { throw mismatch([Any].self) }
        return UnkeyedValues(self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { SingleValue(decoder: self) }

    /// Decodes the value as a type.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        guard let direct = type as? any DirectlyDecodable.Type else { return try T(from: self) }
        guard let value = try direct.init(decoding: self) as? T else { throw mismatch(type) }
        return value
    }

    /// The decoder of a value in this one.
    func decoder(of entry: Int, at key: any CodingKey) throws -> ValueDecoder {
        let decoder = ValueDecoder(entry, at: DecodingPath(key, in: path), of: text)
        guard decoder.path?.depth ?? 0 <= text.options.depthLimit else {
            throw DecodingError.dataCorrupted(decoder.context("the values are nested too deeply to be decoded"))
        }
        return decoder
    }

    func memberNames(isMap: Bool) throws -> MemberNames {
        guard kind == .object else { throw mismatch([String: Any].self) }
        do {
            return try MemberNames(of: entry, in: text.outline, options: text.options, isMap: isMap, name: text.string)
        } catch {
            let member = ValueDecoder(
                error.entry, at: DecodingPath(DecodingStep(stringValue: error.name), in: path), of: text)
            throw DecodingError.dataCorrupted(member.context("a member of this name stands further up in the object"))
        }
    }

    /// A context that says where the value stands.
    func context(_ reason: String) -> DecodingError.Context {
        DecodingError.Context(codingPath: codingPath, debugDescription: "\(text.place(of: entry)): \(reason)")
    }

    /// The failure of a value that is of another kind than the type is decoded from.
    func mismatch(_ type: Any.Type) -> DecodingError {
        if kind == .null { return .valueNotFound(type, context("a value is expected here, not null")) }
        return .typeMismatch(type, context("this is \(kind.phrase), from which the type cannot be decoded"))
    }
}

extension HuJSONValue.Kind {
    fileprivate var phrase: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .true, .false: "true or false"
        case .null: "null"
        }
    }
}
