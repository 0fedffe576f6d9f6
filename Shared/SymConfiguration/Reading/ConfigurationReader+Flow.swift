import SymMessages

/// What a flow's rules and questions are read in.
struct FlowSurroundings {
    enum Gift {
        case targets(of: Configuration.Strategy)
        /// It only asks for approval.
        case nothing
        /// The strategy has problems of its own, which were reported.
        case unknown
    }

    var gift: Gift
    /// `nil` where a field could not be read, so that conditions cannot be checked.
    var scope: ConditionScope?

    var givesNothing: Bool { if case .nothing = gift { true } else { false } }

    var targets: [Configuration.Target]? {
        switch gift {
        case .targets(let strategy): strategy.targets
        case .nothing: []
        case .unknown: nil
        }
    }
}

extension ConfigurationReader {
    /// `nil` where anything in it has a problem.
    func flow(_ name: ResourceName, _ block: Attributes) -> Configuration.Flow? {
        let before = log.problems.count
        let vars = Dictionary(block.map("vars").map { ($0.value.key, $0.value.value) }) { first, _ in first }
        let environment = find(block.text("environment_id"), in: configuration.environments)
        guard let params = block.block("params") else { return nil }
        var surroundings = FlowSurroundings(gift: gift(params), scope: nil)
        let prompts = prompts(params, surroundings)
        surroundings.scope = fieldKinds(params).map {
            ConditionScope(groups: names(of: .group), fields: $0, vars: Set(vars.keys))
        }
        if params.isEmptyList("allowed_sources") {
            params.warn("allowed_sources", "is empty: the flow cannot be asked for")
        }
        let rules = rules(block, surroundings)
        guard let rules, block.isClean, log.problems.count == before else { return nil }
        let strategy: Configuration.Strategy?
        switch surroundings.gift {
        case .targets(let given): strategy = given
        case .nothing: strategy = nil
        case .unknown: return nil
        }
        return Configuration.Flow(
            name: name, label: block.label(name), environment: environment?.name, vars: vars, strategy: strategy,
            allowRevoke: params.flag("allow_revoke"),
            allowedSources: Set(
                (params.texts("allowed_sources") ?? []).compactMap { Submission.Channel(rawValue: $0.value) }),
            includesDecisionMessage: params.flag("include_decision_message"),
            headerText: params.text("additional_header_text")?.value,
            allowsGuestInteraction: params.flag("allow_guest_interaction"), prompts: prompts, rules: rules)
    }

    private func gift(_ params: Attributes) -> FlowSurroundings.Gift {
        guard params.isWritten("strategy_id") else { return .nothing }
        return find(params.text("strategy_id"), in: configuration.strategies).map { .targets(of: $0) } ?? .unknown
    }

    /// `nil` where one has a problem.
    private func rules(_ block: Attributes, _ surroundings: FlowSurroundings) -> [Configuration.Rule]? {
        let blocks = block.blocks("rules")
        if blocks.isEmpty, !block.isWritten("implementation"), !block.isWritten("rules") || block.isEmptyList("rules") {
            block.warn("rules", block.isWritten("rules") ? Self.noRules : "is missing, and \(Self.noRules)")
        }
        var names: Set<String> = []
        let rules = blocks.map { block in
            if let name = block.text("name"), !names.insert(name.value).inserted {
                block.report("name", "\"\(name.value)\" is the name of an earlier rule; events cite it")
            }
            return rule(block, surroundings)
        }
        let usable = rules.compactMap(\.self)
        return usable.count == rules.count ? usable : nil
    }

    private static let noRules = "without a rule every request is refused; say who may ask for what and who decides"
}
