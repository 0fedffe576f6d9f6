import TailscaleAPI

/// The users of a tailnet, as far as grants ask about them.
struct TailnetUsers: Sendable, Equatable {
    /// By login in lower case; `nil` where the service tells none.
    var statuses: [String: UserStatus?]
    /// Which tailnet they are members of, whatever it is called in a path; `nil`: the service does not tell, or not of one.
    var tailnetID: String?

    var count: Int { statuses.count }

    init(statuses: [String: UserStatus?] = [:], tailnetID: String? = nil) {
        self.statuses = statuses
        self.tailnetID = tailnetID
    }

    init(_ list: [TailnetUser]) {
        statuses = Dictionary(list.map { ($0.loginName.lowercased(), $0.status) }) { first, _ in first }
        // Who is of another tailnet has that one's.
        let identities = Set(list.filter { $0.type == .member }.map(\.tailnetID))
        tailnetID = identities.count == 1 ? identities.first.flatMap(\.self) : nil
    }
}
