/// The nine statements once more, as plainly as they can be written: shares no code with what it checks.
struct NaiveWorld: CustomStringConvertible {
    /// By first letters: `ana`.
    var roles: [String: String]
    var listed: [String: Set<String>]
    /// Kept in the directory: `nil` if nobody put them, and whether they are still valid.
    var kept: [String: (members: Set<String>, isValid: Bool)?]
    var botMayHaveItAutomatically: Bool
    var rules: [NaiveRule]

    var description: String {
        "roles \(roles.sorted { $0.key < $1.key }), kept \(kept.sorted { $0.key < $1.key }), bot automatic "
            + "\(botMayHaveItAutomatically), rules \(rules)"
    }

    /// `nil`: not known.
    func members(_ group: String) -> Set<String>? {
        if let members = listed[group] { return members }
        guard let entry = kept[group], let list = entry, list.isValid else { return nil }
        return list.members
    }
}

struct NaiveAudience {
    var groups: [String] = []
    var users: Set<String> = []
    var roles: Set<String> = []
}

struct NaiveStage {
    var name: String
    var condition: NaiveCondition?
    var approvers: NaiveAudience
    var added: NaiveAudience?
    var required: Int
}

struct NaiveRule {
    enum Kind { case deny, automatic, stages }
    var name: String
    var kind: Kind
    var requesters: NaiveAudience?
    var targets: Set<String>
    var condition: NaiveCondition?
    var maxDuration: Int64
    var selfApproval: Bool
    var stages: [NaiveStage]
}

struct NaiveRequest {
    var person: String
    var byBot: Bool
    var target: String
    var duration: Int64
    var ticket: String?
}

indirect enum NaiveCondition {
    case durationAtMost(minutes: Int64)
    case isIn(group: String)
    case byBot
    case isFor(target: String)
    case ticket(String)
    case not(NaiveCondition)
    case and(NaiveCondition, NaiveCondition)
    case or(NaiveCondition, NaiveCondition)

    var text: String {
        switch self {
        case .durationAtMost(let minutes): "request.duration <= duration(\"\(minutes)m\")"
        case .isIn(let group): "request.requester in members(\"\(group)\")"
        case .byBot: "has(request.bot)"
        case .isFor(let target): "request.target == \"\(target)\""
        case .ticket(let ticket): "request.fields.ticket == \"\(ticket)\""
        case .not(let condition): "!(\(condition.text))"
        case .and(let first, let second): "(\(first.text)) && (\(second.text))"
        case .or(let first, let second): "(\(first.text)) || (\(second.text))"
        }
    }

    /// `nil`: a fact is missing.
    func holds(_ request: NaiveRequest, _ world: NaiveWorld) -> Bool? {
        switch self {
        case .durationAtMost(let minutes): return request.duration <= minutes * 60
        case .isIn(let group): return world.members(group).map { $0.contains(request.person) }
        case .byBot: return request.byBot
        case .isFor(let target): return request.target == target
        case .ticket(let ticket): return request.ticket.map { $0 == ticket }
        case .not(let condition): return condition.holds(request, world).map { !$0 }
        case .and(let first, let second):
            guard let value = first.holds(request, world) else { return nil }
            return value ? second.holds(request, world) : false
        case .or(let first, let second):
            guard let value = first.holds(request, world) else { return nil }
            return value ? true : second.holds(request, world)
        }
    }
}

enum NaiveVerdict: Equatable {
    case refused
    case refusedBy(rule: String)
    case automatic(rule: String)
    case review(rule: String, stages: [String], approvers: [Set<String>])
}

struct NaiveJudge {
    let world: NaiveWorld
    let request: NaiveRequest
    /// Without a language every condition is a missing fact.
    let conditionsWork: Bool

    func verdict() -> NaiveVerdict {
        // (1)
        var order: [NaiveRule] = []
        for rule in world.rules where rule.kind == .deny { order.append(rule) }
        for rule in world.rules where rule.kind != .deny { order.append(rule) }
        for rule in order {
            // (3), (4)
            if !rule.targets.contains(request.target) { continue }
            guard let asks = mayAsk(rule.requesters, denies: rule.kind == .deny) else { return .refused }
            if !asks { continue }
            if let condition = rule.condition {
                guard let holds = value(condition) else { return .refused }
                if !holds { continue }
            }
            return decide(rule)
        }
        return .refused
    }

    private func decide(_ rule: NaiveRule) -> NaiveVerdict {
        let no = NaiveVerdict.refusedBy(rule: rule.name)
        if rule.kind == .deny || request.duration > rule.maxDuration { return no }
        if rule.kind == .automatic {
            return request.byBot && !world.botMayHaveItAutomatically ? no : .automatic(rule: rule.name)
        }
        // (5)
        var left: [NaiveStage] = []
        for stage in rule.stages {
            if let condition = stage.condition {
                guard let holds = value(condition) else { return no }
                if !holds { continue }
            }
            left.append(stage)
        }
        if left.isEmpty { return no }
        // (6), (7), (9)
        let approvers = left.map { deciders($0.approvers, rule) }
        let possible = zip(left, approvers).map { stage, people in
            stage.added.map { people.union(deciders($0, rule)) } ?? people
        }
        var slots: [Set<String>] = []
        for (stage, people) in zip(left, possible) { slots += Array(repeating: people, count: stage.required) }
        if !canFill(slots[...], without: []) { return no }
        return .review(rule: rule.name, stages: left.map(\.name), approvers: approvers)
    }

    /// Tries everything.
    private func canFill(_ slots: ArraySlice<Set<String>>, without used: Set<String>) -> Bool {
        guard let first = slots.first else { return true }
        return first.subtracting(used).contains { canFill(slots.dropFirst(), without: used.union([$0])) }
    }

    private func value(_ condition: NaiveCondition) -> Bool? {
        conditionsWork ? condition.holds(request, world) : nil
    }

    private func mayAsk(_ audience: NaiveAudience?, denies: Bool) -> Bool? {
        let role = world.roles[request.person]
        guard let audience else { return denies || role != "guest" }
        if audience.users.contains(request.person) { return true }
        if let role, audience.roles.contains(role) { return true }
        var isKnown = true
        for group in audience.groups {
            guard let members = world.members(group) else {
                isKnown = false
                continue
            }
            if members.contains(request.person) { return true }
        }
        return isKnown ? false : nil
    }

    private func deciders(_ audience: NaiveAudience, _ rule: NaiveRule) -> Set<String> {
        var people: Set<String> = []
        for (person, role) in world.roles where role != "guest" {
            if !rule.selfApproval, person == request.person { continue }
            let isNamed =
                audience.users.contains(person) || audience.roles.contains(role)
                || audience.groups.contains { world.members($0)?.contains(person) == true }
            if isNamed { people.insert(person) }
        }
        return people
    }
}
