/// The rules of a policy file that concern somebody or something.
public struct PolicyPreview: Hashable, Sendable {
    /// Whom or what to preview a policy file for.
    public enum Subject: Hashable, Sendable {
        /// The rules by which this login reaches something.
        case user(String)
        /// The rules by which something is reached: `10.0.0.1:80`.
        case ipPort(String)

        var type: String {
            switch self {
            case .user: "user"
            case .ipPort: "ipport"
            }
        }

        var name: String {
            switch self {
            case .user(let login): login
            case .ipPort(let address): address
            }
        }
    }

    /// One rule.
    public struct Match: Hashable, Sendable {
        /// Whom it gives access, as the rule says it.
        public let users: [String]
        /// To what, with ports, as the rule says it.
        public let ports: [String]
        /// Where the rule stands in the text; lines count from 1.
        public let lineNumber: Int?
    }

    /// The rules that apply, in order.
    public let matches: [Match]
}

extension PolicyPreview: Decodable {
    private enum Keys: String, CodingKey { case matches }

    public init(from decoder: any Decoder) throws {
        let preview = try decoder.container(keyedBy: Keys.self)
        // A preview without any rule has null for a list.
        matches = try preview.decode([Match]?.self, forKey: .matches) ?? []
    }
}

extension PolicyPreview.Match: Decodable {
    private enum Keys: String, CodingKey { case users, ports, lineNumber }

    public init(from decoder: any Decoder) throws {
        let match = try decoder.container(keyedBy: Keys.self)
        users = try match.list(String.self, forKey: .users)
        ports = try match.list(String.self, forKey: .ports)
        lineNumber = try match.decodeIfPresent(Int.self, forKey: .lineNumber)
    }
}
