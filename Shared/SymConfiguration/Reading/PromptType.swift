import SymMessages

/// The `type` of a `prompt_field`: how answers are written in a configuration.
enum PromptType: String {
    case text = "string"
    case integer = "int"
    case flag = "bool"
    case duration
    case person = "slack_user"
    case people = "slack_user_list"
    case texts = "str_list"
    case integers = "int_list"

    var canHaveAllowedValues: Bool {
        switch self {
        case .text, .integer, .duration, .texts, .integers: true
        case .flag, .person, .people: false
        }
    }

    var canHaveDefault: Bool {
        switch self {
        case .text, .integer, .flag, .duration: true
        case .person, .people, .texts, .integers: false
        }
    }

    /// - Parameter allowed: as `answer` gives them.
    func kind(allowed: [FieldValue]) -> Configuration.Prompt.Kind {
        let texts = allowed.compactMap { if case .text(let text) = $0 { text } else { nil } }
        let integers = allowed.compactMap { if case .integer(let integer) = $0 { integer } else { nil } }
        return switch self {
        case .text: .text(allowed: texts)
        case .integer: .integer(allowed: integers)
        case .flag: .flag
        case .duration: .duration(allowed: integers.map { Seconds($0) })
        case .person: .person
        case .people: .people
        case .texts: .texts(allowed: texts)
        case .integers: .integers(allowed: integers)
        }
    }

    /// One answer, of a list's type one of its elements; `nil` with the problem reported. In Sym all of them are texts.
    func answer(_ node: Located<SourceNode>, _ field: Attributes) -> FieldValue? {
        switch self {
        case .text, .texts, .person, .people: return field.line(node).map { .text($0.value) }
        case .integer, .integers:
            switch node.value.content {
            case .integer(let integer): return .integer(integer)
            case .text(let text): if let integer = Int64(text) { return .integer(integer) }
            case .unreadable: return nil
            case .null, .bool, .list, .map: break
            }
            field.log.report(line: node.line, path: node.path, "must be a whole number")
        case .flag:
            switch node.value.content {
            case .bool(let bool): return .flag(bool)
            case .text("true"): return .flag(true)
            case .text("false"): return .flag(false)
            case .unreadable: return nil
            case .null, .integer, .text, .list, .map: break
            }
            field.log.report(line: node.line, path: node.path, "must be true or false")
        case .duration:
            return field.duration(node, atMost: Schema.maximumDuration).map { .integer($0.value.count) }
        }
        return nil
    }

    /// As a person reads it.
    func text(of value: FieldValue) -> String {
        switch value {
        case .text(let text): text
        case .integer(let integer): self == .duration ? "\(Seconds(integer))" : "\(integer)"
        case .flag(let flag): "\(flag)"
        case .texts, .integers: ""
        }
    }
}
