import SymMessages

/// How the rounds stand: who is asked, and who decided.
extension SlackRequestWords {
    /// As many extensions are told, the last ones.
    private static let mostExtensions = 3

    /// What is asked for and waits, with those who may decide now.
    func waiting(_ round: Round) -> String {
        guard let stage = round.stage, !round.isAutomatic else {
            return "*Approved by its rule, automatically*: not in place yet."
        }
        let until = "*Waits for a decision* until \(SlackText.date(round.pendingUntil))"
        let stages = round.decision.stages.count
        let place = stages > 1 ? " (\(round.openStage + 1) of \(stages))" : ""
        return "\(until): \(stage.required) of \(Self.names(round.asked))\n"
            + "Stage “\(SlackText.line(stage.name, limit: 120))”\(place): \(round.approvals) of \(stage.required) said yes"
    }

    /// Who said yes, with what they said.
    func votes(_ round: Round) -> [String] {
        if let approval = round.approval, approval.vote == nil { return ["Approved by its rule, automatically"] }
        guard !round.votes.isEmpty else { return [] }
        return ["Approved by \(Self.voices(round.votes))"]
    }

    /// Who said no, and why.
    func decider(_ round: Round) -> String { round.denial.map { Self.voices([$0], limit: 600) } ?? "an approver" }

    /// The extensions that were asked for: what is asked now, and what became of those before.
    var extensions: [String] {
        request.isFrozen ? [] : request.rounds.dropFirst().suffix(Self.mostExtensions).map(line)
    }

    /// Why more is asked for, where that is another reason than the first.
    var reasonForMore: String? {
        guard let round = request.pending, round.isExtension, round.offer.reason != terms.offer.reason else {
            return nil
        }
        return round.offer.reason.flatMap { Self.quoted($0, "Reason for more") }
    }

    private func line(_ round: Round) -> String {
        let more = "\(round.offer.grant?.duration.inWords ?? "more") more"
        let asked = "*\(Self.name(round.offer.askedBy))* asked for *\(more)* (round \(round.number))"
        let told = votes(round).first.map { " \($0)." } ?? ""
        switch round.progress {
        case .pending:
            return ([asked, waiting(round)] + votes(round)).joined(separator: "\n")
        case .closed where round.denial != nil: return "\(asked): *denied* by \(decider(round))"
        case .closed: return "\(asked): nothing came of it"
        case .approved: return "\(asked): *approved, not in place yet*.\(told)"
        case .active: return "\(asked): *extended*.\(told)"
        case .over(_, .some): return "\(asked): it was extended.\(told)"
        case .over(_, nil): return "\(asked): it was approved and never came to be in place"
        }
    }

    /// Calls on those who may decide and have not.
    var reminder: String {
        guard let round = request.pending else { return "*\(summary)*" }
        let what =
            round.isExtension
            ? "\(Self.name(round.offer.askedBy)) asks for \(round.offer.grant?.duration.inWords ?? "") more of \(plainSubject)"
            : summary
        return "*\(what)*: this waits for \(Self.names(round.missing)) until \(SlackText.date(round.pendingUntil)). "
            + "The buttons are on its card."
    }

    static func names(_ people: [PersonID]) -> String {
        let names = people.prefix(8).map { name($0) }
        return names.joined(separator: ", ")
            + (people.count > names.count ? " and \(people.count - names.count) more" : "")
    }

    private static func voices(_ votes: [Fact.Vote], limit: Int = 200) -> String {
        let voices = votes.prefix(10).map { vote in
            name(vote.voter) + (vote.message.map { ": “\(SlackText.line($0, limit: limit))”" } ?? "")
        }
        return voices.joined(separator: ", ") + (votes.count > 10 ? " and \(votes.count - 10) more" : "")
    }
}
