import SymMessages

extension Explanation {
    /// The explanation as a person reads it, one line each.
    ///
    /// - Parameter positions: the lines of the flow's rules in its file, where one is at hand:
    ///   `ConfigurationSource.ruleLines`.
    public func lines(positions: [String: Int] = [:]) -> [String] {
        func name(_ rule: String) -> String {
            positions[rule].map { "\"\(rule)\" (line \($0))" } ?? "\"\(rule)\""
        }
        var lines: [String] = []
        switch (verdict, rule) {
        case (.refused, let rule?): lines.append("Refused by the rule \(name(rule)).")
        case (.refused, nil): lines.append("Refused.")
        case (.automatic, let rule): lines.append("Approved automatically by the rule \(name(rule ?? "")).")
        case (.review, let rule): lines.append("People decide, by the rule \(name(rule ?? "")).")
        }
        if let reason { lines.append("  \(reason)") }
        if !rules.isEmpty {
            lines += ["", "Rules, in the order in which they were looked at:"]
            for (index, rule) in rules.enumerated() {
                lines.append("  \(index + 1). \(name(rule.name)): \(rule.verdict.words): \(rule.reason).")
                lines += rule.facts.map { "       \($0.name) = \($0.value)" }
            }
        }
        if !stages.isEmpty {
            lines += ["", "Who may approve:"]
            for stage in stages {
                let people =
                    stage.approvers.isEmpty ? "nobody" : stage.approvers.map(\.rawValue).joined(separator: ", ")
                lines.append("  stage \"\(stage.name)\", \(stage.required) of: \(people)")
            }
        }
        return lines
    }
}

extension RuleEvaluation.Finding {
    fileprivate var words: String {
        switch self {
        case .matches: "decides"
        case .passedOver: "passed over"
        case .unknown: "cannot be applied"
        }
    }
}

extension ConfigurationSource {
    /// The lines of a flow's rules, by name; empty for what was not read from YAML.
    public func ruleLines(of flow: ResourceName) -> [String: Int] {
        guard let rules = root["sym_flow"]?[flow.rawValue]?["rules"], case .list(let elements) = rules.content else {
            return [:]
        }
        var lines: [String: Int] = [:]
        for element in elements {
            guard case .text(let name)? = element["name"]?.content, let line = element.line else { continue }
            lines[name] = lines[name] ?? line
        }
        return lines
    }
}

extension SourceNode {
    fileprivate subscript(_ key: String) -> SourceNode? {
        guard case .map(let members) = content else { return nil }
        return members.first { $0.key == key }?.value
    }
}
