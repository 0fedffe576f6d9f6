import SymConfiguration

/// The cases of `symflow rules test`: given … expect ….
struct RuleCases {
    let yaml: String
    let file: String

    /// Runs them and says what came of each.
    ///
    /// - Throws: refused, when a case does not hold or the file cannot be used.
    func run(on configuration: Configuration) throws(Failure) {
        let tests: RuleTests
        do {
            tests = try RuleTests(yaml: yaml)
        } catch {
            let lines = ["\(file) cannot be used:"] + error.problems.map { $0.description(file: file) }
            throw Failure(.refused, lines.map(\.onTerminal).joined(separator: "\n"))
        }
        let results = tests.run(configuration: configuration)
        for result in results { Console.say(words(result)) }
        let failed = results.count { !$0.passed }
        guard failed == 0 else { throw Failure(.refused, "\(failed) of \(results.count) cases do not hold") }
        Console.say("all \(results.count) cases hold")
    }

    private func words(_ result: RuleTests.Result) -> String {
        if result.passed { return "✓ \(result.name)".onTerminal }
        let place = result.line.map { "\(file):\($0): " } ?? ""
        let lines =
            ["✗ \(place)\(result.name)"] + result.differences.map { "    \($0)" }
            + result.explanation.lines().map { $0.isEmpty ? "" : "      \($0)" }
        return lines.map(\.onTerminal).joined(separator: "\n")
    }
}
