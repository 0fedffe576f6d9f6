import SymMessages

/// Expectations about a configuration's rules, written down: what `symflow rules test FILE` runs. `docs/rules.md` has
/// the format.
public struct RuleTests: Sendable {
    /// What came of one case.
    public struct Result: Sendable, Hashable {
        public var name: String
        /// Of the case, in the tests' file.
        public var line: Int?
        /// What differs, with what was expected and what came instead; empty: as expected.
        public var differences: [String]
        /// Why it came out as it did.
        public var explanation: Explanation

        public var passed: Bool { differences.isEmpty }
    }

    struct Case: Sendable {
        var name: String
        var line: Int?
        var question: RuleQuestion
        var time: Timestamp
        var expected: Expectation
    }

    /// What is absent may be anything.
    struct Expectation: Sendable, Hashable {
        var verdict: Explanation.Verdict
        /// A part of the reason, letters of either case.
        var reason: String?
        var rule: String?
        var stages: [Stage]?

        struct Stage: Sendable, Hashable {
            var name: String
            var required: Int?
            var approvers: Set<PersonID>?
        }
    }

    let directory: Directory
    let cases: [Case]

    /// Reads the tests' file; every problem at once.
    public init(yaml: String) throws(ConfigurationErrors) {
        var yamlReader = YAMLReader()
        let root = try yamlReader.read(yaml)
        let log = ProblemLog(yamlReader.problems)
        var reader = RuleTestsReader(log: log)
        cases = reader.read(root)
        directory = reader.directory
        guard log.problems.isEmpty else { throw ConfigurationErrors(log.problems) }
    }

    /// Runs all cases, in the order of the file, on the evaluator that approval uses.
    public func run(configuration: Configuration) -> [Result] {
        cases.map { test in
            let explanation = configuration.explain(test.question, directory: directory, at: test.time)
            return Result(
                name: test.name, line: test.line, differences: test.expected.differences(from: explanation),
                explanation: explanation)
        }
    }
}

extension RuleTests.Expectation {
    /// How an explanation differs, one sentence a difference.
    func differences(from explanation: Explanation) -> [String] {
        let got = explanation.summary
        guard verdict == explanation.verdict else { return ["expected \(verdict.rawValue), got \(got)"] }
        var differences: [String] = []
        if let reason, explanation.reason?.lowercased().contains(reason.lowercased()) != true {
            differences.append("expected a reason with \"\(reason)\" in it, got \(got)")
        }
        if let rule, rule != explanation.rule {
            let other = explanation.rule.map { "\"\($0)\"" } ?? "none"
            differences.append("expected the rule \"\(rule)\", got \(other)")
        }
        guard let stages else { return differences }
        let names = stages.map(\.name)
        guard names == explanation.stages.map(\.name) else {
            differences.append(
                "expected the stages \(Self.list(names)), got \(Self.list(explanation.stages.map(\.name)))")
            return differences
        }
        for (expected, stage) in zip(stages, explanation.stages) {
            if let required = expected.required, required != stage.required {
                differences.append("stage \"\(stage.name)\": expected required \(required), got \(stage.required)")
            }
            if let approvers = expected.approvers, approvers != Set(stage.approvers) {
                let wanted = approvers.sorted().map(\.rawValue)
                differences.append(
                    "stage \"\(stage.name)\": expected the approvers \(Self.list(wanted)), got "
                        + Self.list(stage.approvers.map(\.rawValue)))
            }
        }
        return differences
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.joined(separator: ", ")
    }
}

extension Explanation {
    /// The verdict in a few words.
    fileprivate var summary: String {
        switch verdict {
        case .refused: "refused: \(reason ?? "")"
        case .automatic: "automatic, by the rule \"\(rule ?? "")\""
        case .review: "review, by the rule \"\(rule ?? "")\""
        }
    }
}
