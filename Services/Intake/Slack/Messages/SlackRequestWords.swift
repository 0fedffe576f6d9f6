import SymMessages

/// A request in words for Slack. Never claims more than the log says: access is there, or gone, when the policy file,
/// read back, showed it.
struct SlackRequestWords {
    let request: Request
    let terms: Fact.Submitted
    private var offer: Offer { terms.offer }

    init(_ request: Request, _ terms: Fact.Submitted) {
        self.request = request
        self.terms = terms
    }

    // MARK: What is asked

    var headline: String {
        guard let grant = offer.grant else { return "*\(asker)* asks for a decision by *\(flow)*\(beneficiary)" }
        return "*\(asker)* asks for *\(label)*\(beneficiary) for *\(grant.duration.inWords)*"
    }

    /// The fields that a vote is about: exactly these are granted.
    var details: [String] {
        var fields: [String] = []
        if let grant = offer.grant {
            fields = [
                "*Tailnet*\n\(SlackText.line(grant.tailnet, limit: 254))",
                "*Group*\n\(SlackText.line("\(grant.group)"))", "*Login*\n\(SlackText.line("\(grant.login)"))",
                "*Duration*\n\(grant.duration.inWords)",
            ]
        }
        return fields + [
            "*For*\n\(Self.name(offer.person))", "*Asked by*\n\(asker)", "*Flow*\n\(flow)",
        ]
    }

    /// What was answered to the flow's other questions.
    var answers: String? {
        guard !offer.fields.isEmpty else { return nil }
        let lines = offer.fields.sorted { $0.key < $1.key }.prefix(10).map { name, value in
            "*\(SlackText.line(name, limit: 40))*: \(SlackText.line(value.inWords, limit: 200))"
        }
        let more = offer.fields.count - lines.count
        return (lines + (more > 0 ? ["… and \(more) more"] : [])).joined(separator: "\n")
    }

    var reason: String? { offer.reason.flatMap { Self.quoted($0, "Reason") } }

    var summary: String {
        let what = offer.grant.map { "\(label) for \($0.duration.inWords)" } ?? "a decision by \(flow)"
        return "\(asker) asks for \(what)"
    }

    var subject: String { "*\(plainSubject)*" }

    var plainSubject: String {
        guard let grant = offer.grant else { return "The decision by \(flow)" }
        return "\(label), \(SlackText.line("\(grant.group)")) in \(SlackText.line(grant.tailnet))"
    }

    var origin: String { "`\(request.id)` · rule “\(SlackText.line(terms.decision.rule, limit: 120))”" }

    private var asker: String { Self.name(terms.caller) }
    private var beneficiary: String { terms.caller.person == offer.person ? "" : " for \(Self.name(offer.person))" }
    private var flow: String { SlackText.line(offer.flow.rawValue) }
    private var label: String { SlackText.line(offer.grant?.targetLabel ?? "", limit: 120) }

    // MARK: How it stands

    var state: String {
        if request.isFrozen {
            return "*Cannot be shown*: an event of a newer version of Sym concerns it. Look with `symflow show`."
        }
        return ([bold] + (request.rounds.first.map(votes) ?? [])).joined(separator: "\n")
    }

    private var bold: String {
        switch request.state {
        case .none: "*Unknown*"
        case .pending: request.pending.map(waiting) ?? "*Waits for a decision*"
        case .approved where terms.placement == nil: "*Approved*"
        case .approved: "*Approved, not in place yet*: the login is still to be put into the group."
        case .active: "*In the group*" + (request.endsAt.map { " until \(SlackText.date($0))" } ?? "") + standing
        case .ending: "*Being ended*\(byStopper): the login is still to be taken out of the group."
        case .ended where isDecisionOnly: "*Approved*: the flow asks for a decision only, and gives no access."
        case .ended: "*Ended*\(end)"
        case .denied: "*Denied* by \(request.rounds.first.map(decider) ?? "an approver")"
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
        case .approved where terms.placement == nil: "approved"
        case .approved: "approved, not in place yet"
        case .active: "in the group" + (request.endsAt.map { " until \(SlackText.date($0))" } ?? "") + shortExtension
        case .ending: "being ended"
        case .ended where isDecisionOnly: "approved"
        case .ended: "ended\(end)"
        case .denied: "denied by \(request.rounds.first.map(decider) ?? "an approver")"
        case .unanswered: "nobody decided in time"
        case .cancelled: "cancelled\(byStopper)"
        case .failed, .refused:
            "\(request.state.rawValue): \(SlackText.line(request.refusal?.reason ?? "no reason was given"))"
        }
    }

    private var shortExtension: String {
        guard let asked = request.pending?.offer.grant?.duration else { return "" }
        return "; \(asked.inWords) more asked for"
    }

    private var isDecisionOnly: Bool { request.end?.reason == .decided }

    /// Empty where it was nobody in particular: then the reason says it.
    private var byStopper: String {
        guard let stopped = request.stopped else { return "" }
        return stopped.by.map { " by \(Self.name($0))" } ?? " (\(SlackText.line(stopped.reason ?? "", limit: 300)))"
    }

    private var standing: String {
        request.rounds.first?.lease?.standing == true ? ". The login stood there before, and will stay." : ""
    }

    private var end: String {
        guard let end = request.end else { return "" }
        let why =
            switch end.reason {
            case .expired: "its time was up"
            case .revoked: request.stopped?.by.map { "\(Self.name($0)) ended it" } ?? "it was ended early"
            case .gone: "somebody else had taken the login out of the group"
            case .decided: "it was decided"
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

    static func quoted(_ text: String, _ title: String) -> String? {
        guard text.contains(where: { !$0.isWhitespace }) else { return nil }
        let lines = SlackText.escaped(text, limit: 2_400).split(separator: "\n", omittingEmptySubsequences: false)
            .prefix(40).map { "> \($0)" }
        return "*\(title)*\n\(lines.joined(separator: "\n"))"
    }

    static func name(_ person: PersonID) -> String { SlackText.line(person.rawValue, limit: 254) }

    static func name(_ caller: Caller) -> String {
        switch caller {
        case .person(let person): name(person)
        case .bot(let bot): "the bot \(bot)"
        }
    }
}

extension FieldValue {
    /// As it was answered.
    var inWords: String {
        switch self {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .flag(let flag): flag ? "yes" : "no"
        case .texts(let texts): texts.joined(separator: ", ")
        case .integers(let integers): integers.map { String($0) }.joined(separator: ", ")
        }
    }
}
