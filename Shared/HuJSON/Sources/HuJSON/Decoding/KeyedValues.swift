/// The members of an object, decoded by name.
struct KeyedValues<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let decoder: ValueDecoder
    private let names: MemberNames

    init(_ decoder: ValueDecoder, _ names: MemberNames) {
        self.decoder = decoder
        self.names = names
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { names.members.compactMap { Key(stringValue: $0.name) } }

    func contains(_ key: Key) -> Bool { names.value(named: key.stringValue) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try member(key).kind == .null }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try member(key).decode(type) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try member(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try member(DecodingStep.base) }

    func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

    private func member(_ key: any CodingKey) throws -> ValueDecoder {
        guard let value = names.value(named: key.stringValue) else {
            throw DecodingError.keyNotFound(key, decoder.context("the object that starts here lacks a member"))
        }
        return try decoder.decoder(of: value, at: key)
    }
}
