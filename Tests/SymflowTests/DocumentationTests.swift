import ArgumentParser
import FoundationEssentials
import Testing

@testable import Symflow

@Suite("docs/symflow.md")
struct DocumentationTests {
    @Test("every verb stands in the table, and has a transcript")
    func complete() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let text = try String(
            contentsOf: tests.appending(path: "../../docs/symflow.md").standardized, encoding: .utf8)
        let sessions = try TranscriptTests.names.map {
            try String(contentsOf: tests.appending(path: "Transcripts/\($0)"), encoding: .utf8)
        }.joined(separator: "\n")
        for verb in Self.verbs(of: Symflow.self) {
            let last = verb.split(separator: " ").last ?? ""
            // Verbs of one row stand behind each other without the word they share.
            let isInTable = text.contains("`\(verb)") || text.contains("· `\(last)")
            #expect(isInTable, "\(verb) is not in the table")
            let hasTranscript = sessions.contains("symflow \(verb)")
            #expect(hasTranscript, "no transcript of \(verb)")
        }
    }

    /// `users list`, `apply`, …: what can be typed behind `symflow`.
    private static func verbs(of command: any ParsableCommand.Type) -> [String] {
        command.configuration.subcommands.flatMap { subcommand -> [String] in
            let name = subcommand._commandName
            if subcommand == command.configuration.defaultSubcommand { return [] }
            let deeper = verbs(of: subcommand)
            return deeper.isEmpty ? [name] : deeper.map { "\(name) \($0)" }
        }
    }
}
