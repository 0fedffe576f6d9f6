import SymMessages

/// A login in a group, however the login is spelled.
struct Member: Sendable, Hashable, Comparable {
    let group: GroupName
    let loginKey: String

    init(_ terms: LeaseTerms) {
        group = terms.group
        // Mostly they are the same, and one text for both is half as much to keep.
        let key = terms.login.key
        loginKey = key == terms.login.rawValue ? terms.login.rawValue : key
    }

    static func < (a: Member, b: Member) -> Bool { (a.group, a.loginKey) < (b.group, b.loginKey) }
}
