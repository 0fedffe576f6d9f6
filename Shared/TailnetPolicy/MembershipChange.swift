/// One login that is to stand in a group, or not to.
public struct MembershipChange: Hashable, Sendable {
    /// What is to be done with the login.
    public enum Kind: Hashable, Sendable {
        /// The login is to stand in the group.
        case add
        /// The login is not to stand in the group, in no spelling of its case.
        case remove
    }

    /// The group with its prefix, `group:prod`. Names of groups are compared exactly.
    public var group: String
    /// The login as the tailnet spells it, `ana@example.com` or `ana@github`. Logins are compared without regard to case.
    public var login: String
    /// What is to be done.
    public var kind: Kind

    public init(_ kind: Kind, _ login: String, in group: String) {
        self.kind = kind
        self.login = login
        self.group = group
    }
}
