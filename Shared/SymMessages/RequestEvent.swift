/// One line of a request's history, as it stands in `sym.events`.
///
/// Per request, an event whose `sequence` is not the last accepted one + 1 is void for every reader.
public struct RequestEvent: Sendable, Equatable {
    /// `nil` only for a refusal about a request that has no event; on the wire ten digits from `0000000001`.
    public var sequence: Int?
    /// The request's state after this event.
    public var state: RequestState
    /// The id of the command or outcome, or the name of the timer, that this event answers.
    public var cause: String
    public var fact: Fact

    public init(sequence: Int?, state: RequestState, cause: String, fact: Fact) {
        self.sequence = sequence
        self.state = state
        self.cause = cause
        self.fact = fact
    }
}

public enum RequestState: String, Sendable, Codable, CaseIterable {
    case pending, approved, active, ending
    case ended, denied, unanswered, cancelled, failed, refused
    /// Of a request that has no event.
    case none

    /// Whether nothing can follow but refusals.
    public var isFinal: Bool {
        switch self {
        case .ended, .denied, .unanswered, .cancelled, .failed, .refused: true
        case .pending, .approved, .active, .ending, .none: false
        }
    }
}

/// What happened.
public enum Fact: Sendable, Equatable {
    case submitted(Submitted)
    case refused(SubmissionRefused)
    /// A yes that does not decide yet, in whichever round is pending.
    case voted(Vote)
    /// The pending round's open stage waited so long that more people may decide.
    case escalated(Escalated)
    /// Those who may decide are to be told again that the round waits for them.
    case reminded(Reminded)
    /// By the vote that met the last stage, or by the rule itself.
    case approved(Approved)
    case denied(Vote)
    case unanswered
    case cancelled(Stopped)
    /// A lease is in place: of the first grant, or of an extension.
    case active(Active)
    case ending(Stopped)
    /// A lease ended; the request with it only if no other is left (`state`).
    case ended(Ended)
    case failed(Failed)
    case extensionRequested(ExtensionRequested)
    case extensionApproved(Approved)
    case extensionDenied(Vote)
    case extensionFailed(ExtensionFailed)
    case commandRefused(CommandRefused)
    /// Of a newer version, or damaged: the sequence counts, a sequencer must not decide on this request.
    case unknown(type: String)

    public struct Submitted: Sendable, Equatable, Codable {
        public var submission: Submission
        public var caller: Caller
        public var access: AccessRequest
        public var contentSHA256: String
        public var configVersion: Int
        public var offer: Offer
        public var offerID: String
        public var decision: Decision
        /// Absent where nothing is given.
        public var placement: Placement?
        public var pendingUntil: Timestamp
        /// The directory's epochs of the beneficiary and of the person who asked: when one is over, so is the request.
        public var epochs: Epochs

        public struct Epochs: Sendable, Hashable, Codable {
            public var beneficiary: Int
            /// Absent where the beneficiary or a bot asked.
            public var caller: Int?

            public init(beneficiary: Int = 0, caller: Int? = nil) {
                self.beneficiary = beneficiary
                self.caller = caller
            }
        }

        public init(
            submission: Submission, caller: Caller, access: AccessRequest, configVersion: Int, offer: Offer,
            decision: Decision, placement: Placement?, pendingUntil: Timestamp, epochs: Epochs = Epochs()
        ) {
            self.submission = submission
            self.caller = caller
            self.access = access
            contentSHA256 = access.sha256
            self.configVersion = configVersion
            self.offer = offer
            offerID = offer.id
            self.decision = decision
            self.placement = placement
            self.pendingUntil = pendingUntil
            self.epochs = epochs
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            submission = try container.decode(Submission.self, forKey: .submission)
            caller = try container.decode(Caller.self, forKey: .caller)
            access = try container.decode(AccessRequest.self, forKey: .access)
            contentSHA256 = try container.decode(String.self, forKey: .contentSHA256)
            configVersion = try container.decode(Int.self, forKey: .configVersion)
            offer = try container.decode(Offer.self, forKey: .offer)
            offerID = try container.decode(String.self, forKey: .offerID)
            decision = try container.decode(Decision.self, forKey: .decision)
            placement = try container.decodeIfPresent(Placement.self, forKey: .placement)
            pendingUntil = try container.decode(Timestamp.self, forKey: .pendingUntil)
            // Requests older than this member have none.
            epochs = try container.decodeIfPresent(Epochs.self, forKey: .epochs) ?? Epochs()
        }

        enum CodingKeys: String, CodingKey {
            case submission, caller, access, offer, decision, placement, epochs
            case contentSHA256 = "content_sha256"
            case configVersion = "config_version"
            case offerID = "offer_id"
            case pendingUntil = "pending_until"
        }
    }

    public struct SubmissionRefused: Sendable, Equatable, Codable {
        public var submission: Submission
        public var caller: Caller
        /// Absent where the submission's content could not be read.
        public var contentSHA256: String?
        public var refusal: Refusal

        public init(submission: Submission, caller: Caller, contentSHA256: String?, refusal: Refusal) {
            self.submission = submission
            self.caller = caller
            self.contentSHA256 = contentSHA256
            self.refusal = refusal
        }

        enum CodingKeys: String, CodingKey {
            case submission, caller, refusal
            case contentSHA256 = "content_sha256"
        }
    }

    public struct Vote: Sendable, Equatable, Codable {
        public var voter: PersonID
        public var offerID: String
        public var message: String?
        /// Of a yes: the stages in which it may count, those that named the voter when it was cast. Absent: all that
        /// list the voter.
        public var stages: [String]?

        public init(voter: PersonID, offerID: String, message: String?, stages: [String]? = nil) {
            self.voter = voter
            self.offerID = offerID
            self.message = message
            self.stages = stages
        }

        enum CodingKeys: String, CodingKey {
            case voter, message, stages
            case offerID = "offer_id"
        }
    }

    public struct Approved: Sendable, Equatable, Codable {
        /// Absent: the rule approves automatically.
        public var vote: Vote?
        public var leaseID: LeaseID
        /// The access must be in place by then, or the request fails.
        public var startBy: Timestamp

        public init(vote: Vote?, leaseID: LeaseID, startBy: Timestamp) {
            self.vote = vote
            self.leaseID = leaseID
            self.startBy = startBy
        }

        enum CodingKeys: String, CodingKey {
            case vote
            case leaseID = "lease_id"
            case startBy = "start_by"
        }
    }

    public struct Stopped: Sendable, Equatable, Codable {
        /// Absent: nobody in particular, as when somebody left the directory file.
        public var by: Caller?
        public var reason: String?

        public init(by: Caller?, reason: String?) {
            self.by = by
            self.reason = reason
        }
    }

    public struct Active: Sendable, Equatable, Codable {
        public var leaseID: LeaseID
        /// When the policy file, read back, had the member.
        public var startedAt: Timestamp
        public var endsAt: Timestamp
        /// The login stood in the group before us; it stays there when the lease ends.
        public var standing: Bool

        public init(leaseID: LeaseID, startedAt: Timestamp, endsAt: Timestamp, standing: Bool) {
            self.leaseID = leaseID
            self.startedAt = startedAt
            self.endsAt = endsAt
            self.standing = standing
        }

        enum CodingKeys: String, CodingKey {
            case standing
            case leaseID = "lease_id"
            case startedAt = "started_at"
            case endsAt = "ends_at"
        }
    }

    public struct Ended: Sendable, Equatable, Codable {
        public var leaseID: LeaseID
        public var endedAt: Timestamp
        public var reason: LeaseEnd
        /// What became of the login in the group.
        public var membership: MembershipAfterEnd

        public init(leaseID: LeaseID, endedAt: Timestamp, reason: LeaseEnd, membership: MembershipAfterEnd) {
            self.leaseID = leaseID
            self.endedAt = endedAt
            self.reason = reason
            self.membership = membership
        }

        enum CodingKeys: String, CodingKey {
            case reason, membership
            case leaseID = "lease_id"
            case endedAt = "ended_at"
        }
    }

    public struct Failed: Sendable, Equatable, Codable {
        public var leaseID: LeaseID
        public var reason: String

        public init(leaseID: LeaseID, reason: String) {
            self.leaseID = leaseID
            self.reason = reason
        }

        enum CodingKeys: String, CodingKey {
            case reason
            case leaseID = "lease_id"
        }
    }

    public struct CommandRefused: Sendable, Equatable, Codable {
        /// The type of the command, such as `sym.command.approve.v1`.
        public var command: String
        /// Absent where the command named none.
        public var by: Caller?
        public var refusal: Refusal

        public init(command: String, by: Caller?, refusal: Refusal) {
            self.command = command
            self.by = by
            self.refusal = refusal
        }
    }
}

/// Why a lease ended.
public enum LeaseEnd: String, Sendable, Codable {
    /// Its time was up.
    case expired
    /// Somebody ended it early.
    case revoked
    /// Somebody else had taken the login out of the group.
    case gone
    /// There was no access: the flow asks for a decision only.
    case decided
}

/// What the policy file, read back, says of the login after a lease ended.
public enum MembershipAfterEnd: String, Sendable, Codable {
    /// Removed from the group. Open TCP connections may live on; Tailscale SSH sessions are cut.
    case removed
    /// Kept: another live lease needs it.
    case leased
    /// Kept: it stood in the group before us.
    case standing
    /// Never put there by this lease.
    case neverAdded = "never_added"
}
