import SymMessages

/// What a configuration can say and this version does not do yet: `validate` warns of it.
enum NotYet {
    /// Paths are relative to the flow.
    struct Finding: Hashable {
        var path: String
        var message: String

        init(_ path: String, _ message: String) {
            self.path = path
            self.message = "\(message) is not done yet by this version"
        }
    }

    static func findings(in flow: Configuration.Flow) -> [Finding] {
        var findings: [Finding] = []
        if flow.includesDecisionMessage {
            findings.append(Finding("params.include_decision_message", "showing a text field beside the buttons"))
        }
        if flow.headerText != nil {
            findings.append(Finding("params.additional_header_text", "showing it above the form"))
        }
        if flow.allowsGuestInteraction {
            findings.append(Finding("params.allow_guest_interaction", "letting guests decide"))
        }
        for (index, rule) in flow.rules.enumerated() {
            for (position, stage) in rule.stages.enumerated() where stage.notify.isDirect {
                findings.append(
                    Finding("rules[\(index)].stages[\(position)].notify.direct", "telling approvers directly"))
            }
        }
        return findings
    }
}
