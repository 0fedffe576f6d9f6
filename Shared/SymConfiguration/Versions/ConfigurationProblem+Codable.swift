extension ConfigurationProblem: Codable {
    private enum CodingKeys: String, CodingKey {
        case line, path, message
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            line: try container.decodeIfPresent(Int.self, forKey: .line),
            path: try container.decode(String.self, forKey: .path),
            message: try container.decode(String.self, forKey: .message))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(line, forKey: .line)
        try container.encode(path, forKey: .path)
        try container.encode(message, forKey: .message)
    }
}
