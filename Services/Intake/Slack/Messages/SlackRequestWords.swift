import SymMessages

/// A request in words for Slack. Never claims more than the log says: access is there, or gone, when the policy file,
/// read back, showed it.
struct SlackRequestWords {
    private let request: Request
    private let terms: Fact.Submitted
    private var offer: Offer { terms.offer }

    init(_ request: Request, _ terms: Fact.Submitted) {
        self.request = request
        self.terms = terms
    }

    // MARK: What is asked

    var headline: String {
        let asker = Self.name(terms.caller)
        let beneficiary = terms.caller.person == offer.person ? "" : " for \(Self.name(offer.person))"
        return "*\(asker)* asks for *\(label)*\(beneficiary) for *\(offer.duration.inWords)*"
    }

    /// The fields that a vote is about: exactly these are granted.
    var details: [String] {
        [
            "*Tailnet*\n\(SlackText.line(offer.tailnet, limit: 254))", "*Group*\n\(SlackText.line("\(offer.group)"))",
            "*Login*\n\(SlackText.line("\(offer.login)"))", "*Duration*\n\(offer.duration.inWords)",
            "*For*\n\(Self.name(offer.person))", "*Flow*\n\(SlackText.line("\(offer.flow)"))",
        ]
    }

    var reason: String? {
        guard let reason = offer.reason, reason.contains(where: { !$0.isWhitespace }) else { return nil }
        let quoted = SlackText.escaped(reason, limit: 2_400).split(separator: "\n", omittingEmptySubsequences: false)
            .prefix(40).map { "> \($0)" }
        return "*Reason*\n\(quoted.joined(separator: "\n"))"
    }

    var summary: String {
        "\(Self.name(terms.caller)) asks for \(label) for \(offer.duration.inWords)"
    }

    var subject: String { "*\(plainSubject)*" }

    var plainSubject: String { "\(label), \(SlackText.line("\(offer.group)")) in \(SlackText.line(offer.tailnet))" }

    var origin: String { "`\(request.id)` · rule “\(SlackText.line(terms.decision.rule, limit: 120))”" }

    private var label: String { SlackText.line(offer.targetLabel, limit: 120) }

    // MARK: How it stands

    var state: String {
        if request.isFrozen {
            return "*Cannot be shown*: an event of a newer version of Sym concerns it. Look with `symflow show`."
        }
        return ([bold] + votes).joined(separator: "\n")
    }

    private var bold: String {
        switch request.state {
        case .none: "*Unknown*"
        case .pending:
            "*Waits for a decision* until \(SlackText.date(terms.pendingUntil)): \(terms.decision.required) of \(deciders)"
        case .approved: "*Approved, not in place yet*: the login is still to be put into the group."
        case .active:
            "*In the group*" + (request.lease.map { " until \(SlackText.date($0.endsAt))" } ?? "") + standing
        case .ending: "*Being ended*\(byStopper): the login is still to be taken out of the group."
        case .ended: "*Ended*\(end)"
        case .denied: "*Denied* by \(decider)\(message)"
        case .unanswered: "*Nobody decided in time*; it was not granted."
        case .cancelled: "*Cancelled*\(byStopper)"
        case .failed, .refused:
            "*\(request.state == .failed ? "Failed" : "Refused")*: "
                + SlackText.line(request.refusal?.reason ?? "no reason was given", limit: 600)
        }
    }

    /// For notifications: no markup.
    var shortState: String {
        switch request.state {
        case .none: "unknown"
        case .pending: "waits for a decision"
        case .approved: "approved, not in place yet"
        case .active: "in the group" + (request.lease.map { " until \(SlackText.date($0.endsAt))" } ?? "")
        case .ending: "being ended"
        case .ended: "ended\(end)"
        case .denied: "denied by \(decider)"
        case .unanswered: "nobody decided in time"
        case .cancelled: "cancelled\(byStopper)"
        case .failed, .refused:
            "\(request.state.rawValue): \(SlackText.line(request.refusal?.reason ?? "no reason was given"))"
        }
    }

    private var votes: [String] {
        let isDenied = request.state == .denied
        let approvals = isDenied ? Array(request.votes.dropLast()) : request.votes
        if let approval = request.approval, approval.vote == nil { return ["Approved by its rule, automatically"] }
        guard !approvals.isEmpty else { return [] }
        let names = approvals.prefix(10).map { vote in
            Self.name(vote.voter) + (vote.message.map { ": “\(SlackText.line($0, limit: 200))”" } ?? "")
        }
        let count = terms.decision.required > 1 ? " (\(approvals.count) of \(terms.decision.required))" : ""
        return ["Approved by \(names.joined(separator: ", "))\(count)"]
    }

    private var deciders: String {
        let names = terms.decision.approvers.prefix(8).map { Self.name($0) }
        let more = terms.decision.approvers.count - names.count
        return names.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }

    private var decider: String { request.votes.last.map { Self.name($0.voter) } ?? "an approver" }

    private var message: String {
        request.votes.last?.message.map { ": “\(SlackText.line($0, limit: 600))”" } ?? ""
    }

    /// Empty where it was nobody in particular: then the reason says it.
    private var byStopper: String {
        guard let stopped = request.stopped else { return "" }
        return stopped.by.map { " by \(Self.name($0))" } ?? " (\(SlackText.line(stopped.reason ?? "", limit: 300)))"
    }

    private var standing: String {
        request.lease?.standing == true ? ". The login stood there before, and will stay." : ""
    }

    private var end: String {
        guard let end = request.end else { return "" }
        let why =
            switch end.reason {
            case .expired: "its time was up"
            case .revoked: request.stopped?.by.map { "\(Self.name($0)) ended it" } ?? "it was ended early"
            case .gone: "somebody else had taken the login out of the group"
            }
        let what =
            switch end.membership {
            case .removed:
                "The login was removed from the group; open TCP connections may live on, Tailscale SSH sessions are cut."
            case .leased: "The login is still in the group, for another live request."
            case .standing: "The login is still in the group, where it stood before."
            case .neverAdded: "The login was never put into the group."
            }
        return ", \(why). \(what)"
    }

    private static func name(_ person: PersonID) -> String { SlackText.line(person.rawValue, limit: 254) }

    private static func name(_ caller: Caller) -> String {
        switch caller {
        case .person(let person): name(person)
        case .bot(let bot): "the bot \(bot)"
        }
    }
}
