import SymMessages

/// A request in words. Never claims more than the log says: "ended" is what the policy file, read back, showed.
struct RequestStory {
    let request: RequestDocument

    var text: String { ([headline] + facts + history).joined(separator: "\n") }

    /// One line: what state it is in, and what that means now.
    var headline: String {
        let login = request.offer?.grant.map { "\($0.login)".onTerminal } ?? "the login"
        let group = request.offer?.grant.map { "\($0.group)".onTerminal } ?? "the group"
        let meaning: String =
            switch request.state {
            case .none: "submitted; not in the log yet"
            case .pending where request.isAutomatic: "approved by its rule, automatically; not in place yet"
            case .pending: waiting
            case .approved where isDecisionOnly: "approved"
            case .approved:
                "approved; not in place yet" + (request.startBy.map { " (must be by \($0.onClock))" } ?? "")
            case .active:
                "active: \(login) is in \(group)" + (request.endsAt.map { " until \($0.onClock)" } ?? "")
                    + extensionState
            case .ending: "being ended: \(login) is being removed from \(group)"
            case .ended where isDecisionOnly: "approved; the flow asks for a decision only, and gives no access"
            case .ended: "ended"
            case .denied: "denied"
            case .unanswered: "unanswered: nobody decided in time"
            case .cancelled: "cancelled"
            case .failed: "failed: \((request.refusal?.reason ?? "no reason was given").onTerminal)"
            case .refused: "refused: \((request.refusal?.reason ?? "no reason was given").onTerminal)"
            }
        let overdue = request.isOverdue == true ? "; overdue: its provisioner has not reported in time" : ""
        return "\(request.id)  \(meaning)\(overdue)"
    }

    private var waiting: String {
        let isManyfold = request.decision.map { $0.stages.count > 1 || ($0.stages.first?.required ?? 1) > 1 } ?? false
        let stage = isManyfold ? request.openStage.map { " (stage \"\($0)\": \(soFar))" } ?? "" : ""
        return "waits for a decision" + (request.pendingUntil.map { " until \($0.onClock)" } ?? "") + stage.onTerminal
    }

    private var soFar: String {
        let required = stage.map { " of \($0.required)" } ?? ""
        return "\(request.approvals ?? 0)\(required) so far"
    }

    private var stage: Decision.Stage? { request.decision?.stages.first { $0.name == request.openStage } }

    private var isDecisionOnly: Bool { request.offer.map { $0.grant == nil } ?? false }

    /// What became of the extension that was asked for last.
    private var extensionState: String {
        if let extensionAsked { return "; \(extensionAsked) more asked for: \(waiting)" }
        guard let last = request.rounds?.last, last.round > 1 else { return "" }
        switch last.state {
        case "approved": return "; more is approved, not in place yet"
        case "denied": return "; more was denied"
        case "failed", "lapsed": return "; more was asked for, and nothing came of it"
        default: return ""
        }
    }

    /// How much more of the access waits for a decision.
    private var extensionAsked: Seconds? {
        request.offer.flatMap { $0.round > 1 && request.round == $0.round ? $0.grant?.duration : nil }
    }

    /// What was asked for, as an approver sees it.
    var facts: [String] {
        guard let offer = request.offer else { return [] }
        var lines = ["  flow      \(offer.flow)"]
        if let grant = offer.grant {
            lines += [
                "  access    \(grant.targetLabel.onTerminal): \(grant.group) in the tailnet \(grant.tailnet.onTerminal)",
                "  for       \(offer.person), whose login there is \(grant.login)".onTerminal,
                "  duration  \(grant.duration)" + (offer.round > 1 ? " more: an extension, round \(offer.round)" : ""),
            ]
        } else {
            lines.append("  for       \(offer.person); a decision only, no access".onTerminal)
        }
        if offer.askedBy != .person(offer.person) { lines.append("  asked by  \(offer.askedBy.name)") }
        for (name, value) in offer.fields.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(name.padding(to: 8))  \(value.inWords)".onTerminal)
        }
        if let reason = offer.reason { lines.append("  reason    \(reason.onTerminal)") }
        if let decision = request.decision {
            lines.append(
                "  rule      \(decision.rule)".onTerminal + (decision.isAutomatic ? " (approves automatically)" : ""))
        }
        if let stage, let stages = request.decision?.stages, request.offerID != nil {
            if stages.count > 1 {
                let place = (stages.firstIndex { $0.name == stage.name } ?? 0) + 1
                lines.append("  stage     \(stage.name) (\(place) of \(stages.count))".onTerminal)
            }
            let names = (request.deciders ?? stage.approvers).map { "\($0)".onTerminal }.joined(separator: ", ")
            lines.append("  decided by \(stage.required) of \(names) (\(request.approvals ?? 0) so far)")
        }
        return lines
    }

    private var history: [String] {
        let lines = request.history ?? []
        return lines.isEmpty
            ? [] : ["History (UTC)"] + lines.map { "  \($0.at.onClock)  \(RequestHistoryWords(line: $0).text)" }
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

extension FieldValue {
    /// As it was answered.
    fileprivate var inWords: String {
        switch self {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .flag(let flag): String(flag)
        case .texts(let texts): texts.joined(separator: ", ")
        case .integers(let integers): integers.map { String($0) }.joined(separator: ", ")
        }
    }
}
