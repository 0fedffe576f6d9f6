import SymMessages

/// Reads the facts of one request; what is missing, or too much to read, is an error that names it.
struct FactReader {
    /// In one fact.
    static let maximumBytes = 16_384
    static let maximumNumbers = 2_000
    /// Of a value as it is shown.
    static let maximumShown = 200

    let facts: ConditionFacts

    func has(_ fact: ConditionFact) -> Bool {
        switch fact {
        case .bot: facts.bot != nil
        case .target: facts.target != nil
        case .duration: facts.duration != nil
        case .reason: facts.reason != nil
        case .environment: facts.environment != nil
        case .field(let name, _): facts.fields[name] != nil
        case .variable(let key): facts.vars[key] != nil
        case .requester, .source, .requestFlow, .flowName, .flowLabel: true
        }
    }

    func flag(_ fact: ConditionFact) throws(ConditionFailure) -> Bool {
        guard case .flag(let flag) = try field(fact) else { throw Self.mistyped(fact) }
        return flag
    }

    /// Durations in seconds.
    func number(_ fact: ConditionFact) throws(ConditionFailure) -> Int64 {
        if fact == .duration {
            guard let duration = facts.duration else { throw Self.missing(fact) }
            return duration.count
        }
        guard case .integer(let integer) = try field(fact) else { throw Self.mistyped(fact) }
        return integer
    }

    func text(_ fact: ConditionFact) throws(ConditionFailure) -> String {
        let text: String?
        switch fact {
        case .requester: text = facts.requester.rawValue
        case .bot: text = facts.bot?.rawValue
        case .source: text = facts.source.rawValue
        case .target: text = facts.target?.rawValue
        case .reason: text = facts.reason
        case .requestFlow, .flowName: text = facts.flow.rawValue
        case .flowLabel: text = facts.flowLabel
        case .environment: text = facts.environment?.rawValue
        case .variable(let key): text = facts.vars[key]
        case .field, .duration:
            guard case .text(let value) = try field(fact) else { throw Self.mistyped(fact) }
            text = value
        }
        guard let text else { throw Self.missing(fact) }
        try Self.check(text.utf8.count, of: fact)
        return text
    }

    func texts(_ fact: ConditionFact) throws(ConditionFailure) -> [String] {
        guard case .texts(let texts) = try field(fact) else { throw Self.mistyped(fact) }
        // Each costs something even if it is empty.
        try Self.check(texts.reduce(0) { $0 + $1.utf8.count + 1 }, of: fact)
        return texts
    }

    func numbers(_ fact: ConditionFact) throws(ConditionFailure) -> [Int64] {
        switch try field(fact) {
        case .integers(let integers):
            guard integers.count <= Self.maximumNumbers else {
                throw ConditionFailure(
                    message:
                        "\(fact.spelling) has \(integers.count) numbers, more than the \(Self.maximumNumbers) that "
                        + "a condition reads")
            }
            return integers
        // An empty list on the wire does not say of what.
        case .texts(let texts) where texts.isEmpty: return []
        default: throw Self.mistyped(fact)
        }
    }

    func members(_ group: String) throws(ConditionFailure) -> Set<PersonID> {
        guard let members = facts.groups[group] else {
            throw ConditionFailure(
                message: "members(\"\(group)\") is missing: the group is stale or was never put; put its members anew")
        }
        return members
    }

    private func field(_ fact: ConditionFact) throws(ConditionFailure) -> FieldValue {
        guard case .field(let name, _) = fact, let value = facts.fields[name] else { throw Self.missing(fact) }
        return value
    }

    private static func check(_ bytes: Int, of fact: ConditionFact) throws(ConditionFailure) {
        guard bytes <= maximumBytes else {
            throw ConditionFailure(
                message: "\(fact.spelling) has \(bytes) bytes, more than the \(maximumBytes) that a condition reads")
        }
    }

    private static func missing(_ fact: ConditionFact) -> ConditionFailure {
        guard let absence = fact.absence else {
            return ConditionFailure(message: "\(fact.spelling) is missing; ask for the access anew")
        }
        return ConditionFailure(
            message: "\(fact.spelling) is missing: \(absence); ask has(\(fact.spelling)) first")
    }

    private static func mistyped(_ fact: ConditionFact) -> ConditionFailure {
        ConditionFailure(
            message: "\(fact.spelling) was answered with something else than \(fact.type); ask for the access anew")
    }

    // MARK: - For people

    static func joined(_ values: some Sequence<String>) -> String {
        var text = ""
        for value in values {
            if !text.isEmpty { text += ", " }
            text += excerpt(value)
            // The rest would be cut.
            if text.unicodeScalars.count > maximumShown { break }
        }
        return text
    }

    /// On one line, and of limited length.
    static func excerpt(_ text: String) -> String {
        let scalars = text.unicodeScalars
        var shown = String.UnicodeScalarView(scalars.prefix(maximumShown).map { $0.isControl ? " " : $0 })
        if scalars.dropFirst(maximumShown).first != nil {
            shown.removeLast()
            shown.append("…")
        }
        return String(shown)
    }
}
