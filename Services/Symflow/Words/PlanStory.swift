import SymMessages

/// A plan in words.
struct PlanStory {
    let plan: PlanDocument
    let file: String

    var text: String {
        var lines: [String] = []
        for change in plan.changes {
            lines.append("\(Self.sign(change.action)) \(change.resource)".onTerminal)
            lines += (change.attributes ?? []).map { "    \(Self.words($0))".onTerminal }
        }
        lines += (plan.problems ?? []).map { $0.words(file: file) }
        lines += (plan.warnings ?? []).map { $0.words(file: file) + " (warning)" }
        if let leases = plan.leases, !leases.isEmpty { lines.append(Self.words(leases)) }
        lines.append(summary)
        return lines.joined(separator: "\n")
    }

    /// What keeps it from being applied.
    var obstacle: String? {
        if let problems = plan.problems, !problems.isEmpty { return "\(file) cannot be applied".onTerminal }
        if let leases = plan.leases, !leases.isEmpty {
            return "Live leases need what would be removed or re-pointed. End them, wait until they ended, or let "
                + "`symflow apply --end-leases` end them."
        }
        return nil
    }

    static func words(_ leases: [LiveLease]) -> String {
        var table = Table(columns: ["LEASE", "STATE", "PERSON", "TARGET", "NEEDS"])
        table.rows = leases.map { [$0.request, $0.state, $0.person ?? "", $0.target ?? "", $0.reason ?? ""] }
        return table.text
    }

    private var summary: String {
        func count(_ action: String) -> Int { plan.changes.count { $0.action == action } }
        let set = "the set \(plan.set)".onTerminal
        if plan.changes.isEmpty { return "No change to \(set)." }
        return "\(count("add")) to add, \(count("change")) to change, \(count("remove")) to remove in \(set)."
    }

    private static func sign(_ action: String) -> String {
        switch action {
        case "add": "+"
        case "change": "~"
        case "remove": "-"
        default: action
        }
    }

    private static func words(_ attribute: PlanDocument.Attribute) -> String {
        func text(_ value: JSONValue) -> String { String(decoding: value.canonical, as: UTF8.self) }
        return switch (attribute.before, attribute.after) {
        case (let before?, let after?): "\(attribute.path): \(text(before)) -> \(text(after))"
        case (nil, let after?): "\(attribute.path): \(text(after))"
        case (let before?, nil): "\(attribute.path): \(text(before)) -> nothing"
        case (nil, nil): attribute.path
        }
    }
}
