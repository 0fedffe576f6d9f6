import SymConfiguration
import SymMessages

/// What a command, an outcome or a timer does to a request, given its log. Pure; decided again when the event it led to
/// lost its place in the log.
enum Ruling: Equatable {
    case append(RequestEvent)
    /// There is nothing to say: the log has the answer already.
    case nothing
    /// Cannot be decided by this version or not at all; for the operator.
    case park(reason: String)
}

/// Something that waits for its turn on one request.
enum Matter: Equatable {
    case command(Envelope<Command>)
    case outcome(Envelope<Outcome>)
    /// The time to decide on this round's offer is over.
    case unanswered(round: Int)
    /// The rule of this round's offer approves by itself.
    case automatic(round: Int)
    /// Somebody whose request it is was deleted or given a lower role.
    case departed(Departure)

    /// What the event that answers it names as its cause.
    func cause(of request: RequestID) -> String {
        switch self {
        case .command(let envelope): envelope.id
        case .outcome(let envelope): envelope.id
        case .unanswered(let round): "\(request).\(round).pending-until"
        case .automatic(let round): "\(request).\(round).automatic"
        case .departed(let departure): "\(request).departed.\(departure.person).\(departure.epoch)"
        }
    }
}

struct Judge {
    let known: Knowledge
    let log: RequestLog
    let now: Timestamp

    private var request: Request { log.request }

    func rule(on matter: Matter) -> Ruling {
        let cause = matter.cause(of: request.id)
        if log.hasAnswered(cause) { return .nothing }
        if request.isFrozen {
            return .park(
                reason: "request \(request.id) has an event of a newer version; it needs a newer approval service")
        }
        switch matter {
        case .command(let envelope): return rule(on: envelope)
        case .outcome(let envelope): return rule(on: envelope.body, cause: cause)
        case .unanswered(let round):
            guard request.state == .pending, request.terms?.offer.round == round else { return .nothing }
            return event(.unanswered, .unanswered, cause)
        case .automatic(let round): return approveByRule(round: round, cause)
        case .departed(let departure):
            let stop = Fact.Stopped(by: departure.by, reason: departure.reason)
            switch request.state {
            case .pending: return event(.cancelled, .cancelled(stop), cause)
            case .approved, .active: return event(.ending, .ending(stop), cause)
            default: return .nothing
            }
        }
    }

    private func approveByRule(round: Int, _ cause: String) -> Ruling {
        guard request.state == .pending, let terms = request.terms, terms.offer.round == round,
            terms.decision.isAutomatic
        else { return .nothing }
        if let departure = known.departures(from: terms).first {
            return event(.cancelled, .cancelled(.init(by: departure.by, reason: departure.reason)), cause)
        }
        if let refusal = known.facts.mayGrant(terms) {
            return event(.cancelled, .cancelled(.init(by: nil, reason: refusal.reason)), cause)
        }
        return event(.approved, .approved(approval(of: terms, by: nil)), cause)
    }

    private func approval(of terms: Fact.Submitted, by vote: Fact.Vote?) -> Fact.Approved {
        Fact.Approved(
            vote: vote, leaseID: LeaseID(request: request.id, round: terms.offer.round),
            startBy: now + terms.placement.grantWithin)
    }

    private func rule(on envelope: Envelope<Command>) -> Ruling {
        let refusal: Refusal
        switch envelope.body {
        case .submit(let submit): return rule(on: submit, askedAt: envelope.time, cause: envelope.id)
        case .reject(let reject): return rule(on: reject, cause: envelope.id)
        case .approve(let vote):
            switch check(vote, .approve, castAt: envelope.time) {
            case .failure(let reason): refusal = reason
            case .success(let cast): return approve(cast, envelope)
            }
        case .deny(let vote):
            switch check(vote, .deny, castAt: envelope.time) {
            case .failure(let reason): refusal = reason
            case .success(let cast): return event(.denied, .denied(cast), envelope.id)
            }
        case .cancel(let stop):
            if let reason = obstacle(toCancel: stop) {
                refusal = reason
            } else {
                return event(.cancelled, .cancelled(.init(by: stop.actor, reason: stop.reason)), envelope.id)
            }
        case .end(let stop):
            if case .bot = stop.actor, request.state == .none || request.state == .pending {
                if request.state == .pending, let reason = known.facts.mayCancel(stop.actor, request) {
                    refusal = reason
                } else {
                    return event(.cancelled, .cancelled(.init(by: stop.actor, reason: stop.reason)), envelope.id)
                }
            } else if let reason = obstacle(toEnd: stop) {
                refusal = reason
            } else {
                return event(.ending, .ending(.init(by: stop.actor, reason: stop.reason)), envelope.id)
            }
        }
        return refuse(envelope, refusal)
    }

    private func rule(on submit: Command.Submit, askedAt: Timestamp, cause: String) -> Ruling {
        guard log.sequence == 0 else {
            let reason =
                request.state == .cancelled && request.submission == nil
                ? "The request was cancelled before it was submitted."
                : "A request with this id but other content exists; use another id."
            return event(
                request.state,
                .commandRefused(
                    .init(command: "sym.command.submit.v1", by: submit.caller, refusal: Refusal(.conflict, reason))),
                cause)
        }
        switch evaluate(submit, askedAt: askedAt).flatMap(Self.fitting) {
        case .success(let submitted): return event(.pending, .submitted(submitted), cause)
        case .failure(let refusal):
            return event(
                .refused,
                .refused(
                    .init(
                        submission: submit.submission, caller: submit.caller, contentSHA256: submit.access.sha256,
                        refusal: refusal)),
                cause)
        }
    }

    private func evaluate(_ submit: Command.Submit, askedAt: Timestamp) -> Result<Fact.Submitted, Refusal> {
        known.facts.evaluate(submit, requestID: request.id, now: now, askedAt: askedAt).flatMap { submitted in
            let provisioner = submitted.placement.provisioner
            guard known.provisioners.contains(provisioner) else {
                return .failure(
                    Refusal(
                        .invalid, field: "target",
                        "Approval knows no provisioner \"\(provisioner)\"; name it in SYM_APPROVAL_PROVISIONERS."))
            }
            return .success(submitted)
        }
    }

    /// An event that Kafka would not take could never be answered.
    private static func fitting(_ submitted: Fact.Submitted) -> Result<Fact.Submitted, Refusal> {
        guard let bytes = try? WireFormat.encode(submitted), bytes.count <= largestFact else {
            return .failure(
                Refusal(
                    .invalid,
                    "The request, with everybody who may decide on it, is larger than the \(largestFact) bytes that fit "
                        + "into one message. Ask with less, or have the rule name fewer approvers."))
        }
        return .success(submitted)
    }

    /// Leaves room for the envelope in a message of 1,000,000 bytes.
    private static let largestFact = 900_000

    private func rule(on reject: Command.Reject, cause: String) -> Ruling {
        guard log.sequence == 0 else {
            return event(
                request.state,
                .commandRefused(
                    .init(command: "sym.command.reject.v1", by: reject.caller, refusal: reject.refusal)),
                cause)
        }
        return event(
            .refused,
            .refused(
                .init(
                    submission: reject.submission, caller: reject.caller, contentSHA256: nil, refusal: reject.refusal)),
            cause)
    }

    private func check(
        _ vote: Command.CastVote, _ choice: Decision.Choice, castAt: Timestamp
    ) -> Result<Fact.Vote, Refusal> {
        if let refusal = obstacle(toVote: vote, choice, castAt: castAt) { return .failure(refusal) }
        guard case .person(let voter) = vote.voter else {
            return .failure(Refusal(.forbidden, "A bot never votes."))
        }
        return .success(.init(voter: voter, offerID: vote.offerID, message: vote.message))
    }

    private func obstacle(
        toVote vote: Command.CastVote, _ choice: Decision.Choice, castAt: Timestamp
    ) -> Refusal? {
        guard request.state != .none else { return unknownRequest }
        guard request.state == .pending, let terms = request.terms else {
            return Refusal(.conflict, "There is nothing to decide: the request is \(request.state.rawValue).")
        }
        if let departure = known.departures(from: terms).first { return Refusal(.conflict, departure.reason) }
        if choice == .approve, let refusal = known.facts.mayGrant(terms) { return refusal }
        if let refusal = known.facts.mayVote(vote.voter, on: request, at: now) { return refusal }
        guard vote.offerID == terms.offerID else {
            return Refusal(.conflict, field: "offer_id", "This is not what is offered now; look at the request again.")
        }
        let saysWhy = vote.message?.unicodeScalars.contains { !$0.properties.isWhitespace } ?? false
        guard saysWhy || !terms.decision.requireMessage.contains(choice) else {
            return Refusal(
                .invalid, field: "message",
                "The rule \"\(terms.decision.rule)\" asks for a message with this decision (\(choice.rawValue)). Say why: "
                    + "`symflow \(choice.rawValue) --message`.")
        }
        guard castAt <= terms.pendingUntil else {
            return Refusal(.conflict, "The time to decide was over at \(terms.pendingUntil).")
        }
        return nil
    }

    private func approve(_ vote: Fact.Vote, _ envelope: Envelope<Command>) -> Ruling {
        guard let terms = request.terms else { return .nothing }
        let approvals = Set(request.votes.map(\.voter)).union([vote.voter])
        guard approvals.count >= terms.decision.required else { return event(.pending, .voted(vote), envelope.id) }
        return event(.approved, .approved(approval(of: terms, by: vote)), envelope.id)
    }

    private func obstacle(toCancel stop: Command.Stop) -> Refusal? {
        guard request.state != .none else { return unknownRequest }
        if let refusal = known.facts.mayCancel(stop.actor, request) { return refusal }
        switch request.state {
        case .pending: return nil
        case .approved, .active:
            return Refusal(.conflict, "The request is \(request.state.rawValue); end it instead of cancelling it.")
        default: return Refusal(.conflict, "The request is \(request.state.rawValue) already.")
        }
    }

    private func obstacle(toEnd stop: Command.Stop) -> Refusal? {
        guard request.state != .none else { return unknownRequest }
        if let refusal = known.facts.mayEnd(stop.actor, request) { return refusal }
        switch request.state {
        case .approved, .active: return nil
        case .pending: return Refusal(.conflict, "The request is pending; cancel it instead of ending it.")
        default: return Refusal(.conflict, "The request is \(request.state.rawValue) already.")
        }
    }

    private func rule(on outcome: Outcome, cause: String) -> Ruling {
        guard let approval = request.approval, approval.leaseID == outcome.leaseID else {
            return .park(reason: "outcome \(outcome.id) is about a lease that was never approved")
        }
        switch (outcome, request.state) {
        case (.confirmed(let active), .approved): return event(.active, .active(active), cause)
        case (.ended(let ended), .approved), (.ended(let ended), .active), (.ended(let ended), .ending):
            return event(.ended, .ended(ended), cause)
        case (.failed(let failed), .approved), (.failed(let failed), .active), (.failed(let failed), .ending):
            return event(.failed, .failed(failed), cause)
        default: return .nothing
        }
    }

    private var unknownRequest: Refusal { Refusal(.notFound, "There is no request \(request.id).") }

    private func refuse(_ envelope: Envelope<Command>, _ refusal: Refusal) -> Ruling {
        event(
            request.state,
            .commandRefused(.init(command: envelope.body.type, by: envelope.body.author, refusal: refusal)),
            envelope.id)
    }

    /// A refusal about a request without events stands outside the sequence.
    private func event(_ state: RequestState, _ fact: Fact, _ cause: String) -> Ruling {
        let isOutside = log.sequence == 0 && state == .none
        return .append(
            RequestEvent(sequence: isOutside ? nil : log.sequence + 1, state: state, cause: cause, fact: fact))
    }
}

extension Command {
    /// What approval must have read before it decides.
    var basis: Basis? {
        switch self {
        case .submit(let submit): submit.basis
        case .approve(let vote), .deny(let vote): vote.basis
        case .cancel(let stop), .end(let stop): stop.basis
        case .reject: nil
        }
    }
}
