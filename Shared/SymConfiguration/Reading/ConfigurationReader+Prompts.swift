import SymMessages

extension ConfigurationReader {
    /// The longest access that can be asked for.
    static let maximumDuration = Seconds(180 * 86_400)

    /// What Sym offers where a flow has no `duration` field.
    private static let durationsOfSym = [Seconds(30), Seconds(600), Seconds(3_600)]

    private static let fieldTypes = [
        "string", "int", "bool", "duration", "slack_user", "slack_user_list", "str_list", "int_list",
    ]

    func prompts(_ params: inout AttributeReader) -> [Configuration.Prompt] {
        var prompts: [Configuration.Prompt] = []
        var names: Set<String> = []
        for var field in params.blocks("prompt_field") ?? [] {
            if let name = field.text("name") {
                if !names.insert(name.value).inserted { field.report("name", "\"\(name.value)\" is asked already") }
                if let prompt = prompt(name.value, &field) { prompts.append(prompt) }
            } else {
                field.missing("name", "names the field: reason or duration")
                continue
            }
            field.finish()
        }
        if !names.contains("duration") {
            prompts.append(
                Configuration.Prompt(
                    name: Configuration.Prompt.durationName, label: "Duration",
                    kind: .duration(allowed: Self.durationsOfSym)))
        }
        return prompts
    }

    private func prompt(_ name: String, _ field: inout AttributeReader) -> Configuration.Prompt? {
        switch name {
        case "reason":
            readCommon(&field, type: "string")
            field.refuse("allowed_values", "is not supported yet by this version for a text")
            let required = field.flag("required", default: true)
            return Configuration.Prompt(
                name: name, label: field.text("label")?.value ?? "Reason", kind: .text(allowed: []),
                isRequired: required)
        case "duration":
            readCommon(&field, type: "duration")
            field.flag("required", mustBe: true, "must be true: every lease ends")
            return durations(&field).map {
                Configuration.Prompt(
                    name: name, label: field.text("label")?.value ?? "Duration", kind: .duration(allowed: $0))
            }
        default:
            let hint = NearestName.suggestion(for: name, among: ["reason", "duration"])
            field.report("name", "\"\(name)\" is not supported yet; this version knows reason and duration\(hint)")
            for attribute in [
                "type", "label", "required", "visible", "default", "allowed_values", "prefetch", "on_change",
            ] { _ = field.node(attribute) }
            return nil
        }
    }

    private func durations(_ field: inout AttributeReader) -> [Seconds]? {
        field.missing("allowed_values", "lists the durations that can be asked for, such as [30m, 1h]")
        guard let elements = field.list("allowed_values") else {
            _ = field.text("label")
            return nil
        }
        if elements.isEmpty { field.report("allowed_values", "is empty; list the durations that can be asked for") }
        var allowed: [Seconds] = []
        var seen: Set<Seconds> = []
        for element in elements {
            guard let duration = field.duration(element.value, path: element.path, atMost: Self.maximumDuration) else {
                continue
            }
            if !seen.insert(duration.value).inserted {
                log.report(line: duration.line, path: duration.path, "\(duration.value) is in the list already")
            }
            allowed.append(duration.value)
        }
        return allowed
    }

    private func readCommon(_ field: inout AttributeReader, type expected: String) {
        field.missing("type", "is \(expected) for this field")
        if let type = field.text("type"), type.value != expected {
            let hint =
                Self.fieldTypes.contains(type.value)
                ? "" : NearestName.suggestion(for: type.value, among: Self.fieldTypes)
            field.report("type", "must be \(expected) for this field, not \"\(type.value)\"\(hint)")
        }
        field.flag("visible", mustBe: true, "false is not supported yet by this version")
        field.flag("prefetch", mustBe: false, "true is not supported: it needed Python, which is not run")
        field.refuse("default", "is not supported yet by this version")
        field.refuse("on_change", "is not supported: it held Python, which is not run")
    }
}
