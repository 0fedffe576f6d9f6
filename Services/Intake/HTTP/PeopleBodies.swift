import HTTPTypes
import SymConfiguration
import SymMessages

/// `POST /v1/users`.
struct NewUserBody: CallBody {
    static let members = ["email", "name", "role"]

    var email: String
    var name: String?
    var role: String?

    func user() throws(Problem) -> PeopleCall.NewUser {
        PeopleCall.NewUser(
            id: try email.person("email"), name: try name?.personName(mayBeEmpty: false),
            role: try role?.role() ?? .member)
    }
}

/// `PATCH /v1/users/{email}`.
struct UserChangeBody: CallBody {
    static let members = ["name", "role"]

    var name: String?
    var role: String?
}

/// `PUT /v1/groups/{name}/members`.
struct MembersBody: CallBody {
    static let members = ["members", "valid_until"]

    var people: [String]
    var validUntil: String?

    enum CodingKeys: String, CodingKey {
        case people = "members"
        case validUntil = "valid_until"
    }

    func list(of group: ResourceName) throws(Problem) -> PeopleCall.MemberList {
        guard people.count <= PeopleCall.MemberList.most else {
            throw Problem(
                .unprocessableContent, field: "members",
                "members has \(people.count) entries; a group can have \(PeopleCall.MemberList.most).")
        }
        var members: Set<PersonID> = []
        for (index, text) in people.enumerated() { members.insert(try text.person("members.\(index)")) }
        var end: Timestamp?
        if let validUntil {
            guard let moment = Timestamp(validUntil) else {
                throw Problem(
                    .unprocessableContent, field: "valid_until",
                    "valid_until must be a time such as 2026-01-31T17:00:00Z.")
            }
            end = moment
        }
        return PeopleCall.MemberList(group: group, members: members, validUntil: end)
    }
}

/// `PUT /v1/bots/{name}`. What is left out is empty.
struct BotBody: CallBody {
    static let members = ["flows", "people", "groups", "automatic"]

    var flows: [String]?
    var people: [String]?
    var groups: [String]?
    var automatic: Bool?

    func terms(of bot: BotName) throws(Problem) -> PeopleCall.BotTerms {
        var beneficiaries: Set<PersonID> = []
        for (index, text) in (people ?? []).enumerated() { beneficiaries.insert(try text.person("people.\(index)")) }
        return PeopleCall.BotTerms(
            name: bot, flows: try Self.names(flows, "flows"), people: beneficiaries,
            groups: try Self.names(groups, "groups"), allowsAutomatic: automatic ?? false)
    }

    private static func names(_ texts: [String]?, _ field: String) throws(Problem) -> Set<ResourceName> {
        var names: Set<ResourceName> = []
        for (index, text) in (texts ?? []).enumerated() {
            guard let name = ResourceName(rawValue: text) else {
                throw Problem(
                    .unprocessableContent, field: "\(field).\(index)",
                    "\(field) must be names of resources: letters, digits, - and _.")
            }
            names.insert(name)
        }
        return names
    }
}

/// `POST /v1/tokens`.
struct TokenBody: CallBody {
    static let members = ["owner", "label", "expires_in_seconds"]
    private static let longestLife: Int64 = 10 * 366 * 86_400

    var owner: String
    var label: String?
    var lifetime: Seconds?

    enum CodingKeys: String, CodingKey {
        case owner, label
        case lifetime = "expires_in_seconds"
    }

    func terms(sha256: String) throws(Problem) -> PeopleCall.TokenTerms {
        guard let owner = Caller(owner) else {
            throw Problem(
                .unprocessableContent, field: "owner", "owner must be person:<e-mail> or bot:<name>.")
        }
        if let label, !DirectoryRecord.Person.isName(label) {
            throw Problem(
                .unprocessableContent, field: "label",
                "label must be a line of at most \(DirectoryRecord.Person.maximumName) bytes.")
        }
        if let lifetime, !(1...Self.longestLife).contains(lifetime.count) {
            throw Problem(
                .unprocessableContent, field: "expires_in_seconds",
                "expires_in_seconds must be a whole number of seconds from 1 to \(Self.longestLife).")
        }
        return PeopleCall.TokenTerms(owner: owner, label: label, lifetime: lifetime, sha256: sha256)
    }
}

/// `POST /v1/bootstrap`.
struct BootstrapBody: CallBody {
    static let members = ["email"]

    var email: String
}

/// Of calls that say everything by their address; may be left out.
struct EmptyBody: CallBody {
    static let members: [String] = []
}

extension String {
    func person(_ field: String) throws(Problem) -> PersonID {
        guard let person = PersonID(rawValue: self) else {
            throw Problem(.unprocessableContent, field: field, "\(field) must be an e-mail address.")
        }
        return person
    }

    func personName(mayBeEmpty: Bool) throws(Problem) -> String {
        guard DirectoryRecord.Person.isName(self) || (mayBeEmpty && isEmpty) else {
            throw Problem(
                .unprocessableContent, field: "name",
                "name must be a line of 1 to \(DirectoryRecord.Person.maximumName) bytes.")
        }
        return self
    }

    func role() throws(Problem) -> DirectoryRecord.Person.Role {
        guard let role = DirectoryRecord.Person.Role(rawValue: self) else {
            let names = DirectoryRecord.Person.Role.allCases.map(\.rawValue)
            let hint = NearestName.nearest(to: self, among: names).map { " Did you mean \"\($0)\"?" } ?? ""
            throw Problem(
                .unprocessableContent, field: "role", "role must be one of \(names.joined(separator: ", ")).\(hint)")
        }
        return role
    }
}
