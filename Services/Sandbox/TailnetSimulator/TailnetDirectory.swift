import SymMessages

/// Who and what the tailnet has beside its policy file.
struct TailnetDirectory: Sendable {
    struct User: Hashable, Sendable {
        var loginName: String
        var role = "member"
        /// As the service shows it.
        var json: JSONValue
    }

    struct Device: Hashable, Sendable {
        /// Login of whoever added it; of a tagged device it says nothing.
        var user: String
        var tags: [String]
        var addresses: [IPPrefix]
        /// As the service shows it.
        var json: JSONValue
    }

    static let usersUsage =
        "users are {\"users\": [{\"loginName\": \"ana@example.com\", \"role\"?: \"member\", \"status\"?: \"active\", …}]}"
    static let devicesUsage =
        "devices are {\"devices\": [{\"name\": \"web\", \"user\"?: login, \"tags\"?: […], \"addresses\"?: […], …}]}"
    static let settingsUsage =
        "settings are {\"aclsExternallyManagedOn\": true, …}: they are laid over those that are there"

    /// In their order.
    private(set) var users: [User] = [] {
        didSet {
            byLogin = Dictionary(users.map { ($0.loginName.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        }
    }
    private var byLogin: [String: User] = [:]
    private(set) var devices: [Device] = []
    private var settings: [String: JSONValue] = [
        "aclsExternallyManagedOn": .bool(false), "aclsExternalLink": .string(""), "devicesApprovalOn": .bool(false),
        "devicesAutoUpdatesOn": .bool(false), "devicesKeyDurationDays": .integer(180), "usersApprovalOn": .bool(false),
        "usersRoleAllowedToJoinExternalTailnets": .string("admin"), "networkFlowLoggingOn": .bool(false),
        "regionalRoutingOn": .bool(false), "postureIdentityCollectionOn": .bool(false), "httpsEnabled": .bool(false),
    ]

    /// With the people of the sandbox's story.
    init() {
        setUsers(
            ["ana@example.com", "ben@example.com", "cy@example.com", "dee@example.com"].map { login in
                ["loginName": .string(login), "role": .string(login == "cy@example.com" ? "owner" : "member")]
            })
    }

    /// Logins are compared without regard to case.
    func user(_ login: String) -> User? { byLogin[login.lowercased()] }

    func has(user login: String) -> Bool { user(login) != nil }

    func device(at address: IPPrefix) -> Device? {
        devices.first { $0.addresses.contains(address) }
    }

    func addresses(of isMeant: (Device) -> Bool) -> [IPPrefix] {
        devices.filter(isMeant).flatMap(\.addresses)
    }

    /// The answer to a call for users. Without a type it has members only, not who was invited to single devices.
    func users(type: String?, role: String?) -> JSONValue {
        let type = type ?? "member"
        let shown = users.filter { user in
            (type == "all" || user.json["type"] == .string(type)) && (role == nil || role == user.role)
        }
        return .object(["users": .array(shown.map(\.json))])
    }

    /// - Parameter withPolicyFile: whether the two settings are shown that speak of the policy file.
    func settings(withPolicyFile: Bool) -> JSONValue {
        .object(withPolicyFile ? settings : settings.filter { !$0.key.hasPrefix("acls") })
    }

    /// False if the JSON is not as ``usersUsage`` says.
    mutating func setUsers(_ json: [UInt8]) -> Bool {
        guard let list = Self.list(json, "users"), list.allSatisfy({ $0["loginName"]?.text?.isEmpty == false })
        else { return false }
        setUsers(list)
        return true
    }

    private mutating func setUsers(_ list: [[String: JSONValue]]) {
        users = list.enumerated().map { User($1, number: $0 + 1) }
    }

    /// False if the JSON is not as ``devicesUsage`` says.
    mutating func setDevices(_ json: [UInt8]) -> Bool {
        guard let list = Self.list(json, "devices") else { return false }
        devices = list.enumerated().map { Device($1, number: $0 + 1) }
        return true
    }

    /// False if the JSON is not as ``settingsUsage`` says.
    mutating func mergeSettings(_ json: [UInt8]) -> Bool {
        guard case .object(let members)? = try? WireFormat.decode(JSONValue.self, from: json) else { return false }
        settings.merge(members) { $1 }
        return true
    }

    private static func list(_ json: [UInt8], _ name: String) -> [[String: JSONValue]]? {
        guard let value = try? WireFormat.decode(JSONValue.self, from: json), case .array(let elements)? = value[name]
        else { return nil }
        let objects = elements.compactMap { if case .object(let members) = $0 { members } else { nil } }
        return objects.count == elements.count ? objects : nil
    }
}

extension TailnetDirectory.User {
    fileprivate init(_ given: [String: JSONValue], number: Int) {
        let login = given["loginName"]?.text ?? ""
        let usual: [String: JSONValue] = [
            "id": .string("u\(number)"), "displayName": .string(String(login.prefix { $0 != "@" })),
            "profilePicUrl": .string(""), "tailnetId": .string("T1"), "created": .string("2026-01-01T00:00:00Z"),
            "type": .string("member"), "role": .string("member"), "status": .string("active"),
            "deviceCount": .integer(0), "lastSeen": .string("2026-01-01T00:00:00Z"), "currentlyConnected": .bool(false),
        ]
        let shown = usual.merging(given) { $1 }
        self.init(loginName: login, role: shown["role"]?.text ?? "", json: .object(shown))
    }
}

extension TailnetDirectory.Device {
    fileprivate init(_ given: [String: JSONValue], number: Int) {
        let usual: [String: JSONValue] = [
            "id": .string("\(number)"), "nodeId": .string("n\(number)CNTRL"), "name": .string("device-\(number)"),
            "hostname": given["name"] ?? .string("device-\(number)"), "user": .string(""), "addresses": .array([]),
            "authorized": .bool(true), "created": .string("2026-01-01T00:00:00Z"),
            "lastSeen": .string("2026-01-01T00:00:00Z"), "expires": .string("2026-06-30T00:00:00Z"),
            "os": .string("linux"),
        ]
        let shown = usual.merging(given) { $1 }
        self.init(
            user: shown["user"]?.text ?? "", tags: shown["tags"]?.elements.compactMap(\.text) ?? [],
            addresses: shown["addresses"]?.elements.compactMap { $0.text.flatMap { IPPrefix($0) } } ?? [],
            json: .object(shown))
    }
}
