/// What intake has shown of one request in Slack; on `sym.intake-state`, the key is the request id. The newest record
/// counts, so that any intake goes on where another stopped.
public struct SlackRecord: Sendable, Equatable, Codable {
    /// The messages that stand in Slack.
    public var messages: [Message]
    /// Places that Slack refuses for good: nothing is sent there any more.
    public var abandoned: [Abandoned]
    /// Places whose message had vanished and was posted anew; that is done once.
    public var replaced: [Place]

    /// One place where something about the request is shown.
    public struct Place: Sendable, Hashable, Codable {
        public enum Purpose: String, Sendable, Codable {
            /// The request with its buttons, for those who decide.
            case card
            /// Tells whom it concerns that the access is there.
            case grant
            /// Tells whom it concerns that it is over.
            case end
            /// Calls on those who may decide, beside the card.
            case reminder
        }

        public var purpose: Purpose
        public var recipient: Recipient
        /// Which of several messages of this purpose; one that has it is posted once and never changed.
        public var occasion: String?

        public init(_ purpose: Purpose, _ recipient: Recipient, occasion: String? = nil) {
            self.purpose = purpose
            self.recipient = recipient
            self.occasion = occasion
        }
    }

    public enum Recipient: Sendable, Hashable {
        /// As the configuration names it, such as `#sym-requests`.
        case channel(String)
        /// By direct message.
        case person(PersonID)
    }

    public struct Message: Sendable, Equatable, Codable {
        public var place: Place
        /// Slack's id of the channel or conversation.
        public var channel: String
        /// Slack's name of the message in the channel.
        public var ts: String
        /// Names the content it shows.
        public var shown: String

        public init(place: Place, channel: String, ts: String, shown: String) {
            self.place = place
            self.channel = channel
            self.ts = ts
            self.shown = shown
        }
    }

    public struct Abandoned: Sendable, Equatable, Codable {
        public var place: Place
        /// Slack's name of the error.
        public var error: String

        public init(place: Place, error: String) {
            self.place = place
            self.error = error
        }
    }

    public init(messages: [Message] = [], abandoned: [Abandoned] = [], replaced: [Place] = []) {
        self.messages = messages
        self.abandoned = abandoned
        self.replaced = replaced
    }
}

extension SlackRecord.Recipient: Codable, CustomStringConvertible {
    /// `channel:<name>` or `person:<e-mail>`.
    public init?(_ text: String) {
        if text.hasPrefix("channel:") {
            self = .channel(String(text.dropFirst(8)))
        } else if text.hasPrefix("person:"), let person = PersonID(rawValue: String(text.dropFirst(7))) {
            self = .person(person)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .channel(let name): "channel:\(name)"
        case .person(let person): "person:\(person)"
        }
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let recipient = Self(text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath, debugDescription: "is neither channel:<name> nor person:<e-mail>"))
        }
        self = recipient
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension SlackRecord: MessageBody {
    public static let messageType = "sym.intake.slack.v1"

    public var type: String { Self.messageType }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> SlackRecord {
        guard type == messageType else { throw UnknownMessageType(type) }
        return try container.decode(SlackRecord.self, forKey: .data)
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        try container.encode(self, forKey: .data)
    }
}
