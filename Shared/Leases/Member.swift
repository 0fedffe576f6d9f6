import SymMessages

/// A login in a group, however the login is spelled.
struct Member: Sendable, Hashable, Comparable {
    let group: GroupName
    let loginKey: String

    init(_ terms: LeaseTerms) {
        group = terms.group
        loginKey = terms.login.key
    }

    static func < (a: Member, b: Member) -> Bool { (a.group, a.loginKey) < (b.group, b.loginKey) }
}
