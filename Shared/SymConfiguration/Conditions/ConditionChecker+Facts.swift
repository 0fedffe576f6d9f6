import SymMessages

extension ConditionChecker {
    /// What a path such as `request.fields.ticket` names.
    func fact(_ path: ConditionSyntax.Path) throws(ConditionProblem) -> ConditionFact {
        let spelling = "\(path.root.name).\(path.name.name)"
        let cited = "\(path.root.name).\(path.name.name.prefix(60))"
        if spelling == "request.fields" || spelling == "flow.vars" {
            guard let member = path.member else {
                throw ConditionProblem(at: path.root.position, "\(cited) is not a fact; write \(cited).<name>")
            }
            return spelling == "flow.vars" ? try variable(member) : try field(member, at: path.root.position)
        }
        guard let fact = ConditionFact.plain.first(where: { $0.spelling == spelling }) else {
            let siblings = (ConditionFact.plain.map(\.spelling) + ["request.fields", "flow.vars"])
                .filter { $0.hasPrefix("\(path.root.name).") }.map { String($0.dropFirst(path.root.name.count + 1)) }
            throw ConditionProblem(
                at: path.root.position,
                "\(cited) is not a fact\(NearestName.suggestion(for: path.name.name, among: siblings))")
        }
        if let member = path.member {
            throw ConditionProblem(at: member.position, "\(cited) is \(fact.type) and has no parts")
        }
        return fact
    }

    private func field(_ part: ConditionSyntax.Part, at root: Int) throws(ConditionProblem) -> ConditionFact {
        if let kind = scope.fields[part.name] { return .field(part.name, kind.type) }
        let own = [
            Configuration.Prompt.reasonName: ConditionFact.reason, Configuration.Prompt.durationName: .duration,
            Configuration.Prompt.targetName: .target,
        ]
        if let fact = own[part.name] {
            throw ConditionProblem(
                at: root, "the field \(part.name) is a part of every request; write \(fact.spelling)")
        }
        let hint = NearestName.suggestion(for: part.name, among: scope.fields.keys)
        throw ConditionProblem(
            at: part.position, "the flow has no prompt_field \"\(part.name.prefix(60))\"\(hint)")
    }

    private func variable(_ part: ConditionSyntax.Part) throws(ConditionProblem) -> ConditionFact {
        guard scope.vars.contains(part.name) else {
            let hint = NearestName.suggestion(for: part.name, among: scope.vars)
            throw ConditionProblem(
                at: part.position, "the flow's vars have no key \"\(part.name.prefix(60))\"\(hint)")
        }
        return .variable(part.name)
    }

    static func operand(_ fact: ConditionFact, in scope: ConditionScope) -> ConditionOperand {
        let origin = ConditionOperand.Origin(domain: domain(of: fact, in: scope))
        return switch fact.type {
        case .bool: .formula(.flag(fact))
        case .int: .int(.fact(fact))
        case .duration: .duration(.fact(fact))
        case .string: .text(.fact(fact), origin)
        case .strings: .texts(.fact(fact), origin)
        case .ints: .ints(.fact(fact))
        }
    }

    private static func domain(of fact: ConditionFact, in scope: ConditionScope) -> TextDomain {
        switch fact {
        case .requester: return .person
        case .source: return .oneOf([Submission.Channel.slack, .api, .kafka].map(\.rawValue))
        case .field(let name, _):
            switch scope.fields[name] {
            case .person, .people: return .person
            case .text(let allowed) where !allowed.isEmpty, .texts(let allowed) where !allowed.isEmpty:
                return .oneOf(allowed)
            default: return .any
            }
        case .bot, .target, .duration, .reason, .requestFlow, .flowName, .flowLabel, .environment, .variable:
            return .any
        }
    }
}

extension Configuration.Prompt.Kind {
    fileprivate var type: ConditionType {
        switch self {
        case .text, .person: .string
        case .integer: .int
        case .flag: .bool
        case .duration: .duration
        case .people, .texts: .strings
        case .integers: .ints
        }
    }
}
