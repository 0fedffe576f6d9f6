import SymMessages

extension ConfigurationReader {
    /// What Sym offers where a flow has no `duration` field.
    private static let durationsOfSym = [Seconds(30), Seconds(600), Seconds(3_600)]

    private static let specialNames = [
        Configuration.Prompt.reasonName: "Reason", Configuration.Prompt.durationName: "Duration",
        Configuration.Prompt.targetName: "Target",
    ]

    func prompts(_ params: Attributes, _ surroundings: FlowSurroundings) -> [Configuration.Prompt] {
        var prompts: [Configuration.Prompt] = []
        var names: Set<String> = []
        for field in params.blocks("prompt_field") {
            guard let name = field.text("name") else { continue }
            if !names.insert(name.value).inserted { field.report("name", "\"\(name.value)\" is asked already") }
            if let prompt = prompt(name.value, field, surroundings) { prompts.append(prompt) }
        }
        if !names.contains(Configuration.Prompt.durationName), !surroundings.givesNothing {
            prompts.append(
                Configuration.Prompt(
                    name: Configuration.Prompt.durationName, label: "Duration",
                    kind: .duration(allowed: Self.durationsOfSym)))
        }
        return prompts
    }

    /// The types of the fields that conditions can read; `nil` where one cannot be told.
    func fieldKinds(_ params: Attributes) -> [String: Configuration.Prompt.Kind]? {
        var kinds: [String: Configuration.Prompt.Kind] = [:]
        for field in params.blocks("prompt_field") {
            guard let name = field.text("name")?.value, let type = type(of: field) else { return nil }
            if Self.specialNames[name] == nil { kinds[name] = type.kind(allowed: []) }
        }
        return kinds
    }

    private func type(of field: Attributes) -> PromptType? {
        field.text("type").flatMap { PromptType(rawValue: $0.value) }
    }

    private func prompt(
        _ name: String, _ field: Attributes, _ surroundings: FlowSurroundings
    ) -> Configuration.Prompt? {
        checkPlace(name, field, surroundings)
        guard let type = type(of: field) else { return nil }
        let isTarget = name == Configuration.Prompt.targetName
        if let expected = Self.type(ofSpecial: name), type != expected {
            field.report("type", "must be \(expected.rawValue) for this field, not \"\(type.rawValue)\"")
            return nil
        }
        var allowed: [FieldValue] = []
        if isTarget {
            if field.isWritten("allowed_values") {
                field.warn("allowed_values", "is not used for target_id: the choices are the strategy's targets")
            }
        } else {
            allowed = allowedValues(field, type)
        }
        let isVisible = field.flag("visible")
        let value = defaultValue(field, type, among: allowed)
        if !isVisible, value == nil, !isTarget {
            field.warn("visible", "false: nobody is asked, and there is no default; the field is always empty")
        }
        return Configuration.Prompt(
            name: name, label: field.text("label")?.value ?? Self.specialNames[name] ?? name,
            kind: type.kind(allowed: allowed), isRequired: field.flag("required") && isVisible, isVisible: isVisible,
            defaultValue: value)
    }

    private static func type(ofSpecial name: String) -> PromptType? {
        switch name {
        case Configuration.Prompt.reasonName, Configuration.Prompt.targetName: .text
        case Configuration.Prompt.durationName: .duration
        default: nil
        }
    }

    /// What must hold of the fields that are parts of every request.
    private func checkPlace(_ name: String, _ field: Attributes, _ surroundings: FlowSurroundings) {
        switch name {
        case Configuration.Prompt.durationName, Configuration.Prompt.targetName:
            if surroundings.givesNothing {
                field.report(
                    "name",
                    "\"\(name)\" has no place in a flow that gives nothing; name a sym_strategy in params.strategy_id or "
                        + "remove the field")
            }
            if !field.flag("required") {
                field.report(
                    "required",
                    name == Configuration.Prompt.durationName
                        ? "must be true: every lease ends" : "must be true: every access has a target")
            }
        default: return
        }
        if name == Configuration.Prompt.durationName {
            field.missing("allowed_values", "lists the durations that can be asked for, such as [30m, 1h]")
            if !field.flag("visible") { field.report("visible", "must be true: every lease ends") }
        } else {
            if field.isWritten("default") {
                field.report("default", "is not supported for target_id; a flow with one target needs none")
            }
            if !field.flag("visible"), (surroundings.targets?.count ?? 0) > 1 {
                field.report("visible", "must be true: the strategy has several targets to choose from")
            }
        }
    }

    private func allowedValues(_ field: Attributes, _ type: PromptType) -> [FieldValue] {
        guard let nodes = field.nodes("allowed_values") else { return [] }
        guard type.canHaveAllowedValues else {
            field.report("allowed_values", "cannot be given for a field of the type \(type.rawValue); leave it out")
            return []
        }
        guard !nodes.isEmpty else {
            field.report("allowed_values", "is empty; list what can be answered, or leave it out for anything")
            return []
        }
        guard nodes.count <= 100 else {
            field.report("allowed_values", "has \(nodes.count) values; Slack shows at most 100")
            return []
        }
        var seen: Set<FieldValue> = []
        return nodes.compactMap { node in
            guard let value = type.answer(node, field) else { return nil }
            let text = type.text(of: value)
            if !seen.insert(value).inserted {
                log.report(line: node.line, path: node.path, "\(text) is in the list already")
            }
            if text.count > 55 {
                log.report(
                    line: node.line, path: node.path, "has \(text.count) characters; a choice in Slack has at most 55")
            }
            return value
        }
    }

    private func defaultValue(
        _ field: Attributes, _ type: PromptType, among allowed: [FieldValue]
    ) -> FieldValue? {
        guard let node = field.nodes("default")?.first else { return nil }
        guard type.canHaveDefault else {
            field.report("default", "cannot be given for a field of the type \(type.rawValue); leave it out")
            return nil
        }
        guard let value = type.answer(node, field) else { return nil }
        if !allowed.isEmpty, !allowed.contains(value) {
            let texts = allowed.map(type.text)
            let text = type.text(of: value)
            field.report(
                "default", "\"\(text)\" is not among the allowed_values\(log.suggestion(for: text, among: texts))")
        }
        return value
    }
}
