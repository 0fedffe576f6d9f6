import FoundationEssentials

/// Somebody who has, or had, access to a tailnet.
public struct TailnetUser: Hashable, Sendable {
    public let id: String
    /// The login as the policy file spells it: `ana@example.com`, `ana@github`.
    public let loginName: String
    public let displayName: String?
    /// Of the tailnet whose user they are; the same whatever the path called it.
    public let tailnetID: String?
    public let type: UserType?
    public let role: UserRole?
    public let status: UserStatus?
    public let created: Date?
    public let lastSeen: Date?
    public let deviceCount: Int?
    public let currentlyConnected: Bool?
}

extension TailnetUser: Decodable {
    private enum Keys: String, CodingKey {
        case id, loginName, displayName, type, role, status, created, lastSeen, deviceCount, currentlyConnected
        case tailnetID = "tailnetId"
    }

    public init(from decoder: any Decoder) throws {
        let user = try decoder.container(keyedBy: Keys.self)
        id = try user.decode(String.self, forKey: .id)
        loginName = try user.decode(String.self, forKey: .loginName)
        displayName = try user.decodeIfPresent(String.self, forKey: .displayName)
        tailnetID = try user.decodeIfPresent(String.self, forKey: .tailnetID)
        type = try user.decodeIfPresent(String.self, forKey: .type).map(UserType.init(rawValue:))
        role = try user.decodeIfPresent(String.self, forKey: .role).map(UserRole.init(rawValue:))
        status = try user.decodeIfPresent(String.self, forKey: .status).map(UserStatus.init(rawValue:))
        created = try user.moment(forKey: .created)
        lastSeen = try user.moment(forKey: .lastSeen)
        deviceCount = try user.decodeIfPresent(Int.self, forKey: .deviceCount)
        currentlyConnected = try user.decodeIfPresent(Bool.self, forKey: .currentlyConnected)
    }
}

/// How somebody belongs to a tailnet.
public enum UserType: Hashable, Sendable {
    case member
    /// Of another tailnet; something of this one is shared with them.
    case shared
    /// A type this version does not know.
    case other(String)
}

extension UserType: RawRepresentable {
    public init(rawValue: String) {
        self =
            switch rawValue {
            case "member": .member
            case "shared": .shared
            default: .other(rawValue)
            }
    }

    public var rawValue: String {
        switch self {
        case .member: "member"
        case .shared: "shared"
        case .other(let name): name
        }
    }
}

/// What somebody may do in the admin console.
public enum UserRole: Hashable, Sendable {
    case owner, member, admin, itAdmin, networkAdmin, billingAdmin, auditor
    /// A role this version does not know.
    case other(String)
}

extension UserRole: RawRepresentable {
    public init(rawValue: String) {
        self =
            switch rawValue {
            case "owner": .owner
            case "member": .member
            case "admin": .admin
            case "it-admin": .itAdmin
            case "network-admin": .networkAdmin
            case "billing-admin": .billingAdmin
            case "auditor": .auditor
            default: .other(rawValue)
            }
    }

    public var rawValue: String {
        switch self {
        case .owner: "owner"
        case .member: "member"
        case .admin: "admin"
        case .itAdmin: "it-admin"
        case .networkAdmin: "network-admin"
        case .billingAdmin: "billing-admin"
        case .auditor: "auditor"
        case .other(let name): name
        }
    }
}

/// Whether somebody can use the tailnet.
public enum UserStatus: Hashable, Sendable {
    case active
    /// Has not been seen for long.
    case idle
    case suspended, needsApproval, overBillingLimit
    /// A status this version does not know.
    case other(String)
}

extension UserStatus: RawRepresentable {
    public init(rawValue: String) {
        self =
            switch rawValue {
            case "active": .active
            case "idle": .idle
            case "suspended": .suspended
            case "needs-approval": .needsApproval
            case "over-billing-limit": .overBillingLimit
            default: .other(rawValue)
            }
    }

    public var rawValue: String {
        switch self {
        case .active: "active"
        case .idle: "idle"
        case .suspended: "suspended"
        case .needsApproval: "needs-approval"
        case .overBillingLimit: "over-billing-limit"
        case .other(let name): name
        }
    }
}
