import SymMessages

/// Rules that never decide, as an earlier one without `when` takes all that they would.
struct RuleShadows {
    /// How many people are compared at most; what is left then is not claimed.
    private var budget = 1_000_000

    static func findings(in flow: Configuration.Flow) -> [RuleCheck.Finding] {
        var shadows = RuleShadows()
        return shadows.findings(in: flow)
    }

    private mutating func findings(in flow: Configuration.Flow) -> [RuleCheck.Finding] {
        let rules = flow.rules.enumerated().map { (index: $0.offset, rule: $0.element) }
        let ordered = rules.filter(\.rule.denies) + rules.filter { !$0.rule.denies }
        var findings: [(index: Int, finding: RuleCheck.Finding)] = []
        for (place, later) in ordered.enumerated() {
            for earlier in ordered[..<place] where earlier.rule.condition == nil {
                guard covers(earlier.rule, later.rule) else { continue }
                let verb = earlier.rule.denies ? "refuses" : "takes"
                let order =
                    earlier.index < later.index ? "before it" : "further down, as all deny rules are looked at first,"
                let finding = RuleCheck.Finding(
                    path: "rules[\(later.index)]",
                    message: "is never reached: the rule \"\(earlier.rule.name)\" \(order) \(verb) every request that "
                        + "\"\(later.rule.name)\" could match")
                findings.append((later.index, finding))
                break
            }
        }
        return findings.sorted { $0.index < $1.index }.map(\.finding)
    }

    private mutating func covers(_ earlier: Configuration.Rule, _ later: Configuration.Rule) -> Bool {
        guard budget > 0 else { return false }
        budget -= later.targets.count
        return earlier.targets.isSuperset(of: later.targets) && covers(earlier.requesters, later.requesters)
    }

    /// Whether everybody whom the second names is named by the first, whoever is in the directory.
    private mutating func covers(_ outer: Configuration.Audience?, _ inner: Configuration.Audience?) -> Bool {
        let members: Set<DirectoryRecord.Person.Role> = [.member, .admin]
        guard let outer else {
            // Anybody named by e-mail or in a group may be a guest.
            guard let inner else { return true }
            return inner.groups.isEmpty && inner.users.isEmpty && inner.roles.isSubset(of: members)
        }
        if outer.roles.count == DirectoryRecord.Person.Role.allCases.count { return true }
        guard let inner else { return outer.roles.isSuperset(of: members) }
        guard outer.roles.isSuperset(of: inner.roles) else { return false }
        let groups = Set(outer.groups.map(\.name))
        let others = inner.groups.filter { !groups.contains($0.name) }
        var lists: [Set<PersonID>] = []
        for group in outer.groups {
            if case .members(let people) = group.source { lists.append(people) }
        }
        func isNamed(_ people: Set<PersonID>) -> Bool {
            people.allSatisfy { person in
                budget -= lists.count + 1
                return budget > 0 && (outer.users.contains(person) || lists.contains { $0.contains(person) })
            }
        }
        for group in others {
            guard case .members(let people) = group.source, isNamed(people) else { return false }
        }
        return isNamed(inner.users)
    }
}
