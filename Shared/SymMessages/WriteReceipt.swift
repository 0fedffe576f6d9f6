/// What became of one write to the document: kept with the lease whose login it put in or took out, once a reading showed it.
public struct WriteReceipt: Sendable, Equatable, Codable {
    /// The version it was computed from.
    public var etagBefore: String
    /// The version that was read after it.
    public var etagAfter: String
    /// When that was read.
    public var at: Timestamp
    /// How many writes the owner at that time sent until it was done.
    public var attempts: Int

    public init(etagBefore: String, etagAfter: String, at: Timestamp, attempts: Int) {
        self.etagBefore = etagBefore
        self.etagAfter = etagAfter
        self.at = at
        self.attempts = attempts
    }

    enum CodingKeys: String, CodingKey {
        case at, attempts
        case etagBefore = "etag_before"
        case etagAfter = "etag_after"
    }

    /// Whether it knows the text of this version.
    public func names(_ etag: String) -> Bool { etagBefore == etag || etagAfter == etag }
}

extension LeaseRecord {
    /// The receipts that are kept of a lease, however often its login was put in and taken out.
    public struct Receipts: Sendable, Equatable, Codable {
        /// Of the first write that put the login in.
        public var added: WriteReceipt?
        /// Of the last write that took it out.
        public var removed: WriteReceipt?

        public init(added: WriteReceipt? = nil, removed: WriteReceipt? = nil) {
            self.added = added
            self.removed = removed
        }

        public var all: [WriteReceipt] { [added, removed].compactMap(\.self) }
    }
}
