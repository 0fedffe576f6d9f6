import SymMessages

/// One line of a request's history in words.
struct RequestHistoryWords {
    let line: RequestDocument.Line

    var text: String {
        switch line.type {
        case "sym.request.submitted.v1": "submitted by \(who)\(said)"
        case "sym.request.refused.v1": "refused: \(why)"
        case "sym.request.voted.v1": "\(who) says yes\(isExtension ? " to the extension" : "")\(said); more are needed"
        case "sym.request.escalated.v1": "\(stage) has waited: \(added) may decide as well"
        case "sym.request.reminded.v1": "\(stage) still waits: those who may decide are reminded"
        case "sym.request.approved.v1":
            line.by == nil ? "approved by its rule, automatically" : "approved by \(who)\(said)"
        case "sym.request.denied.v1": "denied by \(who)\(said)"
        case "sym.request.unanswered.v1": "unanswered: nobody decided in time"
        case "sym.request.cancelled.v1": line.by == nil ? "cancelled\(said)" : "cancelled by \(who)\(said)"
        case "sym.request.active.v1": inPlace
        case "sym.request.extension_requested.v1":
            "\(who) asks for \(line.duration.map { "\($0) " } ?? "")more\(said)"
        case "sym.request.extension_approved.v1":
            line.by == nil
                ? "the extension is approved by its rule, automatically" : "the extension is approved by \(who)\(said)"
        case "sym.request.extension_denied.v1": "the extension is denied by \(who)\(said)"
        case "sym.request.extension_failed.v1":
            line.by == nil ? "nothing came of the extension: \(why)" : "the extension is withdrawn by \(who): \(why)"
        case "sym.request.ending.v1": line.by == nil ? "is ended early\(said)" : "\(who) ends it early\(said)"
        case "sym.request.ended.v1": ended
        case "sym.request.failed.v1": "failed: \(why)"
        case "sym.command.refused.v1": "\(who) could not \(verb): \(why)"
        default: line.type.onTerminal
        }
    }

    private var isExtension: Bool { line.round ?? 1 > 1 }
    private var who: String { line.by.map { $0.name } ?? "somebody" }
    private var said: String { line.message.map { ": \"\($0.onTerminal)\"" } ?? "" }
    private var why: String { (line.refusal?.reason ?? line.reason ?? "no reason was given").onTerminal }
    private var stage: String { "the stage \"\((line.stage ?? "").onTerminal)\"" }

    private var added: String {
        let names = (line.added ?? []).map { "\($0)".onTerminal }
        return names.isEmpty ? "nobody more" : names.joined(separator: ", ")
    }

    private var inPlace: String {
        let standing = line.standing == true ? " (it stood there before, and will stay)" : ""
        return (isExtension ? "extended: in the group" : "in the group")
            + (line.endsAt.map { " until \($0.onClock)" } ?? "") + standing
    }

    private var ended: String {
        if line.reason == LeaseEnd.decided.rawValue { return "over: it was decided, and there is no access" }
        return "ended, \(end): \(membership)"
    }

    private var verb: String {
        let parts = (line.command ?? "").split(separator: ".")
        return parts.count == 4 ? String(parts[2]).onTerminal : "do this"
    }

    private var end: String {
        switch line.reason.flatMap(LeaseEnd.init(rawValue:)) {
        case .expired?: "its time was up"
        case .revoked?: "early"
        case .gone?: "somebody else had removed it"
        case .decided?: "it was decided"
        case nil: "for a reason this version does not know"
        }
    }

    private var membership: String {
        switch line.membership {
        case .removed?: "removed from the group; open TCP connections may live on, Tailscale SSH sessions are cut"
        case .leased? where line.state?.isFinal == false: "still in the group, for the rest of this request"
        case .leased?: "still in the group, for another live request"
        case .standing?: "still in the group, where it stood before"
        case .neverAdded?: "it was never put into the group"
        case nil: "what became of the membership is not told"
        }
    }
}
