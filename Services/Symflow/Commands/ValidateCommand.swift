import ArgumentParser
import SymConfiguration
import SymMessages

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a configuration file, without a server.",
        discussion: "Exit codes: 0 it can be applied, 1 it can, with warnings, 2 it cannot.")

    @Argument(help: "The configuration, as YAML.")
    var file: String

    @Flag(help: "Print the findings as JSON.")
    var json = false

    private struct Findings: Encodable {
        var file: String
        var problems: [Finding]
        var warnings: [Finding]
    }

    private struct Finding: Encodable {
        var line: Int?
        var path: String
        var message: String

        init(_ problem: ConfigurationProblem) {
            line = problem.line
            path = problem.path
            message = problem.message
        }
    }

    func run() throws {
        let check = try ConfigurationFile(file).check()
        if json {
            let findings = Findings(
                file: file, problems: check.problems.map(Finding.init), warnings: check.warnings.map(Finding.init))
            Console.say(String(decoding: try WireFormat.encode(findings), as: UTF8.self))
        } else {
            let lines = check.words(file: file)
            if !lines.isEmpty { Console.complain(lines.joined(separator: "\n")) }
        }
        if !check.problems.isEmpty { throw Failure(.refused, json ? "" : "\(file) cannot be applied".onTerminal) }
        if !json { Console.say("\(file) can be applied".onTerminal) }
        if !check.warnings.isEmpty { throw Failure(.warnings, "") }
    }
}

/// A configuration on disk.
struct ConfigurationFile {
    let name: String

    init(_ name: String) { self.name = name }

    /// What is wrong with a file, and what is only worth a word.
    struct Check {
        var text: String
        var configuration: Configuration?
        var problems: [ConfigurationProblem] = []
        var warnings: [ConfigurationProblem] = []

        func words(file: String) -> [String] {
            problems.map { $0.description(file: file).onTerminal }
                + warnings.map { "\($0.description(file: file)) (warning)".onTerminal }
        }
    }

    /// - Throws: refused, when it cannot be read at all.
    func check() throws(Failure) -> Check {
        var check = Check(text: try TextFile(name).text())
        do {
            check.configuration = try Configuration.parse(yaml: check.text)
        } catch {
            check.problems = error.problems
        }
        return check
    }

    /// The configuration it holds.
    ///
    /// - Throws: refused, with all that is wrong.
    func usable() throws(Failure) -> Configuration {
        let check = try check()
        guard let configuration = check.configuration else {
            throw Failure(
                .refused, (["\(name) cannot be applied:".onTerminal] + check.words(file: name)).joined(separator: "\n"))
        }
        return configuration
    }

    /// Its text, when it can be applied.
    func usableText() throws(Failure) -> String {
        _ = try usable()
        return try TextFile(name).text()
    }
}
