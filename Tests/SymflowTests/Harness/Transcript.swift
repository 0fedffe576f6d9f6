import FoundationEssentials
import SandboxStack
import SymConfiguration
import SymMessages

/// A session in a shell, as a file: what was typed, and what it must say.
///
///     # A comment.
///     cy$ symflow apply sym.yaml          (typed by cy; `$` alone: by nobody that is known)
///     | what stands on standard output
///     ! what stands on standard error
///     = 2                                 (the exit code; left out when 0)
///     pass 10m                            (the servers' clock)
///
/// A last line of output without a newline is followed by a line `~`.
struct Transcript {
    enum Step {
        case comment(String)
        case typed(by: String, String)
        case pass(String)
    }

    let steps: [Step]

    /// Takes the script out of a transcript; what was said is left away.
    init(_ text: String) {
        steps = text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
            if line.isEmpty || line.hasPrefix("#") { return .comment(String(line)) }
            if line.hasPrefix("pass ") { return .pass(String(line.dropFirst(5))) }
            if ["| ", "! ", "= "].contains(where: line.hasPrefix) || ["|", "!", "~"].contains(line) { return nil }
            guard let prompt = line.firstIndex(of: "$") else { return .comment("# not understood: \(line)") }
            return .typed(by: String(line[..<prompt]), String(line[prompt...].dropFirst(2)))
        }
    }

    /// Runs the script and writes down what was said.
    ///
    /// - Parameters:
    ///   - folder: where it is run, with the files it needs.
    ///   - kafka: the environment beside the usual, and what to do before each step.
    func run(on server: SymServer, port: Int, in folder: String, kafka: KafkaScene?) async throws -> String {
        let programs = Programs.besideThisProcess
        // Asked for, so that a test without it says so rather than "not found".
        _ = try programs.path("symflow")
        // Without what differs from run to run.
        func timeless(_ text: String) -> String {
            var text = text
            for (part, name) in [
                ("127.0.0.1:\(port)", "127.0.0.1:PORT"), (folder, "FOLDER"), (kafka?.servers ?? "no Kafka", "KAFKA"),
            ] { text = text.split(separator: part, omittingEmptySubsequences: false).joined(separator: name) }
            // As long as they were, so that columns stay where they are.
            return text.replacing(/sym_[A-Za-z0-9_-]{43}/, with: "sym_" + String(repeating: "X", count: 43))
                .replacing(/tok_[0-9a-f]{24}/, with: "tok_" + String(repeating: "x", count: 24))
        }
        var lines: [String] = []
        for step in steps {
            switch step {
            case .comment(let line): lines.append(line)
            case .pass(let span):
                server.pass(Seconds(parsing: span) ?? Seconds(0))
                lines.append("pass \(span)")
            case .typed(let name, let command):
                var environment = [
                    "PATH": "\(programs.folder):/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8",
                    "SYM_URL": "http://127.0.0.1:\(port)",
                ]
                if !name.isEmpty { environment["SYM_TOKEN"] = SymServer.token(of: name) }
                if let kafka {
                    environment.merge(kafka.environment) { $1 }
                    try await kafka.publish(server.events)
                }
                let finished = try await Programs.run(
                    path: "/bin/sh", ["-c", "cd '\(folder)' || exit 99\n\(command)"], environment: environment)
                lines.append("\(name)$ \(command)")
                lines += Self.marked("|", timeless(finished.output))
                lines += Self.marked("!", timeless(finished.complaint))
                if finished.exitCode != 0 { lines.append("= \(finished.exitCode)") }
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func marked(_ mark: String, _ text: String) -> [String] {
        if text.isEmpty { return [] }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.isEmpty ? mark : "\(mark) \($0)"
        }
        if text.hasSuffix("\n") { lines.removeLast() } else { lines.append("~") }
        return lines
    }
}
