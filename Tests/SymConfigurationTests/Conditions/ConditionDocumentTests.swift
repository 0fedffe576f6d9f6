import Foundation
import Testing

@testable import SymConfiguration

@Suite("docs/when.md says what is so")
struct ConditionDocumentTests {
    private static let document: String = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return (try? String(contentsOf: root.appending(path: "docs/when.md"), encoding: .utf8)) ?? ""
    }()

    /// The lines of a fenced block.
    private static func block(_ name: String) -> [String] {
        let lines = document.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let start = lines.firstIndex(of: "```\(name)") else { return [] }
        return Array(lines[(start + 1)...].prefix { $0 != "```" })
    }

    /// Pairs of an expression and what is said of it.
    private static func pairs(_ name: String) -> [[String]] {
        block(name).split(separator: "").map(Array.init)
    }

    @Test("each error, with its column")
    func errors() {
        let pairs = Self.pairs("errors")
        #expect(pairs.count > 35 && pairs.allSatisfy { $0.count == 2 })
        for pair in pairs { #expect(ConditionSample.problem(pair[0]) == pair[1], "\(pair[0])") }
    }

    @Test("each missing fact")
    func failures() throws {
        let pairs = Self.pairs("failures")
        #expect(pairs.count >= 5 && pairs.allSatisfy { $0.count == 2 })
        for pair in pairs { #expect(try ConditionSample.outcome(pair[0], ConditionSample.bare) == pair[1]) }
    }

    @Test("the grammar has at most 30 lines")
    func grammar() {
        #expect((1...30).contains(Self.block("ebnf").count))
    }

    @Test("every fact, function and method is in its tables")
    func tables() {
        let names =
            ConditionFact.plain.map(\.spelling) + [
                "request.fields.<name>", "flow.vars.<key>", "size(", "x.startsWith(", "x.endsWith(", "x.matches(",
                "members(",
                "duration(", "business_hours(", "has(",
            ]
        for name in names {
            #expect(Self.document.contains("`\(name)"), "\(name)")
        }
    }
}
