/// What somebody wants done with a request; written by intake to `sym.commands`, answered by approval exactly once.
public enum Command: Sendable, Equatable {
    case submit(Submit)
    case approve(CastVote)
    case deny(CastVote)
    case cancel(Stop)
    case end(Stop)
    /// Asks for more of the access that is there: by how much, the request's rule says.
    case extend(Extend)
    /// A submission that intake could not use although it could tell whose it is: approval publishes the refusal.
    case reject(Reject)

    public struct Submit: Sendable, Equatable, Codable {
        public var submission: Submission
        public var caller: Caller
        public var access: AccessRequest
        public var basis: Basis

        public init(submission: Submission, caller: Caller, access: AccessRequest, basis: Basis) {
            self.submission = submission
            self.caller = caller
            self.access = access
            self.basis = basis
        }
    }

    public struct CastVote: Sendable, Equatable, Codable {
        public var voter: Caller
        /// What the voter was shown; a vote for anything else is refused.
        public var offerID: String
        public var message: String?
        public var basis: Basis

        public init(voter: Caller, offerID: String, message: String?, basis: Basis) {
            self.voter = voter
            self.offerID = offerID
            self.message = message
            self.basis = basis
        }

        enum CodingKeys: String, CodingKey {
            case voter, message, basis
            case offerID = "offer_id"
        }
    }

    public struct Stop: Sendable, Equatable, Codable {
        public var actor: Caller
        public var reason: String?
        public var basis: Basis

        public init(actor: Caller, reason: String?, basis: Basis) {
            self.actor = actor
            self.reason = reason
            self.basis = basis
        }
    }

    public struct Extend: Sendable, Equatable, Codable {
        public var actor: Caller
        /// Why; approvers see it.
        public var reason: String?
        public var basis: Basis

        public init(actor: Caller, reason: String?, basis: Basis) {
            self.actor = actor
            self.reason = reason
            self.basis = basis
        }
    }

    public struct Reject: Sendable, Equatable, Codable {
        public var submission: Submission
        public var caller: Caller
        public var refusal: Refusal

        public init(submission: Submission, caller: Caller, refusal: Refusal) {
            self.submission = submission
            self.caller = caller
            self.refusal = refusal
        }
    }
}

/// The configuration and directory that intake had seen when it wrote a command: approval waits until it has both.
public struct Basis: Sendable, Equatable, Codable {
    public var configVersion: Int
    /// Records of `sym.directory` below this offset had been read.
    public var directoryOffset: Int64

    public init(configVersion: Int, directoryOffset: Int64) {
        self.configVersion = configVersion
        self.directoryOffset = directoryOffset
    }

    enum CodingKeys: String, CodingKey {
        case configVersion = "config_version"
        case directoryOffset = "directory_offset"
    }
}

/// Why something was not done, for the person who can act on it.
public struct Refusal: Sendable, Hashable, Codable, Error {
    public enum Kind: String, Sendable, Codable {
        /// The caller may not (HTTP 403).
        case forbidden
        /// There is no such thing (HTTP 404).
        case notFound = "not_found"
        /// It cannot be done in the present state (HTTP 409).
        case conflict
        /// A field cannot be used (HTTP 422).
        case invalid
    }

    public var kind: Kind
    /// The field concerned, where there is one.
    public var field: String?
    public var reason: String

    public init(_ kind: Kind, field: String? = nil, _ reason: String) {
        self.kind = kind
        self.field = field
        self.reason = reason
    }
}

extension Command {
    /// On whose behalf the command was written.
    public var author: Caller {
        switch self {
        case .submit(let submit): submit.caller
        case .approve(let vote), .deny(let vote): vote.voter
        case .cancel(let stop), .end(let stop): stop.actor
        case .extend(let extend): extend.actor
        case .reject(let reject): reject.caller
        }
    }
}

extension Command: MessageBody {
    public var type: String {
        switch self {
        case .submit: "sym.command.submit.v1"
        case .approve: "sym.command.approve.v1"
        case .deny: "sym.command.deny.v1"
        case .cancel: "sym.command.cancel.v1"
        case .end: "sym.command.end.v1"
        case .extend: "sym.command.extend.v1"
        case .reject: "sym.command.reject.v1"
        }
    }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> Command {
        switch type {
        case "sym.command.submit.v1": .submit(try container.decode(Submit.self, forKey: .data))
        case "sym.command.approve.v1": .approve(try container.decode(CastVote.self, forKey: .data))
        case "sym.command.deny.v1": .deny(try container.decode(CastVote.self, forKey: .data))
        case "sym.command.cancel.v1": .cancel(try container.decode(Stop.self, forKey: .data))
        case "sym.command.end.v1": .end(try container.decode(Stop.self, forKey: .data))
        case "sym.command.extend.v1": .extend(try container.decode(Extend.self, forKey: .data))
        case "sym.command.reject.v1": .reject(try container.decode(Reject.self, forKey: .data))
        default: throw UnknownMessageType(type)
        }
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        switch self {
        case .submit(let submit): try container.encode(submit, forKey: .data)
        case .approve(let vote), .deny(let vote): try container.encode(vote, forKey: .data)
        case .cancel(let stop), .end(let stop): try container.encode(stop, forKey: .data)
        case .extend(let extend): try container.encode(extend, forKey: .data)
        case .reject(let reject): try container.encode(reject, forKey: .data)
        }
    }
}
