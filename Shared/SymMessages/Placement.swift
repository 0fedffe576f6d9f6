/// What the provisioner needs to apply an approved offer and to end it; no secret, only where the operator keeps it.
public struct Placement: Sendable, Hashable, Codable {
    public var integration: ResourceName
    /// The provisioner's name; part of its topics' names.
    public var provisioner: ResourceName
    /// What the API path says: `-`, a tailnet id or a name.
    public var tailnet: String
    public var credential: TailnetCredential
    /// From approval until the access must be in place.
    public var grantWithin: Seconds

    public init(
        integration: ResourceName, provisioner: ResourceName, tailnet: String, credential: TailnetCredential,
        grantWithin: Seconds
    ) {
        self.integration = integration
        self.provisioner = provisioner
        self.tailnet = tailnet
        self.credential = credential
        self.grantWithin = grantWithin
    }

    enum CodingKeys: String, CodingKey {
        case integration, provisioner, tailnet, credential
        case grantWithin = "grant_within_seconds"
    }
}
