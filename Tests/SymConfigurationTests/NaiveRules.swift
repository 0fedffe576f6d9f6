/// The nine statements once more, as plainly as they can be written: shares no code with what it checks.
struct NaiveWorld: CustomStringConvertible {
    /// Whether its flow asks for decisions only: no targets, no durations.
    var givesNothing: Bool
    /// By first letters: `ana`.
    var roles: [String: String]
    var listed: [String: Set<String>]
    /// Kept in the directory: `nil` if nobody put them, and whether they are still valid.
    var kept: [String: (members: Set<String>, isValid: Bool)?]
    var botMayHaveItAutomatically: Bool
    var rules: [NaiveRule]

    var description: String {
        "\(givesNothing ? "gives nothing, " : "")roles \(roles.sorted { $0.key < $1.key }), kept \(kept.sorted { $0.key < $1.key }), bot automatic "
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
    /// By each escalation.
    var added: [NaiveAudience]
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
    /// Whom it is for.
    var person: String
    /// Who asks, if somebody else does.
    var asker: String?
    var byBot: Bool
    /// `nil` where nothing is given.
    var target: String?
    var duration: Int64?
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
        case .durationAtMost(let minutes): return request.duration.map { $0 <= minutes * 60 }
        case .isIn(let group): return world.members(group).map { $0.contains(request.person) }
        case .byBot: return request.byBot
        case .isFor(let target): return request.target.map { $0 == target }
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
    case review(rule: String, stages: [NaiveDeciders])
}

/// Who decides in a stage.
struct NaiveDeciders: Equatable {
    var name: String
    var required: Int
    var approvers: Set<String>
    /// Who may decide after each escalation.
    var escalated: [Set<String>]
}

struct NaiveJudge {
    let world: NaiveWorld
    let request: NaiveRequest
    /// Without a language every condition is a missing fact.
    let conditionsWork: Bool

    func verdict() -> NaiveVerdict {
        // Who asks for somebody else has to be a member, and both have to be known.
        if let asker = request.asker, world.roles[asker] ?? "guest" == "guest" { return .refused }
        if world.roles[request.person] == nil { return .refused }
        // (1)
        var order: [NaiveRule] = []
        for rule in world.rules where rule.kind == .deny { order.append(rule) }
        for rule in world.rules where rule.kind != .deny { order.append(rule) }
        for rule in order {
            // (3), (4)
            if let target = request.target, !rule.targets.contains(target) { continue }
            guard let asks = rule.kind == .deny ? isDenied(rule) : mayAsk(rule) else { return .refused }
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
        if rule.kind == .deny { return no }
        if let duration = request.duration, duration > rule.maxDuration { return no }
        if rule.kind == .automatic {
            if request.asker != nil { return no }
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
        var stages: [NaiveDeciders] = []
        var slots: [Set<String>] = []
        for stage in left {
            var people = deciders(stage.approvers, rule)
            var decides = NaiveDeciders(name: stage.name, required: stage.required, approvers: people, escalated: [])
            for added in stage.added {
                people.formUnion(deciders(added, rule))
                decides.escalated.append(people)
            }
            stages.append(decides)
            slots += Array(repeating: people, count: stage.required)
        }
        if !canFill(slots[...], without: []) { return no }
        return .review(rule: rule.name, stages: stages)
    }

    /// Tries everything.
    private func canFill(_ slots: ArraySlice<Set<String>>, without used: Set<String>) -> Bool {
        guard let first = slots.first else { return true }
        return first.subtracting(used).contains { canFill(slots.dropFirst(), without: used.union([$0])) }
    }

    private func value(_ condition: NaiveCondition) -> Bool? {
        conditionsWork ? condition.holds(request, world) : nil
    }

    /// Both of them, where one asks for the other; first the one who asks.
    private func mayAsk(_ rule: NaiveRule) -> Bool? {
        if let asker = request.asker {
            guard let asks = isNamed(asker, rule.requesters, denies: false) else { return nil }
            if !asks { return false }
        }
        return isNamed(request.person, rule.requesters, denies: false)
    }

    /// Either of them.
    private func isDenied(_ rule: NaiveRule) -> Bool? {
        let person = isNamed(request.person, rule.requesters, denies: true)
        guard let other = request.asker else { return person }
        let asker = isNamed(other, rule.requesters, denies: true)
        if person == true || asker == true { return true }
        return person == nil || asker == nil ? nil : false
    }

    private func isNamed(_ person: String, _ audience: NaiveAudience?, denies: Bool) -> Bool? {
        let role = world.roles[person]
        guard let audience else { return denies || role != "guest" }
        if audience.users.contains(person) { return true }
        if let role, audience.roles.contains(role) { return true }
        var isKnown = true
        for group in audience.groups {
            guard let members = world.members(group) else {
                isKnown = false
                continue
            }
            if members.contains(person) { return true }
        }
        return isKnown ? false : nil
    }

    private func deciders(_ audience: NaiveAudience, _ rule: NaiveRule) -> Set<String> {
        var people: Set<String> = []
        for (person, role) in world.roles where role != "guest" {
            if !rule.selfApproval, person == request.person || person == request.asker { continue }
            let isNamed =
                audience.users.contains(person) || audience.roles.contains(role)
                || audience.groups.contains { world.members($0)?.contains(person) == true }
            if isNamed { people.insert(person) }
        }
        return people
    }
}
