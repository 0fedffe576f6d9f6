import SymMessages

extension ConfigurationReader {
    func flow(_ name: ResourceName, _ block: inout AttributeReader) -> Configuration.Flow? {
        let label = block.nameAndLabel(name)
        block.refuse("implementation", "is not supported: it held Python, which is not run; write rules")
        if let vars = block.node("vars"), vars.json != .object([:]) {
            block.report("vars", "is not supported yet by this version; leave it out")
        }
        let environment = resolve(block.text("environment_id"), .environment, in: configuration.environments)
        block.missing("rules", "says who may ask for what and who decides")
        guard var params = block.block("params") else {
            block.missing("params", "says what the flow gives: params.strategy_id")
            _ = block.node("rules")
            return nil
        }
        let strategy = strategy(&params)
        let allowRevoke = params.flag("allow_revoke", default: true)
        params.flag("schedule_deescalation", mustBe: true, "false is refused: every lease ends")
        params.flag(
            "include_decision_message", mustBe: false, "true is not supported yet by this version")
        params.flag("allow_guest_interaction", mustBe: false, "true is not supported yet by this version")
        params.refuse("additional_header_text", "is not supported yet by this version")
        let sources = sources(&params)
        let prompts = prompts(&params)
        params.finish()

        let rules = rules(&block, strategy)
        guard let strategy else { return nil }
        return Configuration.Flow(
            name: name, label: label, environment: environment?.name, strategy: strategy, allowRevoke: allowRevoke,
            allowedSources: sources, prompts: prompts, rules: rules)
    }

    private func strategy(_ params: inout AttributeReader) -> Configuration.Strategy? {
        guard let reference = params.text("strategy_id") else {
            params.missing(
                "strategy_id", "names the sym_strategy (flows that only ask for approval are not supported yet)")
            return nil
        }
        return resolve(reference, .strategy, in: configuration.strategies)
    }

    private func sources(_ params: inout AttributeReader) -> Set<Submission.Channel> {
        guard let texts = params.texts("allowed_sources") else { return [.slack, .api] }
        return Set(texts.compactMap { params.choice($0, among: [Submission.Channel.slack, .api, .kafka]) })
    }

    private func rules(
        _ block: inout AttributeReader, _ strategy: Configuration.Strategy?
    ) -> [Configuration.Rule] {
        guard var readers = block.blocks("rules") else { return [] }
        if block.isEmptyList("rules") {
            block.report("rules", "is empty; without a rule every request is refused")
        }
        var names: Set<String> = []
        var rules: [Configuration.Rule] = []
        for index in readers.indices {
            let rule = rule(&readers[index], strategy)
            readers[index].finish()
            guard let rule else { continue }
            if !names.insert(rule.name).inserted {
                readers[index].report("name", "\"\(rule.name)\" is the name of an earlier rule; events cite it")
            }
            rules.append(rule)
        }
        return rules
    }
}
