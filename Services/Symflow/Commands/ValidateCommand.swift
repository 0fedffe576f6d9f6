import ArgumentParser
import SymConfiguration
import SymMessages

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a configuration file, without a server.",
        discussion: """
            Exit codes: 0 it can be applied, 1 it can, with warnings, 2 it cannot. The file has to stand alone: what it names \
            of another set is seen by `plan` only.
            """)

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
        let text = try TextFile(name).text()
        do {
            let checked = try Configuration.check(yaml: text)
            return Check(configuration: checked.configuration, warnings: checked.warnings)
        } catch {
            return Check(problems: error.problems, warnings: error.warnings)
        }
    }

    /// The configuration it holds.
    ///
    /// - Throws: refused, with all that is wrong.
    func usable() throws(Failure) -> Configuration {
        let check = try check()
        guard let configuration = check.configuration else { throw unusable(check.problems) }
        return configuration
    }

    /// Its text, if it is one of a configuration. Whether that can be applied depends on what other sets hold: the server
    /// says.
    func text() throws(Failure) -> String {
        let text = try TextFile(name).text()
        do {
            _ = try ConfigurationSource(yaml: text)
            return text
        } catch {
            throw unusable(error.problems)
        }
    }

    private func unusable(_ problems: [ConfigurationProblem]) -> Failure {
        let lines = ["\(name) cannot be applied:"] + problems.map { $0.description(file: name) }
        return Failure(.refused, lines.map(\.onTerminal).joined(separator: "\n"))
    }
}
