/// Who asks: known from a bearer token, from Slack, or from the topic a message came on, never from a message's content.
public enum Caller: Sendable, Hashable {
    case person(PersonID)
    case bot(BotName)

    public var person: PersonID? {
        if case .person(let person) = self { person } else { nil }
    }
}

extension Caller: Codable, CustomStringConvertible {
    /// `person:<e-mail, lower case>` or `bot:<name>`.
    public init?(_ text: String) {
        if text.hasPrefix("person:"), let person = PersonID(rawValue: String(text.dropFirst(7))) {
            self = .person(person)
        } else if text.hasPrefix("bot:"), let bot = BotName(rawValue: String(text.dropFirst(4))) {
            self = .bot(bot)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .person(let person): "person:\(person)"
        case .bot(let bot): "bot:\(bot)"
        }
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let caller = Caller(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is neither person:<e-mail> nor bot:<name>"))
        }
        self = caller
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
