import SymConfiguration
import SymMessages

/// A plan in words.
struct PlanStory {
    let plan: ConfigurationPlan
    let file: String
    /// Where the changes are; `nil`: in the plan's set.
    var place: String?

    var text: String {
        var lines = plan.isEmpty ? [] : plan.lines.map(\.onTerminal)
        lines += plan.problems.map { $0.description(file: file).onTerminal }
        lines += plan.warnings.map { "\($0.description(file: file)) (warning)".onTerminal }
        if !plan.leases.isEmpty { lines.append(Self.words(plan.leases)) }
        lines.append(summary)
        return lines.joined(separator: "\n")
    }

    /// What keeps it from being applied.
    var obstacle: String? {
        if !plan.problems.isEmpty { return "\(file) cannot be applied".onTerminal }
        guard !plan.leases.isEmpty else { return nil }
        return "Live leases need what would be removed or re-pointed. Wait until they ended, or let `symflow apply "
            + "--end-leases` end them."
    }

    static func words(_ leases: [LeaseAtRisk]) -> String {
        var table = Table(columns: ["REQUEST", "STATE", "PERSON", "TARGET", "WHY IT IS IN THE WAY"])
        table.rows = leases.map { ["\($0.request)", $0.state.rawValue, "\($0.person)", "\($0.target)", $0.reason] }
        return table.text
    }

    private var summary: String {
        func count(_ action: ResourceChange.Action) -> Int { plan.changes.count { $0.action == action } }
        let place = place ?? "the set \(plan.set)"
        if plan.isEmpty { return "no change to \(place)" }
        return "\(count(.add)) to add, \(count(.change)) to change, \(count(.remove)) to remove in \(place)"
    }
}
