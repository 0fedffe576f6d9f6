import SymMessages

/// One evaluation of a flow's rules: the questions that a rule asks about its case.
struct RulePass {
    private let ruleCase: RuleCase
    private let directory: Directory
    private let now: Timestamp
    private let conditionFacts: ConditionFacts

    init(_ ruleCase: RuleCase, configuration: Configuration, directory: Directory, now: Timestamp) {
        self.ruleCase = ruleCase
        self.directory = directory
        self.now = now
        let flow = ruleCase.flow
        var groups: [String: Set<PersonID>] = [:]
        if flow.hasConditions {
            for group in configuration.groups.values {
                if case .known(let members) = directory.members(of: group, at: now) {
                    groups[group.name.rawValue] = members
                }
            }
        }
        conditionFacts = ConditionFacts(
            requester: ruleCase.person.id, bot: ruleCase.bot?.name, source: ruleCase.channel,
            target: ruleCase.target?.name, duration: ruleCase.duration, reason: ruleCase.reason,
            fields: ruleCase.fields, flow: flow.name, flowLabel: flow.label, environment: flow.environment,
            vars: flow.vars, time: ruleCase.time, groups: groups)
    }

    private var person: PersonID { ruleCase.person.id }

    /// The refusal where no rule holds.
    var noRule: Refusal {
        let wish = ruleCase.target.map { "have \"\($0.name)\"" } ?? "ask for it"
        return Refusal(.forbidden, "No rule of the flow \"\(ruleCase.flow.name)\" lets \(person) \(wish).")
    }

    /// Whether a rule holds: targets first, as they are never missing, then requesters, then `when`. What comes after
    /// the first part that does not hold is not asked.
    ///
    /// - Returns: with the refusal if it cannot be known.
    func look(at rule: Configuration.Rule) -> (RuleEvaluation.Step, missing: Refusal?) {
        func step(_ finding: RuleEvaluation.Finding, _ reason: String, _ facts: [FactUsed] = []) -> RuleEvaluation.Step
        {
            RuleEvaluation.Step(rule: rule.name, finding: finding, reason: reason, facts: facts)
        }
        if let target = ruleCase.target, !rule.targets.contains(target.name) {
            return (step(.passedOver, "\"\(target.name)\" is not among its targets"), nil)
        }
        let requester: String
        switch membership(in: rule) {
        case .named(let reason): requester = reason
        case .notNamed(let reason): return (step(.passedOver, reason), nil)
        case .unknown(let reason):
            return (
                step(.unknown, reason),
                Refusal(.forbidden, "The rule \"\(rule.name)\" cannot be applied, so nothing is granted: \(reason).")
            )
        }
        guard let condition = rule.condition else { return (step(.matches, requester), nil) }
        do throws(Refusal) {
            let verdict = try evaluate(condition, "the rule \"\(rule.name)\"")
            return verdict.holds
                ? (step(.matches, "\(requester), and its when holds", verdict.facts), nil)
                : (step(.passedOver, "\(requester), but its when does not hold", verdict.facts), nil)
        } catch {
            return (step(.unknown, "\(requester), but its when cannot be evaluated"), error)
        }
    }

    /// - Parameter place: completes "The when of …".
    func evaluate(_ condition: Condition, _ place: String) throws(Refusal) -> ConditionVerdict {
        do throws(ConditionFailure) {
            return try condition.evaluate(conditionFacts)
        } catch {
            throw Refusal(
                .forbidden, "The when of \(place) cannot be evaluated, so nothing is granted: \(error.message).")
        }
    }

    /// A longer request is refused, not cut.
    func check(_ grant: Configuration.Grant, of rule: Configuration.Rule) throws(Refusal) {
        guard let duration = ruleCase.duration, duration > grant.maxDuration else { return }
        throw Refusal(
            .invalid, field: "duration_seconds",
            "\(duration) is longer than the rule \"\(rule.name)\" allows (\(grant.maxDuration)). Ask for less.")
    }

    /// What a bot asks is approved without people only if its entry says so.
    func checkAutomatic(_ rule: Configuration.Rule) throws(Refusal) {
        if ruleCase.isOnBehalf {
            throw Refusal(
                .forbidden, field: "for",
                "The rule \"\(rule.name)\" approves automatically, and only what people ask for themselves.")
        }
        guard let bot = ruleCase.bot, !bot.allowsAutomatic else { return }
        throw Refusal(
            .forbidden,
            "The rule \"\(rule.name)\" approves automatically, and the entry of the bot \"\(bot.name)\" in the directory "
                + "does not allow it that (automatic).")
    }

    private enum Membership {
        case named(String)
        case notNamed(String)
        case unknown(String)

        var isNamed: Bool { if case .named = self { true } else { false } }
        var isUnknown: Bool { if case .unknown = self { true } else { false } }
    }

    /// Whether requesters name those who ask. Whoever asks for somebody else must be among them as well: the other's right
    /// is not theirs to use. What is denied to either is denied, or one would have another ask.
    private func membership(in rule: Configuration.Rule) -> Membership {
        let found = ruleCase.requesters.map { membership(of: $0, in: rule) }
        let decisive =
            rule.denies
            ? found.first(where: \.isNamed) ?? found.first(where: \.isUnknown) : found.first { !$0.isNamed }
        return decisive ?? membership(of: ruleCase.person, in: rule)
    }

    /// Whether requesters name the person. A group that is not known could have them, which is no "no": treated as
    /// empty it would let a stricter rule be passed over.
    private func membership(of who: DirectoryRecord.Person, in rule: Configuration.Rule) -> Membership {
        let person = who.id
        guard let audience = rule.requesters else {
            if rule.denies { return .named("it is for everybody") }
            return who.isGuest
                ? .notNamed("\(person) is a guest, and guests ask only where a rule names them")
                : .named("every member may ask")
        }
        if audience.users.contains(person) { return .named("\(person) is among its users") }
        if audience.roles.contains(who.role) {
            return .named("\(person) has the role \(who.role.rawValue)")
        }
        var unknown: String?
        for group in audience.groups {
            let state = directory.members(of: group, at: now)
            if case .known(let members) = state {
                if members.contains(person) { return .named("\(person) is in the group \"\(group.name)\"") }
            } else if unknown == nil {
                unknown =
                    "whether \(person) is in the group \"\(group.name)\" is not known, as \(state.absence ?? "")"
            }
        }
        return unknown.map { .unknown($0) } ?? .notNamed("\(person) is not among its requesters")
    }

    /// A stage with those who may decide in it, and notes on groups that count as empty.
    func resolve(
        _ stage: Configuration.Stage, of review: Configuration.Review
    ) -> (Decision.Stage, notes: [String]) {
        func deciders(_ audience: Configuration.Audience) -> Set<PersonID> {
            let people = directory.deciders(audience, at: now)
            return review.allowSelfApproval ? people : people.subtracting(ruleCase.concerned)
        }
        let approvers = deciders(stage.approvers)
        let groups = stage.approvers.groups + stage.escalations.flatMap(\.added.groups)
        let notes = groups.compactMap { group in
            directory.members(of: group, at: now).absence.map {
                "the group \"\(group.name)\" of the stage \"\(stage.name)\" counts as empty, as \($0)"
            }
        }
        let resolved = Decision.Stage(
            name: stage.name, approvers: approvers.sorted(), required: max(1, stage.required),
            channels: stage.notify.channels, remindAfter: stage.notify.remindAfter,
            escalations: stage.escalations.map { escalation in
                Decision.Escalation(
                    after: escalation.after, added: deciders(escalation.added).subtracting(approvers).sorted(),
                    channels: escalation.channels)
            })
        return (resolved, notes)
    }

    /// Why a request can never be approved, if it cannot.
    func shortage(of stages: [Decision.Stage], _ rule: Configuration.Rule) -> Refusal? {
        let people = stages.map { stage in
            StageMatching.Stage(required: stage.required, people: stage.everybody)
        }
        guard let shortage = StageMatching.shortage(of: people) else { return nil }
        let names = shortage.stages.map { "\"\(stages[$0].name)\"" }.joined(separator: ", ")
        let isOne = shortage.stages.count == 1
        let place = "the \(isOne ? "stage" : "stages") \(names) of the rule \"\(rule.name)\""
        guard shortage.people > 0 else {
            return Refusal(
                .forbidden,
                "Nobody may approve this request: \(place) \(isOne ? "names" : "name") nobody in the directory who may "
                    + "decide on it.")
        }
        return Refusal(
            .forbidden,
            isOne
                ? "This request can never be approved: \(place) asks for \(shortage.required) approvers, and only "
                    + "\(shortage.people) may decide on it."
                : "This request can never be approved: \(place) ask for \(shortage.required) different approvers, and "
                    + "only \(shortage.people) may decide on it.")
    }
}

extension Directory {
    /// Everybody whom an audience names and who may decide at all: members and administrators, never guests or people who
    /// are not in the directory. A group that is stale or was never put counts as empty.
    func deciders(_ audience: Configuration.Audience, at now: Timestamp) -> Set<PersonID> {
        var people = audience.users
        for case .known(let members) in audience.groups.map({ self.members(of: $0, at: now) }) {
            people.formUnion(members)
        }
        people = people.filter { person in self.person(person).map { !$0.isGuest } ?? false }
        if audience.roles.contains(.admin) { people.formUnion(admins) }
        if audience.roles.contains(.member) {
            for case .person(let person) in records.values where person.role == .member { people.insert(person.id) }
        }
        return people
    }
}

extension Directory {
    /// Whether a person is among the `deciders` of an audience, without naming the others.
    func decides(_ person: PersonID, in audience: Configuration.Audience, at now: Timestamp) -> Bool {
        guard let known = self.person(person), !known.isGuest else { return false }
        if audience.users.contains(person) || audience.roles.contains(known.role) { return true }
        return audience.groups.contains { group in
            if case .known(let members) = self.members(of: group, at: now) { members.contains(person) } else { false }
        }
    }
}

extension Directory.GroupMembers {
    /// Why the members are not known, completing "as …"; `nil` if they are.
    var absence: String? {
        switch self {
        case .known: nil
        case .stale(let end): "its list was valid until \(end)"
        case .neverPut: "nobody has put its members yet"
        }
    }
}

extension Configuration.Flow {
    fileprivate var hasConditions: Bool {
        rules.contains { $0.condition != nil || $0.stages.contains { $0.condition != nil } }
    }
}
