import SymMessages

extension ConfigurationReader {
    private static let outcomes = ["deny", "approve", "stages"]

    /// `nil` where anything in it has a problem.
    func rule(_ block: Attributes, _ surroundings: FlowSurroundings) -> Configuration.Rule? {
        let before = log.problems.count
        checkOutcome(block)
        if surroundings.givesNothing {
            refuse(
                ["targets", "max_duration", "grant_within", "extend"], of: block,
                "a flow that gives nothing (params.strategy_id is absent)")
        }
        var requesters: Configuration.Audience?
        if let reader = block.block("requesters") {
            if Self.namesNobody(reader) {
                block.report("requesters", "names nobody; leave it out to let every member ask")
            }
            guard let audience = audience(reader) else { return nil }
            requesters = audience
        }
        let targets = targets(block, surroundings)
        let condition = condition("when", of: block, surroundings)
        let outcome = outcome(block, surroundings)
        guard let name = block.text("name"), let outcome, let targets, block.isClean, log.problems.count == before
        else { return nil }
        return Configuration.Rule(
            name: name.value, requesters: requesters, targets: targets, condition: condition, outcome: outcome)
    }

    private func checkOutcome(_ block: Attributes) {
        let written = Self.outcomes.filter(block.isWritten)
        if written.isEmpty {
            block.missing("stages", "says who decides (or write deny, or approve: automatically)")
        }
        for other in written.dropFirst() {
            block.report(
                other, "cannot stand beside \(written[0]); a rule has exactly one of deny, approve and stages")
        }
        guard written.count == 1 else { return }
        let review = ["pending_for", "allow_self_approval", "require_decision_message"]
        switch written[0] {
        case "deny": refuse(["max_duration", "grant_within", "extend"] + review, of: block, "a rule that denies")
        case "approve": refuse(review, of: block, "a rule that approves automatically")
        default: break
        }
    }

    private func refuse(_ names: [String], of block: Attributes, _ place: String) {
        for name in names where block.isWritten(name) {
            block.report(name, "has no meaning in \(place); remove it")
        }
    }

    private func outcome(_ block: Attributes, _ surroundings: FlowSurroundings) -> Configuration.Rule.Outcome? {
        if let message = block.text("deny") { return .deny(message: message.value) }
        guard let maxDuration = block.duration("max_duration"), let grantWithin = block.duration("grant_within") else {
            return nil
        }
        let approval: Configuration.Grant.Approval?
        if block.isWritten("approve") {
            approval = block.text("approve").map { _ in .automatic }
        } else {
            approval = review(block, surroundings).map { .review($0) }
        }
        let extending = extending(block)
        guard let approval else { return nil }
        return .grant(
            Configuration.Grant(
                maxDuration: maxDuration, grantWithin: grantWithin, extending: extending, approval: approval))
    }

    private func extending(_ block: Attributes) -> Configuration.Extension? {
        guard let extend = block.block("extend"), let approve = extend.text("approve"),
            let approval = Configuration.Extension.Approval(rawValue: approve.value)
        else { return nil }
        if approval == .again, block.isWritten("approve") {
            extend.report("approve", "must be automatically: the rule has no stages to ask again")
        }
        guard let times = extend.whole("times"), let by = extend.duration("by") else { return nil }
        return Configuration.Extension(times: times, by: by, approval: approval)
    }

    private func review(_ block: Attributes, _ surroundings: FlowSurroundings) -> Configuration.Review? {
        guard let pendingFor = block.duration("pending_for") else { return nil }
        let blocks = block.blocks("stages")
        if block.isEmptyList("stages") { block.report("stages", "is empty; name at least one stage") }
        var names: Set<String> = []
        let stages = blocks.compactMap { stage in
            if let name = stage.text("name"), !names.insert(name.value).inserted {
                stage.report("name", "\"\(name.value)\" is the name of an earlier stage")
            }
            return self.stage(stage, pendingFor, surroundings)
        }
        guard !stages.isEmpty, stages.count == blocks.count else { return nil }
        return Configuration.Review(
            pendingFor: pendingFor, allowSelfApproval: block.flag("allow_self_approval"),
            requireDecisionMessage: Set(
                (block.texts("require_decision_message") ?? []).compactMap {
                    Decision.Choice(rawValue: $0.value)
                }),
            stages: stages)
    }

    private func targets(_ block: Attributes, _ surroundings: FlowSurroundings) -> Set<ResourceName>? {
        let all = surroundings.targets.map { Set($0.map(\.name)) }
        if block.isEmptyList("targets") {
            block.report("targets", "is empty; leave it out for all targets of the strategy")
        }
        guard let texts = block.texts("targets") else { return all }
        if case .targets(let strategy) = surroundings.gift, let all {
            for text in texts where !all.contains(where: { $0.rawValue == text.value }) {
                log.report(
                    line: text.line, path: text.path,
                    "\"\(text.value)\" is not among the targets of the strategy \"\(strategy.name)\"")
            }
        }
        return Set(texts.compactMap { ResourceName(rawValue: $0.value) })
    }

    func condition(_ name: String, of block: Attributes, _ surroundings: FlowSurroundings) -> Condition? {
        guard let text = block.text(name), let scope = surroundings.scope else { return nil }
        do {
            return try Condition(parsing: text.value, in: scope)
        } catch {
            block.report(name, "column \(error.column): \(error.message)")
            return nil
        }
    }

    /// `nil` where a group has problems of its own, which were reported.
    func audience(_ block: Attributes) -> Configuration.Audience? {
        let texts = block.texts("groups") ?? []
        let groups = texts.compactMap { find($0, in: configuration.groups) }
        guard groups.count == texts.count, block.isClean else { return nil }
        return Configuration.Audience(
            groups: groups, users: block.people("users") ?? [],
            roles: Set(
                (block.texts("roles") ?? []).compactMap { DirectoryRecord.Person.Role(rawValue: $0.value) }))
    }

    static func namesNobody(_ block: Attributes) -> Bool {
        block.isClean
            && ["groups", "users", "roles"].allSatisfy { !block.isWritten($0) || block.isEmptyList($0) }
    }
}
