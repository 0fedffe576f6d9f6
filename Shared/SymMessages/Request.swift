/// A request's state: what the accepted events of its log add up to. Only `RequestLog` changes it.
public struct Request: Sendable, Equatable {
    public let id: RequestID
    public private(set) var state: RequestState = .none
    public private(set) var submission: Submission?
    public private(set) var caller: Caller?
    public private(set) var contentSHA256: String?
    /// What was fixed at submission; absent for a request that was refused or forestalled.
    public private(set) var terms: Fact.Submitted?
    /// The first grant, then the extensions that were asked for.
    public private(set) var rounds: [Round] = []
    /// Who asked for an early end, or withdrew the request, and why.
    public private(set) var stopped: Fact.Stopped?
    /// Of the lease that ended last.
    public private(set) var end: Fact.Ended?
    /// Why it was refused or failed, in a sentence.
    public private(set) var refusal: Refusal?
    /// An event was met that is of a newer version or does not fit the request: a sequencer must leave it alone.
    public private(set) var isFrozen = false

    init(id: RequestID) { self.id = id }

    /// The round that waits for a decision; at most one does.
    public var pending: Round? { rounds.last.flatMap { $0.isPending ? $0 : nil } }

    /// Those of whose access the provisioner has not said that it is over.
    public var outstanding: [Round] { rounds.filter(\.isOutstanding) }

    /// The lease, of those in place or over, that ends last.
    public var lease: Fact.Active? { rounds.compactMap(\.lease).max { $0.endsAt < $1.endsAt } }

    /// Whether a lease of this request is outstanding besides that of one round.
    public func isOutstanding(besides round: Int) -> Bool { outstanding.contains { $0.number != round } }

    mutating func apply(_ event: RequestEvent, at moment: Timestamp) {
        if fits(event.fact) {
            take(event.fact, at: moment)
        } else {
            isFrozen = true
        }
        if case .commandRefused = event.fact { return }
        state = event.state
        // With the access, or the wish for it, ends what was still asked for.
        if state == .ending || state.isFinal { decide { $0.progress = .closed } }
    }

    private mutating func take(_ fact: Fact, at moment: Timestamp) {
        switch fact {
        case .submitted(let submitted):
            submission = submitted.submission
            caller = submitted.caller
            contentSHA256 = submitted.contentSHA256
            terms = submitted
            rounds = [
                Round(
                    offer: submitted.offer, offerID: submitted.offerID, decision: submitted.decision, askedAt: moment,
                    pendingUntil: submitted.pendingUntil)
            ]
        case .refused(let refused):
            submission = refused.submission
            caller = refused.caller
            contentSHA256 = refused.contentSHA256
            refusal = refused.refusal
        case .extensionRequested(let asked):
            guard let terms else { break }
            rounds.append(
                Round(
                    offer: asked.offer, offerID: asked.offerID, extends: asked.extends, decision: terms.decision,
                    askedAt: moment, pendingUntil: asked.pendingUntil))
        case .voted(let vote): decide { $0.count(vote, at: moment) }
        case .escalated(let escalated): decide { $0.escalate(escalated, at: moment) }
        case .reminded(let reminded): decide { $0.remind(reminded.count) }
        case .approved(let approved), .extensionApproved(let approved):
            decide { round in
                if let vote = approved.vote { round.count(vote, at: moment) }
                round.progress = .approved(approved)
            }
        case .denied(let vote), .extensionDenied(let vote):
            decide { round in
                round.denial = vote
                round.progress = .closed
            }
        case .unanswered: decide { $0.progress = .closed }
        case .cancelled(let stop):
            caller = caller ?? stop.by
            stopped = stop
        case .extensionFailed(let failed):
            change(failed.round) { round in
                round.progress = round.approval.map { .over($0, round.lease) } ?? .closed
            }
        case .active(let active):
            change(active.leaseID.round) { round in
                if let approval = round.approval { round.progress = .active(approval, active) }
            }
        case .ending(let stop): stopped = stop
        case .ended(let ended):
            end = ended
            finish(ended.leaseID)
        case .failed(let failed):
            refusal = Refusal(.conflict, failed.reason)
            finish(failed.leaseID)
        case .commandRefused, .unknown: break
        }
    }

    /// Whether what a fact names is there. Of a request whose beginning is not known nothing can be said.
    private func fits(_ fact: Fact) -> Bool {
        guard terms != nil else { if case .unknown = fact { return false } else { return true } }
        return switch fact {
        case .unknown: false
        case .escalated(let escalated): isOpen(escalated.stage, of: escalated.round)
        case .reminded(let reminded): isOpen(reminded.stage, of: reminded.round)
        case .extensionRequested(let asked):
            asked.offer.requestID == id && asked.offer.round == rounds.count + 1 && exists(asked.extends)
        case .approved(let approved), .extensionApproved(let approved): exists(approved.leaseID)
        case .active(let active): exists(active.leaseID)
        case .ended(let ended): exists(ended.leaseID)
        case .failed(let failed): exists(failed.leaseID)
        case .extensionFailed(let failed): index(ofRound: failed.round) != nil
        case .submitted, .refused, .voted, .denied, .unanswered, .cancelled, .ending, .extensionDenied,
            .commandRefused:
            true
        }
    }

    private func exists(_ lease: LeaseID) -> Bool {
        lease.request == id && index(ofRound: lease.round) != nil
    }

    private func index(ofRound number: Int) -> Int? { rounds.firstIndex { $0.number == number } }

    private func isOpen(_ stage: String, of number: Int) -> Bool {
        guard let round = pending, round.number == number else { return false }
        return round.decision.stages.indices.contains(round.openStage)
            && round.decision.stages[round.openStage].name == stage
    }

    /// Changes the round that waits for a decision, if one does.
    private mutating func decide(_ body: (inout Round) -> Void) {
        guard let last = rounds.indices.last, rounds[last].isPending else { return }
        body(&rounds[last])
    }

    private mutating func change(_ number: Int, _ body: (inout Round) -> Void) {
        guard let index = index(ofRound: number) else { return }
        body(&rounds[index])
    }

    private mutating func finish(_ lease: LeaseID) {
        change(lease.round) { round in
            if let approval = round.approval { round.progress = .over(approval, round.lease) }
        }
    }
}
