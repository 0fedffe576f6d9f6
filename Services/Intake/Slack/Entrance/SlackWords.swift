import SymMessages

/// What somebody is told in Slack, to them alone.
enum SlackWords {
    static let busy = "Sym has too much to do just now, so nothing was done. Try again in a moment."

    static func late(_ id: RequestID) -> String {
        "Not confirmed in time. If it got through, its card appears and you hear of it here; the id is `\(id)`. Look with "
            + "`/sym list` before you ask again."
    }

    static let lateAndUnknown =
        "Not confirmed in time. If it got through, you hear of it here. Look with `/sym list` before you ask again."

    static func submitted(_ answer: Answer, _ id: RequestID) -> String {
        switch answer {
        case .request(let view) where view.state == .refused:
            return "Refused: \(SlackText.escaped(view.refusal?.reason ?? "no reason was given", limit: 1_500))"
        case .request(let view):
            guard let offer = view.offer else { return "Your request `\(id)` is \(view.state.rawValue)." }
            return "\(asked(offer)) \(whereShown(view)); you are told when it is decided. The id is `\(id)`."
        case .accepted: return late(id)
        default: return failure(answer)
        }
    }

    private static func asked(_ offer: Offer) -> String {
        guard let grant = offer.grant else {
            return "You asked for a decision by the flow *\(SlackText.line(offer.flow.rawValue))*."
        }
        return "You asked for *\(SlackText.line(grant.targetLabel, limit: 120))* for \(grant.duration.inWords)."
    }

    private static func whereShown(_ view: RequestView) -> String {
        let stages = view.decision?.stages ?? []
        guard let first = stages.first else { return "Its rule approves it by itself" }
        let stage = stages.first { $0.name == view.openStage } ?? first
        let channels = stage.channels.map { SlackText.line($0, limit: 80) }
        return channels.isEmpty
            ? "The approvers get it directly" : "It is shown in \(channels.joined(separator: ", "))"
    }

    static func list(_ answer: Answer) -> String {
        guard case .requests(let requests) = answer else { return failure(answer) }
        let live = requests.filter { !$0.state.isFinal }
        let shown = (live + requests.filter { $0.state.isFinal }).prefix(10)
        guard !shown.isEmpty else { return "There is no request that concerns you. `/sym help` says how to ask." }
        let lines = shown.map { request in
            let what = [request.flow?.rawValue, request.target?.rawValue].compactMap(\.self).joined(separator: " ")
            let who = request.person.map { " for \(SlackText.line($0.rawValue, limit: 254))" } ?? ""
            let duration = request.duration.map { ", \($0.inWords)" } ?? ""
            let until = request.endsAt.map { " until \(SlackText.date($0))" } ?? ""
            let more = request.round ?? 1 > 1 ? ", more of it is asked for" : ""
            return
                "• `\(request.id)` \(request.state.rawValue)\(until): \(SlackText.line(what))\(who)\(duration)\(more)"
        }
        let more =
            requests.count > shown.count ? ["… and \(requests.count - shown.count) more; `symflow list` has all."] : []
        return (lines + more).joined(separator: "\n")
    }

    /// What became of a press on a button; `nil` when the card says it.
    static func pressed(_ answer: Answer) -> String? {
        switch answer {
        case .request: nil
        case .accepted:
            "Your click is recorded but not decided on yet. The message changes when it is."
        case .unacknowledged:
            "Kafka did not acknowledge in time, so it is not known whether your click got through. If the message does not "
                + "change, press again: it counts once."
        default: failure(answer)
        }
    }

    /// Why a press on a button changed nothing.
    ///
    /// - Parameter view: the request as it is now, if the person may see it.
    static func refused(_ refusal: Refusal, _ action: SlackAction, offer: String, _ view: RequestView?) -> String {
        let reason = SlackText.escaped(refusal.reason, limit: 1_500)
        guard let view else { return reason }
        if action != .end, let present = view.offerID {
            return present == offer
                ? reason
                : "This changed since the message was sent, so your click does not count. Look at it again."
        }
        switch view.state {
        case .pending, .none: return reason
        case .approved, .active:
            if action == .end { return reason }
            let last = view.votes.last
            let by = last.map { " by \(SlackText.line($0.voter.rawValue, limit: 254))" } ?? ""
            return
                "Your click changed nothing: it was already \(last?.vote == .deny ? "denied" : "approved")\(by). \(reason)"
        case .denied:
            let by = view.votes.last.map { " by \(SlackText.line($0.voter.rawValue, limit: 254))" } ?? ""
            return "Your click changed nothing: it was already denied\(by)."
        case .ending: return "Your click changed nothing: it is already being ended."
        case .ended, .unanswered, .cancelled, .failed, .refused:
            return "Your click changed nothing: the request is already over (\(view.state.rawValue))."
        }
    }

    static func failure(_ answer: Answer) -> String {
        switch answer {
        case .refused(let refusal, _): SlackText.escaped(refusal.reason, limit: 1_500)
        case .starting: "Sym is starting, so nothing was done. Try again in a moment."
        case .unacknowledged:
            "Kafka did not acknowledge in time, so it is not known whether this was done. Look with `/sym list` before you "
                + "try again."
        case .accepted, .request, .requests, .configuration, .applied, .plan, .versions, .needed, .recorded,
            .identity, .people, .explanation:
            "Sym gave an answer that was not expected. Look with `/sym list`."
        }
    }
}
