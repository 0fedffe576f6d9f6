import FoundationEssentials

extension TailscaleConnection.Answer {
    /// The answer as a value. Fields that are not known are passed over.
    func decoded<Value: Decodable>(_ type: Value.Type) throws(TailscaleError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch let error as DecodingError {
            throw .malformedAnswer(reason: error.complaint)
        } catch {
            throw .malformedAnswer(reason: "it is not JSON")
        }
    }
}

extension DecodingError {
    /// Where the answer differs from what is expected; nothing of what it holds.
    fileprivate var complaint: String {
        switch self {
        case .keyNotFound(let key, let context): "\"\((context.codingPath + [key]).path)\" is missing"
        case .valueNotFound(_, let context) where !context.codingPath.isEmpty:
            "\"\(context.codingPath.path)\" is missing"
        case .typeMismatch(_, let context) where !context.codingPath.isEmpty:
            "\"\(context.codingPath.path)\" is of another type"
        default: "it is not the JSON expected"
        }
    }
}

extension [any CodingKey] {
    fileprivate var path: String {
        map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
}

extension KeyedDecodingContainer {
    /// A moment; nil if there is none, or one that is not written as RFC 3339 wants it, or the year 1, which stands for
    /// none.
    func moment(forKey key: Key) throws -> Date? {
        guard let text = try decodeIfPresent(String.self, forKey: key) else { return nil }
        let moment =
            (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        return moment.flatMap { $0.timeIntervalSince1970 < -60_000_000_000 ? nil : $0 }
    }

    /// A list; empty if it is missing or null.
    func list<Element: Decodable>(_ type: Element.Type, forKey key: Key) throws -> [Element] {
        try decodeIfPresent([Element].self, forKey: key) ?? []
    }
}
