import SymMessages

/// What a configuration can say and this version does not do yet: `validate` warns of it, and approval refuses what
/// would otherwise be decided by less than was written.
enum NotYet {
    /// Paths are relative to the flow.
    struct Finding: Hashable {
        var path: String
        var message: String
        /// Whether a request that needs it is refused; otherwise it goes on without.
        var isRefused: Bool

        init(_ path: String, refusing message: String) {
            self.path = path
            self.message = "\(message) comes in a later version; until then such a request is refused"
            isRefused = true
        }

        init(_ path: String, ignoring message: String) {
            self.path = path
            self.message = "\(message) is not done yet by this version"
            isRefused = false
        }
    }

    static func findings(in flow: Configuration.Flow) -> [Finding] {
        var findings: [Finding] = []
        if flow.strategy == nil {
            findings.append(
                Finding("params.strategy_id", refusing: "a flow without strategy_id, which gives nothing,"))
        }
        if flow.includesDecisionMessage {
            findings.append(
                Finding("params.include_decision_message", ignoring: "showing a text field beside the buttons"))
        }
        if flow.headerText != nil {
            findings.append(Finding("params.additional_header_text", ignoring: "showing it above the form"))
        }
        if flow.allowsGuestInteraction {
            findings.append(Finding("params.allow_guest_interaction", ignoring: "letting guests decide"))
        }
        for (index, rule) in flow.rules.enumerated() { findings += Self.findings(in: rule, "rules[\(index)].") }
        return findings
    }

    /// - Parameter path: before the rule's attributes.
    static func findings(in rule: Configuration.Rule, _ path: String = "") -> [Finding] {
        guard let grant = rule.grant else { return [] }
        var findings: [Finding] = []
        if grant.extending != nil { findings.append(Finding("\(path)extend", ignoring: "extending access")) }
        guard case .review(let review) = grant.approval else { return findings }
        if review.stages.count > 1 {
            findings.append(Finding("\(path)stages", refusing: "deciding in several stages"))
        }
        for (index, stage) in review.stages.enumerated() {
            findings += Self.findings(in: stage, "\(path)stages[\(index)].")
        }
        return findings
    }

    private static func findings(in stage: Configuration.Stage, _ path: String) -> [Finding] {
        var findings: [Finding] = []
        if stage.notify.isDirect {
            findings.append(Finding("\(path)notify.direct", ignoring: "telling approvers directly"))
        }
        if stage.notify.remindAfter != nil {
            findings.append(Finding("\(path)notify.remind_after", ignoring: "reminding approvers"))
        }
        if !stage.escalations.isEmpty {
            findings.append(Finding("\(path)escalate", refusing: "adding people while nobody decides"))
        }
        return findings
    }
}

extension Configuration.Rule {
    /// Why a request that this rule decides has to be refused by this version; `nil`: it can be decided.
    public var needsWhatIsMissing: String? { NotYet.findings(in: self).first { $0.isRefused }?.message }
}
