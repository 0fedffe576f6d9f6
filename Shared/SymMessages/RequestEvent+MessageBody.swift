extension RequestEvent: MessageBody {
    public var type: String { fact.type }

    public static func decode(
        type: String, from container: KeyedDecodingContainer<Attribute>
    ) throws -> RequestEvent {
        var sequence: Int?
        if let digits = try container.decodeIfPresent(String.self, forKey: .sequence) {
            guard digits.utf8.count == 10, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits)
            else {
                throw DecodingError.dataCorruptedError(
                    forKey: .sequence, in: container, debugDescription: "is not ten digits")
            }
            sequence = number
        }
        return RequestEvent(
            sequence: sequence,
            // A state of a newer version counts as live: nothing may be decided on it anyway.
            state: RequestState(rawValue: try container.decode(String.self, forKey: .state)) ?? .none,
            cause: try container.decode(String.self, forKey: .causeid),
            fact: Fact(type: type, from: container))
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        if let sequence {
            let digits = String(sequence)
            try container.encode(
                String(repeating: "0", count: max(0, 10 - digits.utf8.count)) + digits, forKey: .sequence)
        }
        try container.encode(state, forKey: .state)
        try container.encode(state.isFinal, forKey: .final)
        try container.encode(cause, forKey: .causeid)
        try fact.encode(into: &container)
    }
}

extension Fact {
    /// Never throws: data that cannot be read makes the fact unknown, because its sequence number counts all the same.
    fileprivate init(type: String, from container: KeyedDecodingContainer<Attribute>) {
        do {
            self =
                switch type {
                case "sym.request.submitted.v1": .submitted(try container.decode(Submitted.self, forKey: .data))
                case "sym.request.refused.v1": .refused(try container.decode(SubmissionRefused.self, forKey: .data))
                case "sym.request.voted.v1": .voted(try container.decode(Vote.self, forKey: .data))
                case "sym.request.escalated.v1": .escalated(try container.decode(Escalated.self, forKey: .data))
                case "sym.request.reminded.v1": .reminded(try container.decode(Reminded.self, forKey: .data))
                case "sym.request.approved.v1": .approved(try container.decode(Approved.self, forKey: .data))
                case "sym.request.denied.v1": .denied(try container.decode(Vote.self, forKey: .data))
                case "sym.request.unanswered.v1": .unanswered
                case "sym.request.cancelled.v1": .cancelled(try container.decode(Stopped.self, forKey: .data))
                case "sym.request.active.v1": .active(try container.decode(Active.self, forKey: .data))
                case "sym.request.ending.v1": .ending(try container.decode(Stopped.self, forKey: .data))
                case "sym.request.ended.v1": .ended(try container.decode(Ended.self, forKey: .data))
                case "sym.request.failed.v1": .failed(try container.decode(Failed.self, forKey: .data))
                case "sym.request.extension_requested.v1":
                    .extensionRequested(try container.decode(ExtensionRequested.self, forKey: .data))
                case "sym.request.extension_approved.v1":
                    .extensionApproved(try container.decode(Approved.self, forKey: .data))
                case "sym.request.extension_denied.v1":
                    .extensionDenied(try container.decode(Vote.self, forKey: .data))
                case "sym.request.extension_failed.v1":
                    .extensionFailed(try container.decode(ExtensionFailed.self, forKey: .data))
                case "sym.command.refused.v1": .commandRefused(try container.decode(CommandRefused.self, forKey: .data))
                default: .unknown(type: type)
                }
        } catch {
            self = .unknown(type: type)
        }
    }

    /// The CloudEvents type.
    public var type: String {
        switch self {
        case .submitted: "sym.request.submitted.v1"
        case .refused: "sym.request.refused.v1"
        case .voted: "sym.request.voted.v1"
        case .escalated: "sym.request.escalated.v1"
        case .reminded: "sym.request.reminded.v1"
        case .approved: "sym.request.approved.v1"
        case .denied: "sym.request.denied.v1"
        case .unanswered: "sym.request.unanswered.v1"
        case .cancelled: "sym.request.cancelled.v1"
        case .active: "sym.request.active.v1"
        case .ending: "sym.request.ending.v1"
        case .ended: "sym.request.ended.v1"
        case .failed: "sym.request.failed.v1"
        case .extensionRequested: "sym.request.extension_requested.v1"
        case .extensionApproved: "sym.request.extension_approved.v1"
        case .extensionDenied: "sym.request.extension_denied.v1"
        case .extensionFailed: "sym.request.extension_failed.v1"
        case .commandRefused: "sym.command.refused.v1"
        case .unknown(let type): type
        }
    }

    /// All that this version can read.
    static let knownTypes: Set<String> = Set(
        [
            "submitted", "refused", "voted", "escalated", "reminded", "approved", "denied", "unanswered", "cancelled",
            "active", "ending", "ended", "failed", "extension_requested", "extension_approved", "extension_denied",
            "extension_failed",
        ].map { "sym.request.\($0).v1" } + ["sym.command.refused.v1"])

    fileprivate func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        switch self {
        case .submitted(let data): try container.encode(data, forKey: .data)
        case .refused(let data): try container.encode(data, forKey: .data)
        case .voted(let data), .denied(let data), .extensionDenied(let data): try container.encode(data, forKey: .data)
        case .escalated(let data): try container.encode(data, forKey: .data)
        case .reminded(let data): try container.encode(data, forKey: .data)
        case .extensionRequested(let data): try container.encode(data, forKey: .data)
        case .extensionFailed(let data): try container.encode(data, forKey: .data)
        case .approved(let data), .extensionApproved(let data): try container.encode(data, forKey: .data)
        case .cancelled(let data), .ending(let data): try container.encode(data, forKey: .data)
        case .active(let data): try container.encode(data, forKey: .data)
        case .ended(let data): try container.encode(data, forKey: .data)
        case .failed(let data): try container.encode(data, forKey: .data)
        case .commandRefused(let data): try container.encode(data, forKey: .data)
        case .unanswered, .unknown: break
        }
    }
}
