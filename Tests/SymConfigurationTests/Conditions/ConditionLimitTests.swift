import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Conditions on hostile input")
struct ConditionLimitTests {
    @Test("length: 2,000 bytes are read, one more is not")
    func length() throws {
        #expect(try ConditionSample.outcome("true" + String(repeating: " ", count: 1_996)) == "true")
        #expect(
            ConditionSample.problem("true" + String(repeating: " ", count: 1_997))
                == "1: the condition has 2001 bytes, more than the 2000 it may have")
        #expect(ConditionSample.problem(String(repeating: "é", count: 1_001))?.contains("2002 bytes") == true)
    }

    @Test("depth: 32 levels are read, one more is not; of whatever they are")
    func depth() throws {
        let nested: [(open: String, close: String)] = [
            ("(", ")"), ("!", ""), ("size(", ") == 1"), ("true && (", ")"), ("true == (", ")"),
        ]
        for (open, close) in nested where open != "size(" {
            func text(_ depth: Int) -> String {
                String(repeating: open, count: depth) + "true" + String(repeating: close, count: depth)
            }
            #expect(ConditionSample.problem(text(32)) == nil, "\(open)")
            let column = open.count * 32 + open.count
            #expect(ConditionSample.problem(text(33)) == "\(column): is nested more than 32 levels deep")
        }
        for (open, close) in nested + [("[", "]"), ("flow.vars[", "]"), ("a(", ")")] {
            let text = String(repeating: open, count: 1_990 / open.count)
            #expect(ConditionSample.problem(text) != nil)
            #expect(
                ConditionSample.problem(String(text.prefix(1_000)) + "1" + String(repeating: close, count: 150)) != nil)
        }
        let chain = "flow.name" + String(repeating: ".matches(\"a\")", count: 140)
        #expect(ConditionSample.problem(chain)?.hasSuffix("is nested more than 32 levels deep") == true)
    }

    @Test("hundreds of operators need no depth")
    func width() throws {
        #expect(try ConditionSample.outcome(String(repeating: "true&&", count: 332) + "true") == "true")
        #expect(try ConditionSample.outcome(String(repeating: "false||", count: 284) + "false") == "false")
        let list = (0..<600).map { _ in "1" }.joined(separator: ",")
        #expect(try ConditionSample.outcome("2 in [\(list)]") == "false")
        #expect(ConditionSample.problem(String(repeating: "1==", count: 600) + "1")?.contains("do not chain") == true)
    }

    @Test(
        "an evaluation takes at most 8 · E · (F + 64) steps",
        arguments: [
            (["request.reason.matches(\"(a*)*b\")"], "||"), (["request.reason.matches(\"a*a*a*a*a*a*a*a*b\")"], "||"),
            (["request.reason.matches(\"" + String(repeating: "[\\\\W]*", count: 36) + "b\")"], "||"),
            (["request.reason.matches(\"" + String(repeating: "|", count: 255) + "\")"], "&&"),
            (["request.reason == request.reason"], "&&"), (["request.reason != request.reason"], "||"),
            (["size(request.reason) == 1"], "||"), (["request.reason.endsWith(request.reason)"], "&&"),
            (["request.reason in request.fields.tags"], "||"), (["\"a\" in request.fields.team"], "||"),
            (["7 in request.fields.ports"], "||"), (["size(request.fields.tags) == 1"], "||"),
            (["request.reason in members(\"sre\")"], "||"), (["request.fields.buddy in request.fields.team"], "||"),
        ] as [([String], String)])
    func steps(_ terms: [String], _ operation: String) throws {
        let term = terms[0].replacing("\"a\" in request.fields.team", with: "\"a@b\" in request.fields.team")
        let count = 2_000 / (term.utf8.count + 2)
        let text = Array(repeating: term, count: max(1, count)).joined(separator: operation)
        let condition = try ConditionSample.parse(text)
        for size in [100, 16_000] {
            var facts = ConditionSample.full
            facts.reason = String(repeating: "a", count: size)
            facts.fields["buddy"] = .text(String(repeating: "a", count: size))
            facts.fields["tags"] = .texts(Array(repeating: "aaaaaaa", count: size / 8))
            facts.fields["team"] = .texts(Array(repeating: "", count: size))
            facts.fields["ports"] = .integers(Array(repeating: 1, count: min(2_000, size / 8)))
            var evaluation = ConditionEvaluation(facts)
            _ = try evaluation.holds(condition.formula)
            #expect(evaluation.steps <= 8 * text.utf8.count * (size + 64))
            // And it does count what it does.
            #expect(evaluation.steps >= size / 8)
        }
    }

    @Test("garbage is refused, and never does harm")
    func garbage() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let words = [
            "request", "flow", ".", "fields", "vars", "ticket", "(", ")", "[", "]", "\"", "'", "\\", "&&", "||", "!",
            "==", "in",
            "matches", "size", "has", "members", "duration", "business_hours", "1", "-", "9223372036854775808", "true",
            " ", ",",
            "é", "\u{0}", "\u{301}", "\r\n", "{", "*", "^", "\"sre\"", "\"30m\"", "\u{1F468}\u{200D}",
        ]
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in words.randomElement(using: &random) ?? ""
            }
            .joined()
            do {
                let condition = try Condition(parsing: text, in: ConditionSample.scope)
                _ = try? condition.evaluate(ConditionSample.full)
            } catch {
                #expect(
                    (1...(text.count + 1)).contains(error.column) && !error.message.isEmpty, "seed \(seed): \(text)")
            }
        }
    }
}
