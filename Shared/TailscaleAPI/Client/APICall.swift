/// The calls of the API that are made here.
public enum APICall: String, Hashable, Sendable, CaseIterable {
    case readPolicy, writePolicy, validatePolicy, previewPolicy, users, devices, settings, key

    /// The scopes a credential needs for it, all of them together.
    public var neededScopes: [String] {
        switch self {
        case .readPolicy, .validatePolicy, .previewPolicy:
            ["policy_file:read", "devices:core:read", "devices:posture_attributes:read"]
        case .writePolicy: ["policy_file", "devices:core:read", "devices:posture_attributes"]
        case .users: ["users:read"]
        case .devices: ["devices:core:read"]
        case .settings: ["feature_settings:read"]
        case .key: []
        }
    }

    /// What is wrong with a credential that is refused (403), as far as one can tell from outside: the service does not say
    /// which scope it misses.
    var hint: String {
        let needed = neededScopes
        return switch needed.count {
        case 0: "A credential may look at itself only."
        case 1: "An OAuth client or federated identity needs the scope \(needed[0])\(tail)."
        default:
            "An OAuth client or federated identity needs the scope \(needed[0]) together with "
                + "\(needed.dropFirst().joined(separator: " and ")): the first alone is not enough. An API token needs "
                + "the rights of an Owner, Admin or Network admin."
        }
    }

    private var tail: String {
        self == .settings ? ", and policy_file:read to see who manages the policy file" : ""
    }

    /// What is done, after "may not".
    var deed: String {
        switch self {
        case .readPolicy: "read the policy file"
        case .writePolicy: "write the policy file"
        case .validatePolicy: "have a policy file checked"
        case .previewPolicy: "preview a policy file"
        case .users: "list the users"
        case .devices: "list the devices"
        case .settings: "read the tailnet's settings"
        case .key: "look at this key"
        }
    }
}
