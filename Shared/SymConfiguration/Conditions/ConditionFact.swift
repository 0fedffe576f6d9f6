import SymMessages

/// What an expression can read of a request and its flow.
enum ConditionFact: Sendable, Hashable {
    case requester, bot, source, target, duration, reason, requestFlow
    case flowName, flowLabel, environment
    case field(String, ConditionType)
    case variable(String)

    /// Those without a name of their own.
    static let plain: [ConditionFact] = [
        .requester, .bot, .source, .target, .duration, .reason, .requestFlow, .flowName, .flowLabel, .environment,
    ]

    var type: ConditionType {
        switch self {
        case .duration: .duration
        case .field(_, let type): type
        case .requester, .bot, .source, .target, .reason, .requestFlow, .flowName, .flowLabel, .environment, .variable:
            .string
        }
    }

    /// As expressions spell it.
    var spelling: String {
        switch self {
        case .requester: "request.requester"
        case .bot: "request.bot"
        case .source: "request.source"
        case .target: "request.target"
        case .duration: "request.duration"
        case .reason: "request.reason"
        case .requestFlow: "request.flow"
        case .flowName: "flow.name"
        case .flowLabel: "flow.label"
        case .environment: "flow.environment"
        case .field(let name, _): "request.fields\(Self.access(name))"
        case .variable(let key): "flow.vars\(Self.access(key))"
        }
    }

    /// Why it may be missing; `nil`: it never is.
    var absence: String? {
        switch self {
        case .bot: "a person asked, not a bot"
        case .target: "the flow gives nothing"
        case .duration: "the flow gives nothing"
        case .reason: "none was given"
        case .environment: "the flow has no environment_id"
        case .field: "it was not filled in"
        case .requester, .source, .requestFlow, .flowName, .flowLabel, .variable: nil
        }
    }

    private static func access(_ name: String) -> String {
        let scalars = name.unicodeScalars
        if let first = scalars.first, first.isNameStart, scalars.allSatisfy(\.isNamePart) { return ".\(name)" }
        return "[\"\(name)\"]"
    }
}

/// The types of the language.
enum ConditionType: Sendable, Hashable, CustomStringConvertible {
    case bool, int, string, duration, strings, ints

    var description: String {
        switch self {
        case .bool: "bool"
        case .int: "int"
        case .string: "string"
        case .duration: "duration"
        case .strings: "list of string"
        case .ints: "list of int"
        }
    }
}

/// What a text can be.
enum TextDomain: Sendable, Hashable {
    case any
    /// An e-mail, compared in lower case.
    case person
    case oneOf([String])
}
