import SymMessages

/// A request in words. Never claims more than the log says: "ended" is what the policy file, read back, showed.
struct RequestStory {
    let request: RequestDocument

    var text: String { ([headline] + facts + history).joined(separator: "\n") }

    /// One line: what state it is in, and what that means now.
    var headline: String {
        let login = request.offer.map { "\($0.login)".onTerminal } ?? "the login"
        let group = request.offer.map { "\($0.group)".onTerminal } ?? "the group"
        let meaning: String =
            switch request.state {
            case .none: "submitted; not in the log yet"
            case .pending where request.isAutomatic: "approved by its rule, automatically; not in place yet"
            case .pending: "waits for a decision" + (request.pendingUntil.map { " until \($0.onClock)" } ?? "")
            case .approved:
                "approved; not in place yet" + (request.startBy.map { " (must be by \($0.onClock))" } ?? "")
            case .active:
                "active: \(login) is in \(group)" + (request.endsAt.map { " until \($0.onClock)" } ?? "")
            case .ending: "being ended: \(login) is being removed from \(group)"
            case .ended: "ended"
            case .denied: "denied"
            case .unanswered: "unanswered: nobody decided in time"
            case .cancelled: "cancelled"
            case .failed: "failed: \((request.refusal?.reason ?? "no reason was given").onTerminal)"
            case .refused: "refused: \((request.refusal?.reason ?? "no reason was given").onTerminal)"
            }
        return "\(request.id)  \(meaning)"
    }

    /// What was asked for, as an approver sees it.
    var facts: [String] {
        guard let offer = request.offer else { return [] }
        var lines = [
            "  flow      \(offer.flow)",
            "  access    \(offer.targetLabel.onTerminal): \(offer.group) in the tailnet \(offer.tailnet.onTerminal)",
            "  for       \(offer.person), whose login there is \(offer.login)".onTerminal,
            "  duration  \(offer.duration)",
        ]
        if let reason = offer.reason { lines.append("  reason    \(reason.onTerminal)") }
        if let decision = request.decision {
            lines.append(
                "  rule      \(decision.rule)".onTerminal + (decision.isAutomatic ? " (approves automatically)" : ""))
        }
        if let decision = request.decision, request.state == .pending, !decision.isAutomatic {
            let names = decision.approvers.map { "\($0)".onTerminal }.joined(separator: ", ")
            let given = request.votes?.count ?? 0
            lines.append("  decided by \(decision.required) of \(names) (\(given) so far)")
        }
        return lines
    }

    private var history: [String] {
        let lines = request.history ?? []
        return lines.isEmpty ? [] : ["History (UTC)"] + lines.map { "  \($0.at.onClock)  \(Self.words($0))" }
    }

    private static func words(_ line: RequestDocument.Line) -> String {
        let who = line.by.map { $0.name } ?? "somebody"
        let said = line.message.map { ": \"\($0.onTerminal)\"" } ?? ""
        let why = (line.refusal?.reason ?? line.reason ?? "no reason was given").onTerminal
        switch line.type {
        case "sym.request.submitted.v1": return "submitted by \(who)\(said)"
        case "sym.request.refused.v1": return "refused: \(why)"
        case "sym.request.voted.v1": return "\(who) says yes\(said); more are needed"
        case "sym.request.approved.v1":
            return line.by == nil ? "approved by its rule, automatically" : "approved by \(who)\(said)"
        case "sym.request.denied.v1": return "denied by \(who)\(said)"
        case "sym.request.unanswered.v1": return "unanswered: nobody decided in time"
        case "sym.request.cancelled.v1": return line.by == nil ? "cancelled\(said)" : "cancelled by \(who)\(said)"
        case "sym.request.active.v1":
            let standing = line.standing == true ? " (it stood there before, and will stay)" : ""
            return "in the group" + (line.endsAt.map { " until \($0.onClock)" } ?? "") + standing
        case "sym.request.ending.v1": return line.by == nil ? "is ended early\(said)" : "\(who) ends it early\(said)"
        case "sym.request.ended.v1": return "ended, \(end(line.reason)): \(membership(line.membership))"
        case "sym.request.failed.v1": return "failed: \(why)"
        case "sym.command.refused.v1":
            return "\(who) could not \(verb(line.command)): \(why)"
        default: return line.type.onTerminal
        }
    }

    private static func verb(_ command: String?) -> String {
        let parts = (command ?? "").split(separator: ".")
        return parts.count == 4 ? String(parts[2]).onTerminal : "do this"
    }

    private static func end(_ reason: String?) -> String {
        switch reason.flatMap(LeaseEnd.init(rawValue:)) {
        case .expired?: "its time was up"
        case .revoked?: "early"
        case .gone?: "somebody else had removed it"
        case nil: "for a reason this version does not know"
        }
    }

    private static func membership(_ membership: MembershipAfterEnd?) -> String {
        switch membership {
        case .removed?: "removed from the group; open TCP connections may live on, Tailscale SSH sessions are cut"
        case .leased?: "still in the group, for another live request"
        case .standing?: "still in the group, where it stood before"
        case .neverAdded?: "it was never put into the group"
        case nil: "what became of the membership is not told"
        }
    }
}

extension Caller {
    /// As people call them.
    var name: String {
        switch self {
        case .person(let person): person.rawValue.onTerminal
        case .bot(let bot): "the bot \(bot)"
        }
    }
}

extension Timestamp {
    /// `2026-01-02 03:04:05`, UTC.
    var onClock: String {
        let text = description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }
}
