/// Makes Swift values of HuJSON texts. Comments are ignored.
///
/// - An integer is decoded from any number that is exactly that integer, however it is spelled: `1.0` and `1e3` are,
///   `1.5`, `300` for a `UInt8` and `1e400` are refused. Nothing is rounded.
/// - A `Double` or `Float` is the one nearest to the number; a number that is too large for it is refused. There is no
///   spelling for infinity or "not a number".
/// - In strings, what is not UTF-8 and surrogates without a partner become U+FFFD, as with ``HuJSONDocument/string(_:)``.
/// - A dictionary takes names as they are: neither ``keyDecodingStrategy-swift.property`` nor
///   ``matchesNamesInAnyCase`` applies to the names in a dictionary whose keys are strings.
///
/// Every failure is a `DecodingError` with the coding path; its `debugDescription` says line and column and has none of
/// the text in it. A text that is no HuJSON gives `.dataCorrupted` with the ``HuJSONError`` as the underlying error.
///
/// The cost is linear in the size of the value that is decoded, with memory for twelve bytes per value in it.
public struct HuJSONDecoder: Sendable {
    /// How the names in a text become the string values of coding keys.
    public enum KeyDecodingStrategy: Hashable, Sendable {
        /// As they are.
        case useDefaultKeys
        /// `first_name` is `firstName`; underscores at the ends of a name stay.
        case convertFromSnakeCase
    }

    /// What happens to an object with two members of the same name.
    public enum DuplicateNames: Hashable, Sendable {
        /// The object is refused.
        case refuse
        /// The first of them counts.
        case first
        /// The last of them counts, as with most readers of JSON.
        case last
    }

    /// How many values may be decoded inside each other unless said otherwise. Types decode by recursion, so this guards
    /// the thread's stack.
    public static let defaultDepthLimit = 512

    /// How names become coding keys.
    public var keyDecodingStrategy = KeyDecodingStrategy.useDefaultKeys
    /// What happens to members of the same name. Names are the same if Swift finds the strings equal, after
    /// ``keyDecodingStrategy-swift.property`` and, with ``matchesNamesInAnyCase``, without regard to case.
    public var duplicateNames = DuplicateNames.refuse
    /// Whether `"Groups"` and `"GROUPS"` stand for the coding key `groups`, as with Tailscale's own reader. A keyed
    /// container's `allKeys` still has the names as they are spelled.
    public var matchesNamesInAnyCase = false
    /// How many values may be decoded inside each other; deeper ones are refused when they are asked for.
    public var depthLimit = Self.defaultDepthLimit
    /// Handed to the types that are decoded.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]

    /// A decoder with the default options.
    public init() {}

    /// Decodes the value of a text.
    ///
    /// - Throws: `DecodingError`, or what the type's own initialiser throws.
    public func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        let document: HuJSONDocument
        do {
            document = try HuJSONDocument(bytes)
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: [], debugDescription: error.description, underlyingError: error))
        }
        return try decode(type, from: document)
    }

    /// Decodes the value of a text.
    ///
    /// - Throws: `DecodingError`, or what the type's own initialiser throws.
    public func decode<T: Decodable>(_ type: T.Type, from text: String) throws -> T {
        try decode(type, from: Array(text.utf8))
    }

    /// Decodes a value of a document.
    ///
    /// - Parameter value: a value of this document; its root unless given.
    /// - Throws: `DecodingError`, or what the type's own initialiser throws.
    public func decode<T: Decodable>(
        _ type: T.Type, from document: HuJSONDocument, at value: HuJSONValue? = nil
    ) throws -> T {
        let value = value ?? document.root
        guard document.holds(value), let outline = Outline(of: value.range, in: document.bytes) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: [], debugDescription: "the value is not one of this document"))
        }
        return try ValueDecoder(0, at: nil, of: DecodedText(document, outline, options: self)).decode(type)
    }
}

extension HuJSONDocument {
    /// Decodes a value of this document.
    ///
    /// - Parameters:
    ///   - value: a value of this document; the root unless given.
    ///   - decoder: the options.
    /// - Throws: `DecodingError`, or what the type's own initialiser throws.
    public func decode<T: Decodable>(
        _ type: T.Type, at value: HuJSONValue? = nil, with decoder: HuJSONDecoder = HuJSONDecoder()
    ) throws -> T {
        try decoder.decode(type, from: self, at: value)
    }

    /// A value of another document may not be there, and what stands there instead need not be a value.
    fileprivate func holds(_ value: HuJSONValue) -> Bool {
        if value == root { return true }
        guard value.range.upperBound <= bytes.count,
            let part = try? HuJSONDocument(Array(bytes[value.range]), depthLimit: .max)
        else { return false }
        return part.root == HuJSONValue(kind: value.kind, range: 0..<value.range.count)
    }
}
