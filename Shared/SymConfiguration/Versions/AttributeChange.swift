import SymMessages

/// One attribute that differs between two versions of a resource.
public struct AttributeChange: Sendable, Hashable, Codable {
    /// Inside the resource: `params.allow_revoke`, `rules["everyone else"].max_duration`, `targets[0]`.
    public var path: String
    /// Absent: it was not set.
    public var before: JSONValue?
    /// Absent: it would not be set.
    public var after: JSONValue?

    public init(path: String, before: JSONValue?, after: JSONValue?) {
        self.path = path
        self.before = before
        self.after = after
    }

    private enum CodingKeys: String, CodingKey {
        case path, before, after
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        path = try container.decode(String.self, forKey: .path)
        // A null that is there is a value, and not the same as nothing.
        before = container.contains(.before) ? try container.decode(JSONValue.self, forKey: .before) : nil
        after = container.contains(.after) ? try container.decode(JSONValue.self, forKey: .after) : nil
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encodeIfPresent(before, forKey: .before)
        try container.encodeIfPresent(after, forKey: .after)
    }

    /// For people, in a line: `label: SSH → Production SSH`.
    public var line: String {
        switch (before, after) {
        case (let before?, let after?): "\(path): \(PlanText.of(before)) → \(PlanText.of(after))"
        case (nil, let after?): "\(path) added: \(PlanText.of(after))"
        case (let before?, nil): "\(path) removed: \(PlanText.of(before))"
        case (nil, nil): path
        }
    }
}
