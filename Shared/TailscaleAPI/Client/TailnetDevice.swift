import FoundationEssentials

/// A machine of a tailnet.
public struct TailnetDevice: Hashable, Sendable {
    /// Its node ID; where the service does not name it, its older numeric one.
    public let id: String
    /// The name in the tailnet: `laptop.tail1234.ts.net`.
    public let name: String?
    /// The login of who added it; a tagged device belongs to nobody.
    public let user: String?
    /// With their prefix, `tag:prod`.
    public let tags: [String]
    /// Its addresses in the tailnet.
    public let addresses: [String]
    /// Whether an admin has let it in, where that is needed.
    public let authorized: Bool?
    public let created: Date?
    public let lastSeen: Date?
    /// When its key expires.
    public let expires: Date?
}

extension TailnetDevice: Decodable {
    private enum Keys: String, CodingKey {
        case id, nodeId, name, user, tags, addresses, authorized, created, lastSeen, expires
    }

    public init(from decoder: any Decoder) throws {
        let device = try decoder.container(keyedBy: Keys.self)
        if let nodeID = try device.decodeIfPresent(String.self, forKey: .nodeId), !nodeID.isEmpty {
            id = nodeID
        } else {
            id = try device.decode(String.self, forKey: .id)
        }
        name = try device.decodeIfPresent(String.self, forKey: .name)
        user = try device.decodeIfPresent(String.self, forKey: .user)
        tags = try device.list(String.self, forKey: .tags)
        addresses = try device.list(String.self, forKey: .addresses)
        authorized = try device.decodeIfPresent(Bool.self, forKey: .authorized)
        created = try device.moment(forKey: .created)
        lastSeen = try device.moment(forKey: .lastSeen)
        expires = try device.moment(forKey: .expires)
    }
}
