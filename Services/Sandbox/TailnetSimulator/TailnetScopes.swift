/// What a credential may do. Scopes without `:read` include the same with it.
struct TailnetScopes: Hashable, Sendable {
    /// Everything, as an API access token of an owner may.
    static let all = TailnetScopes(["all"])

    /// What the scopes were called before.
    private static let formerly = [
        "policy_file": "acl", "devices:core": "devices", "devices:posture_attributes": "devices",
    ]

    /// As they were given.
    let names: [String]

    init(_ names: [String]) { self.names = names }

    /// - Parameter text: names between spaces, as OAuth has them (RFC 6749 §3.3).
    init(text: String) { names = text.split(separator: " ").map(String.init) }

    var text: String { names.joined(separator: " ") }

    func allow(_ scope: String) -> Bool {
        let isForReading = scope.hasSuffix(":read")
        let subject = isForReading ? String(scope.dropLast(":read".count)) : scope
        let families = [subject, Self.formerly[subject], "all"].compactMap { $0 }
        return families.contains { names.contains($0) || (isForReading && names.contains("\($0):read")) }
    }

    func allow(_ scopes: [String]) -> Bool { scopes.allSatisfy(allow) }

    /// Whether none of these goes beyond this.
    func include(_ others: TailnetScopes) -> Bool { allow(others.names) }
}

extension TailnetScopes {
    static let readPolicyFile = ["policy_file:read", "devices:core:read", "devices:posture_attributes:read"]
    static let writePolicyFile = ["policy_file", "devices:core:read", "devices:posture_attributes"]
    static let readUsers = ["users:read"]
    static let readDevices = ["devices:core:read"]
    static let readSettings = ["feature_settings:read"]
}
