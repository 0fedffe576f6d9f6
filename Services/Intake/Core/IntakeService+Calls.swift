import SymConfiguration
import SymMessages

extension IntakeService {
    /// How long a call waits for Kafka's acknowledgement before it is told that the outcome is unknown.
    static let patience = Seconds(10)
    /// How long an administrator's change waits until it is read back.
    static let readBack = Seconds(30)

    mutating func take(_ call: Call, from caller: Caller, as ticket: Ticket, now: Timestamp) -> [IntakeEffect] {
        if let obstacle { return [.answer(ticket, .starting(obstacle))] }
        switch call {
        case .submit(let submission, let access, let wait):
            return submit(submission, access, from: caller, as: ticket, wait: wait, now: now)
        case .vote(let id, let vote, let key, let wait):
            let cast = Command.CastVote(voter: caller, offerID: vote.offerID, message: vote.message, basis: basis)
            let command: Command = vote.choice == .approve ? .approve(cast) : .deny(cast)
            let name = commandID(id, vote.choice.rawValue, [key, caller.description, vote.offerID, vote.message ?? ""])
            return send(command, about: id, id: name, as: ticket, wait: wait, now: now)
        case .cancel(let id, let reason, let key, let wait):
            let command = Command.cancel(.init(actor: caller, reason: reason, basis: basis))
            let name = commandID(id, "cancel", [key, caller.description, reason ?? ""])
            return send(command, about: id, id: name, as: ticket, wait: wait, now: now)
        case .end(let id, let reason, let key, let wait):
            let command = Command.end(.init(actor: caller, reason: reason, basis: basis))
            let name = commandID(id, "end", [key, caller.description, reason ?? ""])
            return send(command, about: id, id: name, as: ticket, wait: wait, now: now)
        case .extend(let id, let reason, let key, let wait):
            let command = Command.extend(.init(actor: caller, reason: reason, basis: basis))
            let name = commandID(id, "extend", [key, caller.description, reason ?? ""])
            return send(command, about: id, id: name, as: ticket, wait: wait, now: now)
        case .show(let id): return [.answer(ticket, show(id, to: caller, now: now))]
        case .list(let query): return [.answer(ticket, list(query, for: caller, now: now))]
        case .showConfiguration: return [.answer(ticket, showConfiguration(to: caller))]
        case .showVersion(let version): return [.answer(ticket, show(version: version, to: caller))]
        case .showVersions: return [.answer(ticket, showVersions(to: caller))]
        case .plan(let proposal): return [.answer(ticket, plan(proposal, for: caller))]
        case .apply(let proposal, let key):
            return apply(proposal, from: caller, key: key, as: ticket, now: now)
        case .rollback(let version, let basedOn, let key):
            return rollback(to: version, basedOn: basedOn, from: caller, key: key, as: ticket, now: now)
        case .setIdentity(let identity, let key):
            return set(identity, from: caller, key: key, as: ticket, now: now)
        case .explain(let question, let time):
            return [.answer(ticket, explain(question, at: time ?? now, to: caller))]
        case .people(let call): return take(call, from: caller, as: ticket, now: now)
        case .slack(let workspace, let call):
            if let refusal = facts.mayUseSlack(caller, in: workspace) {
                return [.answer(ticket, .refused(refusal, request: nil))]
            }
            return take(call, from: caller, as: ticket, now: now)
        }
    }

    /// The name of a command: the same for the same key, caller and content, so that a repetition is the same command,
    /// and somebody else's key is not.
    func commandID(_ request: RequestID, _ verb: String, _ parts: [String]) -> String {
        let digest = JSONValue.array(parts.map { .string($0) }).sha256.prefix(32)
        return "\(request)/\(verb)/\(digest)"
    }
}

// MARK: - Requests

extension IntakeService {
    private mutating func submit(
        _ submission: Submission, _ access: AccessRequest, from caller: Caller, as ticket: Ticket, wait: Seconds?,
        now: Timestamp
    ) -> [IntakeEffect] {
        let id = RequestID(caller: caller, source: submission.source, id: submission.id)
        if let entry = book[id] {
            return [.answer(ticket, answerAgain(entry, access, now: now))]
        }
        if let earlier = unanswered[id] {
            guard earlier.access == access else { return [.answer(ticket, .refused(Self.otherContent, request: id))] }
            if earlier.isAcknowledged, wait == nil { return [.answer(ticket, .accepted(id, nil))] }
            expect(earlier.command, .command(id), as: ticket, for: caller, wait: wait, now: now)
            if earlier.isAcknowledged { _ = waiters.acknowledged(earlier.command) }
            return []
        }
        let submit = Command.Submit(submission: submission, caller: caller, access: access, basis: basis)
        if let refusal = earlyRefusal(of: submit, id, at: now) {
            return [.answer(ticket, .refused(refusal, request: nil))]
        }
        let name = submitCommandID(id, access)
        unanswered[id] = Unanswered(caller: caller, access: access, command: name)
        return send(.submit(submit), about: id, name, as: ticket, wait: wait, now: now)
    }

    func submitCommandID(_ request: RequestID, _ access: AccessRequest) -> String {
        "\(request)/submit/\(access.sha256.prefix(16))"
    }

    /// The answer to a submission whose request is in the log already.
    private func answerAgain(_ entry: RequestBook.Entry, _ access: AccessRequest, now: Timestamp) -> Answer {
        let request = entry.request
        if let content = request.contentSHA256, content != access.sha256 {
            return .refused(Self.otherContent, request: request.id)
        }
        if request.state == .refused, let refusal = request.refusal { return .refused(refusal, request: request.id) }
        return .request(RequestView(entry, at: now))
    }

    private static let otherContent = Refusal(
        .conflict, field: "Idempotency-Key",
        "This key was used before for a request with other content. Use a new key for a new request.")

    /// What is wrong with the form of a request can be told at once. Who may ask is for approval to say, on the record.
    private func earlyRefusal(of submit: Command.Submit, _ id: RequestID, at now: Timestamp) -> Refusal? {
        guard case .failure(let refusal) = facts.evaluate(submit, requestID: id, now: now) else { return nil }
        switch refusal.kind {
        case .invalid, .notFound, .conflict: return refusal
        case .forbidden: return nil
        }
    }

    /// Sends a command about a request that must exist.
    private mutating func send(
        _ command: Command, about request: RequestID, id: String, as ticket: Ticket, wait: Seconds?, now: Timestamp
    ) -> [IntakeEffect] {
        if let outcome = outcome(of: id, about: request, now: now) { return [.answer(ticket, outcome)] }
        guard book[request] != nil || unanswered[request] != nil else {
            return [.answer(ticket, .refused(Self.unknown(request), request: nil))]
        }
        return send(command, about: request, id, as: ticket, wait: wait, now: now)
    }

    private mutating func send(
        _ command: Command, about request: RequestID, _ id: String, as ticket: Ticket, wait: Seconds?, now: Timestamp
    ) -> [IntakeEffect] {
        expect(id, .command(request), as: ticket, for: command.author, wait: wait, now: now)
        return put(.command(envelope(for: command, about: request, id: id, now: now)))
    }

    mutating func put(_ message: OutgoingMessage) -> [IntakeEffect] {
        guard !outbox.contains(message) else { return [] }
        return outbox.add(message, for: .call).map { [.send($0)] } ?? []
    }

    mutating func expect(
        _ message: String, _ subject: Waiters.Waiter.Subject, as ticket: Ticket, for caller: Caller, wait: Seconds?,
        now: Timestamp
    ) {
        waiters.add(
            Waiters.Waiter(
                ticket: ticket, caller: caller, message: message, subject: subject, wantsOutcome: wait != nil,
                until: now + (wait ?? Self.patience), patientUntil: now + max(wait ?? Self.patience, Self.patience)))
    }

    private func show(_ id: RequestID, to caller: Caller, now: Timestamp) -> Answer {
        if let entry = book[id] {
            return facts.maySee(entry.request, caller)
                ? .request(RequestView(entry, at: now)) : .refused(Self.unknown(id), request: nil)
        }
        if let unanswered = unanswered[id], unanswered.caller == caller {
            return .request(RequestView(id: id, unanswered))
        }
        return .refused(Self.unknown(id), request: nil)
    }

    private func list(_ query: RequestQuery, for caller: Caller, now: Timestamp) -> Answer {
        if let last = query.before, book[last].map({ facts.maySee($0.request, caller) }) != true {
            return .refused(
                Refusal(
                    .invalid, field: "before", "There is no request \(last) that you may see. List from the start."),
                request: nil)
        }
        let visible = book.newest(query) { [facts] in facts.maySee($0, caller) }
        return .requests(visible.map { RequestSummary($0, at: now) })
    }

    static func unknown(_ id: RequestID) -> Refusal {
        Refusal(.notFound, "There is no request \(id) that you may see. Check its id.")
    }
}
