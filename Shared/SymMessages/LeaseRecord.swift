/// One revision of a lease in the ledger `sym.<p>.leases`; the key is the lease id. A lease only moves forward:
/// wanted → confirmed → ending → ended. Of the records of a lease the one with the highest (epoch, revision) counts.
public struct LeaseRecord: Sendable, Equatable, Codable {
    public enum Phase: String, Sendable, Codable {
        case wanted, confirmed, ending, ended
    }

    public var terms: LeaseTerms
    /// Of the owner's claim (``LeaseClaim``) under which it was written; 0: not written yet.
    public var epoch: Int
    /// One more with every rewrite.
    public var revision: Int
    public var phase: Phase
    /// Of an extension: what it extends.
    public var extends: Extended?
    /// The write that may have put the login into the group; durable before it is sent.
    public var attempt: Attempt?
    /// Since a read-back showed the login.
    public var confirmation: Fact.Active?
    /// Why it is to end, once that is decided.
    public var endReason: LeaseEnd?
    /// How it ended; only in the phase `ended`.
    public var result: Result?
    /// The outcome `result` has been acknowledged by Kafka.
    public var isReported: Bool
    /// What became of the writes that put its login in and took it out; absent in records of older versions.
    public var receipts: Receipts?

    /// What must be durable before a write that adds the login.
    public struct Attempt: Sendable, Equatable, Codable {
        /// The version the write was computed from.
        public var etag: String
        /// The login stood in that text without a lease of ours: never remove it.
        public var stoodBefore: Bool
        /// The write is sent before this moment or not at all.
        public var deadline: Timestamp
        /// When the access ends even if nothing more is ever recorded: deadline + duration.
        public var end: Timestamp

        public init(etag: String, stoodBefore: Bool, deadline: Timestamp, end: Timestamp) {
            self.etag = etag
            self.stoodBefore = stoodBefore
            self.deadline = deadline
            self.end = end
        }

        enum CodingKeys: String, CodingKey {
            case etag, deadline, end
            case stoodBefore = "stood_before"
        }
    }

    /// The lease that an extension continues. From the moment that `end` is known the extension keeps the login in.
    public struct Extended: Sendable, Equatable, Codable {
        public var leaseID: LeaseID
        /// When the access ends: the end of that lease + duration. Absent until that lease is confirmed.
        public var end: Timestamp?
        /// The login stood in the group before that lease.
        public var standing: Bool

        public init(leaseID: LeaseID, end: Timestamp? = nil, standing: Bool = false) {
            self.leaseID = leaseID
            self.end = end
            self.standing = standing
        }

        enum CodingKeys: String, CodingKey {
            case end, standing
            case leaseID = "lease_id"
        }
    }

    public enum Result: Sendable, Equatable {
        case ended(Fact.Ended)
        case failed(Fact.Failed)
    }

    public init(
        terms: LeaseTerms, epoch: Int = 0, revision: Int, phase: Phase, extends: Extended? = nil,
        attempt: Attempt? = nil, confirmation: Fact.Active? = nil, endReason: LeaseEnd? = nil, result: Result? = nil,
        isReported: Bool = false, receipts: Receipts? = nil
    ) {
        self.terms = terms
        self.epoch = epoch
        self.revision = revision
        self.phase = phase
        self.extends = extends
        self.attempt = attempt
        self.confirmation = confirmation
        self.endReason = endReason
        self.result = result
        self.isReported = isReported
        self.receipts = receipts
    }

    enum CodingKeys: String, CodingKey {
        case terms, epoch, revision, phase, extends, attempt, confirmation, result, receipts
        case endReason = "end_reason"
        case isReported = "reported"
    }
}

extension LeaseRecord.Result: Codable {
    enum CodingKeys: String, CodingKey {
        case ended, failed
    }

    /// `{"ended": {…}}` or `{"failed": {…}}`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if container.contains(.ended) {
            self = .ended(try container.decode(Fact.Ended.self, forKey: .ended))
        } else {
            self = .failed(try container.decode(Fact.Failed.self, forKey: .failed))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .ended(let ended): try container.encode(ended, forKey: .ended)
        case .failed(let failed): try container.encode(failed, forKey: .failed)
        }
    }
}

extension LeaseRecord: MessageBody {
    public static let messageType = "sym.lease.record.v1"

    public var type: String { Self.messageType }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> LeaseRecord {
        guard type == messageType else { throw UnknownMessageType(type) }
        return try container.decode(LeaseRecord.self, forKey: .data)
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        try container.encode(self, forKey: .data)
    }
}
