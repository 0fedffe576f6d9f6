import SymConfiguration
import SymMessages

extension Judge {
    func answer(to submit: Command.Submit, askedAt: Timestamp, cause: String) -> RequestEvent {
        guard log.sequence == 0 else {
            let isForestalled = request.state == .cancelled && request.submission == nil
            let refused = Fact.CommandRefused(
                command: "sym.command.submit.v1", by: submit.caller,
                refusal: Self.submittedAgain(isForestalled: isForestalled))
            return event(request.state, .commandRefused(refused), cause)
        }
        do {
            return event(.pending, .submitted(try evaluate(submit, askedAt: askedAt)), cause)
        } catch {
            let refused = Fact.SubmissionRefused(
                submission: submit.submission, caller: submit.caller, contentSHA256: submit.access.sha256,
                refusal: error)
            return event(.refused, .refused(refused), cause)
        }
    }

    static func submittedAgain(isForestalled: Bool) -> Refusal {
        Refusal(
            .conflict,
            isForestalled
                ? "The request was cancelled before it was submitted."
                : "A request with this id but other content exists; use another id.")
    }

    func answer(to reject: Command.Reject, cause: String) -> RequestEvent {
        guard log.sequence == 0 else {
            let refused = Fact.CommandRefused(
                command: "sym.command.reject.v1", by: reject.caller, refusal: reject.refusal)
            return event(request.state, .commandRefused(refused), cause)
        }
        let refused = Fact.SubmissionRefused(
            submission: reject.submission, caller: reject.caller, contentSHA256: nil, refusal: reject.refusal)
        return event(.refused, .refused(refused), cause)
    }

    private func evaluate(_ submit: Command.Submit, askedAt: Timestamp) throws(Refusal) -> Fact.Submitted {
        let submitted = try known.facts.evaluate(submit, requestID: request.id, now: now, askedAt: askedAt).get()
        if let provisioner = submitted.placement?.provisioner, !known.provisioners.contains(provisioner) {
            throw Refusal(
                .invalid, field: "target",
                "Approval knows no provisioner \"\(provisioner)\"; name it in SYM_APPROVAL_PROVISIONERS.")
        }
        // An event that Kafka would not take could never be answered.
        if Self.isSmall(submitted) { return submitted }
        guard let bytes = try? WireFormat.encode(submitted), bytes.count <= Self.largestFact else {
            throw Refusal(
                .invalid,
                "The request, with everybody who may decide on it, is larger than the \(Self.largestFact) bytes that fit "
                    + "into one message. Ask with less, or have the rule name fewer approvers.")
        }
        return submitted
    }

    /// Whether it fits for certain: as long as everything could be, with every character written as an escape.
    private static func isSmall(_ submitted: Fact.Submitted) -> Bool {
        let people = submitted.decision.stages.reduce(0) { count, stage in
            let channels = stage.channels.count + stage.escalations.reduce(0) { $0 + $1.channels.count }
            return count + stage.approvers.count + channels + stage.escalations.reduce(1) { $0 + $1.added.count + 1 }
        }
        let answers = AccessRequest.size(of: submitted.access.fields) + (submitted.access.reason?.utf8.count ?? 0)
        let facts = submitted.decision.facts.reduce(0) { $0 + $1.value.utf8.count + 100 }
        return people * 600 + answers * 12 + facts * 6 + 100_000 < largestFact
    }

    /// Leaves room for the envelope in a message of 1,000,000 bytes.
    private static let largestFact = 900_000
}
