import SymMessages

/// A `when` expression: checked against what a flow offers when it is read, evaluated without I/O in bounded time.
public struct Condition: Sendable, Hashable, CustomStringConvertible {
    /// The longest expression, in bytes.
    public static let maximumLength = 2_000

    /// As it was written.
    public let text: String
    /// The groups whose members it asks for.
    public let groups: Set<String>

    let formula: ConditionFormula

    /// Reads and type-checks an expression.
    public init(parsing text: String, in scope: ConditionScope) throws(ConditionError) {
        guard text.utf8.count <= Self.maximumLength else {
            throw ConditionError(
                column: 1,
                message: "the condition has \(text.utf8.count) bytes, more than the \(Self.maximumLength) it may have")
        }
        do {
            var checker = ConditionChecker(scope: scope)
            formula = try checker.check(try ConditionParser.parse(text))
            groups = checker.groups
            self.text = text
        } catch {
            let before = String(text.unicodeScalars.prefix(error.position))
            throw ConditionError(column: before.count + 1, message: error.message)
        }
    }

    public var description: String { text }

    /// - Throws: a fact that is missing. It is never "does not hold".
    public func evaluate(_ facts: ConditionFacts) throws(ConditionFailure) -> ConditionVerdict {
        var evaluation = ConditionEvaluation(facts)
        let holds = try evaluation.holds(formula)
        return ConditionVerdict(holds: holds, facts: evaluation.used)
    }
}

/// What an expression of one flow may name.
public struct ConditionScope: Sendable, Hashable {
    /// Every declared `sym_group`.
    public var groups: Set<String>
    /// The flow's `prompt_field`s other than `reason`, `duration` and `target_id`, with their types.
    public var fields: [String: Configuration.Prompt.Kind]
    /// The keys of the flow's `vars`.
    public var vars: Set<String>

    public init(
        groups: Set<String> = [], fields: [String: Configuration.Prompt.Kind] = [:], vars: Set<String> = []
    ) {
        self.groups = groups
        self.fields = fields
        self.vars = vars
    }
}

/// What an expression is evaluated on: the facts of one request, and nothing that changes meanwhile.
public struct ConditionFacts: Sendable {
    /// Whom the access is for; whether they may ask is what rules say.
    public var requester: PersonID
    /// The bot that asked, if one did.
    public var bot: BotName?
    public var source: Submission.Channel
    /// `nil` in a flow that gives nothing.
    public var target: ResourceName?
    public var duration: Seconds?
    public var reason: String?
    public var fields: [String: FieldValue]
    public var flow: ResourceName
    public var flowLabel: String
    public var environment: ResourceName?
    public var vars: [String: String]
    /// When the request was made.
    public var time: Timestamp
    /// The members of every group that is known and valid; one that is absent here is a missing fact.
    public var groups: [String: Set<PersonID>]

    public init(
        requester: PersonID, bot: BotName? = nil, source: Submission.Channel, target: ResourceName?,
        duration: Seconds?, reason: String?, fields: [String: FieldValue] = [:], flow: ResourceName,
        flowLabel: String, environment: ResourceName? = nil, vars: [String: String] = [:], time: Timestamp,
        groups: [String: Set<PersonID>] = [:]
    ) {
        self.requester = requester
        self.bot = bot
        self.source = source
        self.target = target
        self.duration = duration
        self.reason = reason
        self.fields = fields
        self.flow = flow
        self.flowLabel = flowLabel
        self.environment = environment
        self.vars = vars
        self.time = time
        self.groups = groups
    }
}

/// What came out, and on what it rests.
public struct ConditionVerdict: Sendable, Hashable {
    public var holds: Bool
    /// In the order of their use, each once.
    public var facts: [FactUsed]

    public init(holds: Bool, facts: [FactUsed]) {
        self.holds = holds
        self.facts = facts
    }
}

/// Why an expression cannot be used.
public struct ConditionError: Error, Sendable, Hashable {
    /// From 1, in characters of the expression.
    public var column: Int
    /// What is wrong and what to write instead, without a full stop.
    public var message: String

    public init(column: Int, message: String) {
        self.column = column
        self.message = message
    }
}

/// Why an expression has no value: a fact is missing.
public struct ConditionFailure: Error, Sendable, Hashable {
    /// Without a full stop.
    public var message: String

    public init(message: String) { self.message = message }
}
