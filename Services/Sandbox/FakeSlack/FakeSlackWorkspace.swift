import SymMessages

/// A user, with what Slack tells of one (`users.info`; slack.md B7.6 says what an app must look at).
struct SlackUser: Hashable, Sendable {
    let id: String
    let name: String
    var realName: String
    var email: String
    var team: String
    var isDeleted = false
    var isBot = false
    /// A guest of some channels.
    var isRestricted = false
    /// A guest of one channel.
    var isUltraRestricted = false
    /// From another workspace, through Slack Connect.
    var isStranger = false
    var isEmailConfirmed = true

    /// As `users.info` answers it.
    ///
    /// - Parameter showsEmail: whether the token has `users:read.email`; without it the profile has no e-mail.
    func json(showsEmail: Bool) -> JSONValue {
        var profile: [String: JSONValue] = [
            "real_name": .string(realName), "display_name": .string(name), "team": .string(team),
        ]
        if showsEmail { profile["email"] = .string(email) }
        return .object([
            "id": .string(id), "team_id": .string(team), "name": .string(name), "deleted": .bool(isDeleted),
            "real_name": .string(realName), "tz": .string("Europe/Berlin"),
            "tz_label": .string("Central European Time"),
            "tz_offset": .integer(3600), "profile": .object(profile), "is_admin": .bool(false),
            "is_owner": .bool(false),
            "is_primary_owner": .bool(false), "is_restricted": .bool(isRestricted),
            "is_ultra_restricted": .bool(isUltraRestricted), "is_bot": .bool(isBot), "is_app_user": .bool(false),
            "is_stranger": .bool(isStranger), "is_email_confirmed": .bool(isEmailConfirmed), "updated": .integer(0),
        ])
    }
}

/// A channel or a direct message.
struct SlackChannel: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case open(name: String)
        case closed(name: String)
        /// Between the app and one user.
        case direct(user: String)
    }

    let id: String
    let kind: Kind
    /// Ids of users; the app's own among them where it was invited.
    var members: Set<String>
    var isArchived = false

    var name: String? {
        switch kind {
        case .open(let name), .closed(let name): name
        case .direct: nil
        }
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "created": .integer(0), "is_archived": .bool(isArchived),
            "is_im": .bool(false), "is_channel": .bool(false), "is_group": .bool(false), "is_private": .bool(true),
            "is_member": .bool(self.members.contains(SlackWorkspace.appUser)),
        ]
        switch kind {
        case .open(let name):
            members["name"] = .string(name)
            members["is_channel"] = .bool(true)
            members["is_private"] = .bool(false)
        case .closed(let name):
            members["name"] = .string(name)
            members["is_channel"] = .bool(true)
        case .direct(let user):
            members["user"] = .string(user)
            members["is_im"] = .bool(true)
        }
        return .object(members)
    }
}

/// Who and what there is in the simulated workspace.
struct SlackWorkspace: Hashable, Sendable {
    static let appUser = "U0SYMBOT01"
    static let appBot = "B0SYMBOT01"
    static let app = "A0SYM00001"
    static let slackbot = "USLACKBOT"
    static let domain = "sandbox"
    static let homeChannel = "C0REQUESTS"

    let team: String
    var users: [SlackUser]
    var channels: [SlackChannel]

    /// The people of `Examples/directory.yaml`, one user of every kind that an app must not trust, and channels of every
    /// kind that an app may find.
    init(team: String) {
        self.team = team
        users = [
            SlackUser(id: "U0ANA00001", name: "ana", realName: "Ana Alves", email: "ana@example.com", team: team),
            SlackUser(id: "U0BEN00001", name: "ben", realName: "Ben Berg", email: "ben@example.com", team: team),
            SlackUser(id: "U0CY000001", name: "cy", realName: "Cy Chen", email: "cy@example.com", team: team),
            SlackUser(id: "U0DEE00001", name: "dee", realName: "Dee Diaz", email: "dee@example.com", team: team),
            SlackUser(
                id: "U0GUS00001", name: "gus", realName: "Gus (guest)", email: "gus@example.com", team: team,
                isRestricted: true),
            SlackUser(
                id: "U0GONE0001", name: "gone", realName: "Gone (deactivated)", email: "gone@example.com", team: team,
                isDeleted: true),
            SlackUser(
                id: "U0ROBOT001", name: "robot", realName: "Robot", email: "robot@example.com", team: team, isBot: true),
            SlackUser(
                id: "U0STRANGE1", name: "stranger", realName: "Stranger (Slack Connect)",
                email: "sam@elsewhere.example",
                team: "T0ELSEWHERE", isStranger: true),
            SlackUser(
                id: Self.appUser, name: "sym", realName: "Sym", email: "sym@example.com", team: team, isBot: true),
        ]
        let everybody = Set(users.map(\.id)).subtracting([Self.appUser])
        channels = [
            SlackChannel(id: Self.homeChannel, kind: .open(name: "sym-requests"), members: everybody),
            SlackChannel(id: "C0ERRORS01", kind: .open(name: "sym-errors"), members: everybody),
            SlackChannel(id: "C0OLD00001", kind: .open(name: "sym-old"), members: everybody, isArchived: true),
            SlackChannel(id: "G0SECRET01", kind: .closed(name: "sym-secret"), members: ["U0CY000001"]),
            SlackChannel(
                id: "G0LEADS001", kind: .closed(name: "leads"), members: ["U0CY000001", Self.appUser]),
        ]
    }

    /// By id.
    func user(_ id: String) -> SlackUser? { users.first { $0.id == id } }

    /// By id or name, as the sandbox's callers say it.
    func somebody(_ text: String) -> SlackUser? { user(text) ?? users.first { $0.name == text } }

    /// By id.
    func channel(_ id: String) -> SlackChannel? { channels.first { $0.id == id } }

    /// By id or name, with or without `#`.
    func channel(named text: String) -> SlackChannel? {
        channel(text) ?? channels.first { $0.name == (text.hasPrefix("#") ? String(text.dropFirst()) : text) }
    }

    /// The direct messages between the app and a user, begun if need be.
    mutating func direct(with user: SlackUser) -> (channel: SlackChannel, isNew: Bool) {
        if let known = channels.first(where: { $0.kind == .direct(user: user.id) }) { return (known, false) }
        let channel = SlackChannel(
            id: "D" + user.id.dropFirst(), kind: .direct(user: user.id), members: [user.id, Self.appUser])
        channels.append(channel)
        return (channel, true)
    }

    mutating func change(_ channel: SlackChannel, _ apply: (inout SlackChannel) -> Void) {
        guard let index = channels.firstIndex(where: { $0.id == channel.id }) else { return }
        apply(&channels[index])
    }

    mutating func change(_ user: SlackUser, _ apply: (inout SlackUser) -> Void) {
        guard let index = users.firstIndex(where: { $0.id == user.id }) else { return }
        apply(&users[index])
    }
}
