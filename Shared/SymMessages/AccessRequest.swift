/// What is asked for: the fields of a request that people fill in.
public struct AccessRequest: Sendable, Hashable, Codable {
    public var flow: ResourceName
    /// Absent: the flow's only target.
    public var target: ResourceName?
    /// Absent only where the flow gives nothing.
    public var duration: Seconds?
    public var reason: String?
    /// Who is to have the access; absent: the caller. A bot must name somebody.
    public var beneficiary: PersonID?
    /// The answers to the flow's other questions, by name.
    public var fields: [String: FieldValue]

    public init(
        flow: ResourceName, target: ResourceName? = nil, duration: Seconds?, reason: String? = nil,
        beneficiary: PersonID? = nil, fields: [String: FieldValue] = [:]
    ) {
        self.flow = flow
        self.target = target
        self.duration = duration
        self.reason = reason
        self.beneficiary = beneficiary
        self.fields = fields
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        flow = try container.decode(ResourceName.self, forKey: .flow)
        target = try container.decodeIfPresent(ResourceName.self, forKey: .target)
        duration = try container.decodeIfPresent(Seconds.self, forKey: .duration)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        beneficiary = try container.decodeIfPresent(PersonID.self, forKey: .beneficiary)
        fields = try container.decodeIfPresent([String: FieldValue].self, forKey: .fields) ?? [:]
    }

    enum CodingKeys: String, CodingKey {
        case flow, target, reason, fields
        case duration = "duration_seconds"
        case beneficiary = "for"
    }

    /// What answers take, in bytes of UTF-8, names included.
    public static func size(of fields: [String: FieldValue]) -> Int {
        fields.reduce(0) { size, field in
            let value =
                switch field.value {
                case .text(let text): text.utf8.count
                case .texts(let texts): texts.reduce(0) { $0 + $1.utf8.count + 3 }
                case .integer, .flag: 8
                case .integers(let integers): integers.count * 8
                }
            return size + field.key.utf8.count + value
        }
    }

    /// SHA-256 (hex) of the RFC 8785 form of the fields: the same id with another hash is a conflict.
    public var sha256: String {
        var fields: [String: JSONValue] = ["flow": .string(flow.rawValue)]
        fields["duration_seconds"] = duration.map { .integer($0.count) }
        fields["target"] = target.map { .string($0.rawValue) }
        fields["reason"] = reason.map { .string($0) }
        fields["for"] = beneficiary.map { .string($0.rawValue) }
        if !self.fields.isEmpty { fields["fields"] = .object(self.fields.mapValues(\.json)) }
        return JSONValue.object(fields).sha256
    }
}

/// Where a request came from and how its author named it.
public struct Submission: Sendable, Hashable, Codable {
    /// The way in; a flow lists the ways it allows (`allowed_sources`).
    public enum Channel: String, Sendable, Codable {
        case slack, api, kafka
    }

    public var channel: Channel
    public var source: String
    public var id: String

    public init(channel: Channel, source: String, id: String) {
        self.channel = channel
        self.source = source
        self.id = id
    }
}

/// What an integrator writes to its topic `sym.submissions.<bot>`; the `data` of `sym.access.request|end.v1`.
public enum SubmissionMessage: Sendable, Equatable {
    case request(AccessRequest)
    /// Ends, or forestalls, the request submitted under this id by the same bot with the same `source`.
    case end(submissionID: String, reason: String?)

    public static let requestType = "sym.access.request.v1"
    public static let endType = "sym.access.end.v1"

    private struct End: Codable {
        var id: String
        var reason: String?
    }

    /// Reads the `data` of a submission whose attributes were read already: they may be headers (binary mode).
    public init(type: String, data: [UInt8]) throws(MessageError) {
        switch type {
        case Self.requestType: self = .request(try WireFormat.decode(AccessRequest.self, from: data))
        case Self.endType:
            let end = try WireFormat.decode(End.self, from: data)
            self = .end(submissionID: end.id, reason: end.reason)
        default: throw MessageError(field: "type", reason: "is \"\(type)\", which is not known to this version")
        }
    }
}
