/// What an approver is shown, and exactly what is granted on yes.
public struct Offer: Sendable, Hashable, Codable {
    public var requestID: RequestID
    public var round: Int
    public var flow: ResourceName
    public var target: ResourceName
    public var targetLabel: String
    /// The tailnet as people know it: the integration's `external_id`.
    public var tailnet: String
    public var group: GroupName
    /// Whom the access is for.
    public var person: PersonID
    /// The person's login in this tailnet, resolved at submission and never again.
    public var login: Login
    public var duration: Seconds
    public var reason: String?
    /// The answers to the flow's other questions, by name.
    public var fields: [String: FieldValue]

    public init(
        requestID: RequestID, round: Int, flow: ResourceName, target: ResourceName, targetLabel: String,
        tailnet: String, group: GroupName, person: PersonID, login: Login, duration: Seconds, reason: String?,
        fields: [String: FieldValue] = [:]
    ) {
        self.requestID = requestID
        self.round = round
        self.flow = flow
        self.target = target
        self.targetLabel = targetLabel
        self.tailnet = tailnet
        self.group = group
        self.person = person
        self.login = login
        self.duration = duration
        self.reason = reason
        self.fields = fields
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        requestID = try container.decode(RequestID.self, forKey: .requestID)
        round = try container.decode(Int.self, forKey: .round)
        flow = try container.decode(ResourceName.self, forKey: .flow)
        target = try container.decode(ResourceName.self, forKey: .target)
        targetLabel = try container.decode(String.self, forKey: .targetLabel)
        tailnet = try container.decode(String.self, forKey: .tailnet)
        group = try container.decode(GroupName.self, forKey: .group)
        person = try container.decode(PersonID.self, forKey: .person)
        login = try container.decode(Login.self, forKey: .login)
        duration = try container.decode(Seconds.self, forKey: .duration)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        fields = try container.decodeIfPresent([String: FieldValue].self, forKey: .fields) ?? [:]
    }

    enum CodingKeys: String, CodingKey {
        case round, flow, target, tailnet, group, person, login, reason, fields
        case requestID = "request_id"
        case targetLabel = "target_label"
        case duration = "duration_seconds"
    }

    /// Names everything in the offer: 32 hex digits of the SHA-256 of its RFC 8785 form.
    public var id: String {
        var fields: [String: JSONValue] = [
            "request_id": .string(requestID.rawValue), "round": .integer(Int64(round)),
            "flow": .string(flow.rawValue), "target": .string(target.rawValue),
            "target_label": .string(targetLabel), "tailnet": .string(tailnet), "group": .string(group.rawValue),
            "person": .string(person.rawValue), "login": .string(login.rawValue),
            "duration_seconds": .integer(duration.count),
        ]
        fields["reason"] = reason.map { .string($0) }
        if !self.fields.isEmpty { fields["fields"] = .object(self.fields.mapValues(\.json)) }
        return String(JSONValue.object(fields).sha256.prefix(32))
    }
}

/// Who may decide on an offer, fixed when the request was submitted.
public struct Decision: Sendable, Hashable, Codable {
    public enum Choice: String, Sendable, Hashable, Codable, CaseIterable {
        case approve, deny
    }

    /// The rule of the flow that matched.
    public var rule: String
    public var stage: String
    /// Never includes anybody who may not vote; empty means nobody can approve.
    public var approvers: [PersonID]
    /// How many distinct approvers must say yes.
    public var required: Int
    public var allowSelfApproval: Bool
    /// Slack channels that show the request; empty: each approver is told directly.
    public var channels: [String]
    /// Whether the rule approves by itself; then there is no stage and nobody to ask.
    public var isAutomatic: Bool
    /// Decisions that must say why.
    public var requireMessage: [Choice]
    /// What the conditions of the rules that were reached rested on.
    public var facts: [FactUsed]

    public init(
        rule: String, stage: String, approvers: [PersonID], required: Int, allowSelfApproval: Bool,
        channels: [String] = [], isAutomatic: Bool = false, requireMessage: [Choice] = [], facts: [FactUsed] = []
    ) {
        self.rule = rule
        self.stage = stage
        self.approvers = approvers
        self.required = required
        self.allowSelfApproval = allowSelfApproval
        self.channels = channels
        self.isAutomatic = isAutomatic
        self.requireMessage = requireMessage
        self.facts = facts
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rule = try container.decode(String.self, forKey: .rule)
        stage = try container.decode(String.self, forKey: .stage)
        approvers = try container.decode([PersonID].self, forKey: .approvers)
        required = try container.decode(Int.self, forKey: .required)
        allowSelfApproval = try container.decode(Bool.self, forKey: .allowSelfApproval)
        // Requests older than these members have none.
        channels = try container.decodeIfPresent([String].self, forKey: .channels) ?? []
        isAutomatic = try container.decodeIfPresent(Bool.self, forKey: .isAutomatic) ?? false
        requireMessage = try container.decodeIfPresent([Choice].self, forKey: .requireMessage) ?? []
        facts = try container.decodeIfPresent([FactUsed].self, forKey: .facts) ?? []
    }

    enum CodingKeys: String, CodingKey {
        case rule, stage, approvers, required, facts
        case isAutomatic = "automatic"
        case requireMessage = "require_decision_message"
        case allowSelfApproval = "allow_self_approval"
        case channels = "slack_channels"
    }
}

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
