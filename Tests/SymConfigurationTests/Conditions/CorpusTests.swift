import Foundation
import SymMessages
import Testing

@testable import SymConfiguration

/// What `make fuzz` found worth keeping, again and again.
@Suite("The saved corpus of the fuzzers", .timeLimit(.minutes(5)))
struct CorpusTests {
    private static func corpus(_ name: String) throws -> [(name: String, bytes: [UInt8])] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.appending(path: "Fuzzing/Corpus/\(name)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) }
    }

    @Test("conditions: no crash, and no more steps than there may be")
    func conditions() throws {
        let corpus = try Self.corpus("when")
        #expect((20...200).contains(corpus.count))
        var evaluated = 0
        for (name, bytes) in corpus {
            let expression = bytes.prefix { $0 != 0 }
            let text = String(decoding: expression, as: UTF8.self)
            guard let condition = try? Condition(parsing: text, in: Self.scope) else { continue }
            var full = ConditionSample.full
            full.reason = String(decoding: bytes.dropFirst(expression.count + 1), as: UTF8.self)
            for facts in [full, ConditionSample.bare] {
                var evaluation = ConditionEvaluation(facts)
                _ = try? evaluation.holds(condition.formula)
                #expect(evaluation.steps <= 8 * text.utf8.count * (max(bytes.count * 3, 200) + 64), "\(name)")
            }
            evaluated += 1
        }
        #expect(evaluated > 10)
    }

    /// As the fuzzer has it: with names of its own.
    private static let scope = ConditionScope(
        groups: ["sre", "staff"],
        fields: [
            "text": .text(allowed: []), "env": .text(allowed: ["prod", "test"]), "number": .integer(allowed: []),
            "flag": .flag, "span": .duration(allowed: []), "person": .person, "people": .people,
            "texts": .texts(allowed: []), "numbers": .integers(allowed: []),
        ], vars: ["team"])

    @Test("YAML: no crash, and what is accepted says the same as a record")
    func yaml() throws {
        let corpus = try Self.corpus("yaml")
        #expect((20...200).contains(corpus.count))
        var accepted = 0
        for (name, bytes) in corpus {
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? Directory.File(yaml: text)
            guard let configuration = try? Configuration.parse(yaml: text) else { continue }
            let again = try Configuration(resources: try ConfigurationSource(yaml: text).resources)
            #expect(again == configuration, "\(name)")
            accepted += 1
        }
        #expect(accepted > 0)
    }
}
