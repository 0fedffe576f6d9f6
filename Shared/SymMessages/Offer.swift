/// What an approver is shown, and exactly what is granted on yes.
public struct Offer: Sendable, Hashable {
    public var requestID: RequestID
    /// 1: the first grant; from 2 on: an extension.
    public var round: Int
    public var flow: ResourceName
    /// Who asks: the person or bot that wrote the request, or asked for this extension.
    public var askedBy: Caller
    /// Whom it is for.
    public var person: PersonID
    /// Absent: the flow asks for a decision and gives nothing.
    public var grant: Grant?
    public var reason: String?
    /// The answers to the flow's other questions, by name.
    public var fields: [String: FieldValue]

    /// What the login gets on yes.
    public struct Grant: Sendable, Hashable {
        public var target: ResourceName
        public var targetLabel: String
        /// The tailnet as people know it: the integration's `external_id`.
        public var tailnet: String
        public var group: GroupName
        /// The person's login in this tailnet, resolved at submission and never again.
        public var login: Login
        /// Of the first grant from when it is in place; of an extension from the end of what it extends.
        public var duration: Seconds

        public init(
            target: ResourceName, targetLabel: String, tailnet: String, group: GroupName, login: Login,
            duration: Seconds
        ) {
            self.target = target
            self.targetLabel = targetLabel
            self.tailnet = tailnet
            self.group = group
            self.login = login
            self.duration = duration
        }
    }

    public init(
        requestID: RequestID, round: Int, flow: ResourceName, askedBy: Caller, person: PersonID, grant: Grant?,
        reason: String?, fields: [String: FieldValue] = [:]
    ) {
        self.requestID = requestID
        self.round = round
        self.flow = flow
        self.askedBy = askedBy
        self.person = person
        self.grant = grant
        self.reason = reason
        self.fields = fields
    }

    /// Names everything in the offer: 32 hex digits of the SHA-256 of its RFC 8785 form.
    public var id: String {
        var fields: [String: JSONValue] = [
            "request_id": .string(requestID.rawValue), "round": .integer(Int64(round)),
            "flow": .string(flow.rawValue), "asked_by": .string(askedBy.description),
            "person": .string(person.rawValue),
        ]
        if let grant {
            fields["target"] = .string(grant.target.rawValue)
            fields["target_label"] = .string(grant.targetLabel)
            fields["tailnet"] = .string(grant.tailnet)
            fields["group"] = .string(grant.group.rawValue)
            fields["login"] = .string(grant.login.rawValue)
            fields["duration_seconds"] = .integer(grant.duration.count)
        }
        fields["reason"] = reason.map { .string($0) }
        if !self.fields.isEmpty { fields["fields"] = .object(self.fields.mapValues(\.json)) }
        return String(JSONValue.object(fields).sha256.prefix(32))
    }
}

extension Offer: Codable {
    enum CodingKeys: String, CodingKey {
        case round, flow, person, reason, fields
        case requestID = "request_id"
        case askedBy = "asked_by"
    }

    /// Its members stand beside the offer's own.
    private enum GrantKeys: String, CodingKey {
        case target, tailnet, group, login
        case targetLabel = "target_label"
        case duration = "duration_seconds"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        requestID = try container.decode(RequestID.self, forKey: .requestID)
        round = try container.decode(Int.self, forKey: .round)
        flow = try container.decode(ResourceName.self, forKey: .flow)
        askedBy = try container.decode(Caller.self, forKey: .askedBy)
        person = try container.decode(PersonID.self, forKey: .person)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        fields = try container.decodeIfPresent([String: FieldValue].self, forKey: .fields) ?? [:]
        let given = try decoder.container(keyedBy: GrantKeys.self)
        guard !given.allKeys.isEmpty else { return }
        grant = Grant(
            target: try given.decode(ResourceName.self, forKey: .target),
            targetLabel: try given.decode(String.self, forKey: .targetLabel),
            tailnet: try given.decode(String.self, forKey: .tailnet),
            group: try given.decode(GroupName.self, forKey: .group),
            login: try given.decode(Login.self, forKey: .login),
            duration: try given.decode(Seconds.self, forKey: .duration))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(requestID, forKey: .requestID)
        try container.encode(round, forKey: .round)
        try container.encode(flow, forKey: .flow)
        try container.encode(askedBy, forKey: .askedBy)
        try container.encode(person, forKey: .person)
        try container.encodeIfPresent(reason, forKey: .reason)
        if !fields.isEmpty { try container.encode(fields, forKey: .fields) }
        guard let grant else { return }
        var given = encoder.container(keyedBy: GrantKeys.self)
        try given.encode(grant.target, forKey: .target)
        try given.encode(grant.targetLabel, forKey: .targetLabel)
        try given.encode(grant.tailnet, forKey: .tailnet)
        try given.encode(grant.group, forKey: .group)
        try given.encode(grant.login, forKey: .login)
        try given.encode(grant.duration, forKey: .duration)
    }
}
