extension Fact {
    public struct Escalated: Sendable, Equatable, Codable {
        public var round: Int
        public var stage: String
        /// Which of the stage's escalations, from 1 on.
        public var step: Int
        public var added: [PersonID]
        /// Slack channels that show the request from now on, too.
        public var channels: [String]

        public init(round: Int, stage: String, step: Int, added: [PersonID], channels: [String]) {
            self.round = round
            self.stage = stage
            self.step = step
            self.added = added
            self.channels = channels
        }

        enum CodingKeys: String, CodingKey {
            case round, stage, step, added
            case channels = "slack_channels"
        }
    }

    public struct Reminded: Sendable, Equatable, Codable {
        public var round: Int
        public var stage: String
        /// How many reminders of this stage are due by now: those that nobody could send in time are one.
        public var count: Int

        public init(round: Int, stage: String, count: Int) {
            self.round = round
            self.stage = stage
            self.count = count
        }
    }

    public struct ExtensionRequested: Sendable, Equatable, Codable {
        /// What is offered in this round; `asked_by` says who asked.
        public var offer: Offer
        public var offerID: String
        /// The lease whose end is moved by the offer's duration.
        public var extends: LeaseID
        /// At the latest when the access ends.
        public var pendingUntil: Timestamp

        public init(offer: Offer, extends: LeaseID, pendingUntil: Timestamp) {
            self.offer = offer
            offerID = offer.id
            self.extends = extends
            self.pendingUntil = pendingUntil
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            offer = try container.decode(Offer.self, forKey: .offer)
            offerID = try container.decode(String.self, forKey: .offerID)
            extends = try container.decode(LeaseID.self, forKey: .extends)
            pendingUntil = try container.decode(Timestamp.self, forKey: .pendingUntil)
            guard extends.request == offer.requestID, extends.round < offer.round else {
                throw DecodingError.dataCorruptedError(
                    forKey: .extends, in: container, debugDescription: "is not an earlier lease of the same request")
            }
        }

        enum CodingKeys: String, CodingKey {
            case offer, extends
            case offerID = "offer_id"
            case pendingUntil = "pending_until"
        }
    }

    /// Nothing came of an extension: nobody decided in time, it was withdrawn, or the provisioner came too late. The
    /// access ends when it would have.
    public struct ExtensionFailed: Sendable, Equatable, Codable {
        public var round: Int
        /// Whoever withdrew it.
        public var by: Caller?
        public var reason: String

        public init(round: Int, by: Caller? = nil, reason: String) {
            self.round = round
            self.by = by
            self.reason = reason
        }
    }
}
