import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Evaluating conditions")
struct ConditionEvaluationTests {
    @Test(
        "precedence",
        arguments: [
            ("true || false && false", true), ("(true || false) && false", false), ("false && false || true", true),
            ("!false && false", false), ("!(false && false)", true), ("!true || true", true), ("!true == false", true),
            ("!(true == true)", false), ("true == false || true", true), ("1 < 2 && 2 < 3", true),
            ("1 in [1] == true", nil), ("(1 in [1]) == true", true), ("!\"a\".matches(\"b\")", true),
            ("false == false && true", true), ("false == (false && true)", true), ("true && !false || false", true),
        ] as [(String, Bool?)])
    func precedence(_ text: String, _ holds: Bool?) throws {
        guard let holds else {
            #expect(ConditionSample.problem(text)?.contains("do not chain") == true)
            return
        }
        #expect(try ConditionSample.outcome(text) == "\(holds)")
    }

    @Test(
        "what is not reached is not missing; what is reached and missing is an error",
        arguments: [
            ("false && request.bot == \"ci\"", "false"), ("true || request.bot == \"ci\"", "true"),
            ("has(request.bot) && request.bot == \"ci\"", "false"),
            ("!has(request.bot) || request.bot == \"ci\"", "true"),
            ("true && request.bot == \"ci\"", nil), ("false || request.bot == \"ci\"", nil),
            // Left to right: what decides later does not help.
            ("request.bot == \"ci\" && false", nil), ("request.bot == \"ci\" || true", nil),
            ("!(request.bot == \"ci\")", nil), ("request.bot != \"ci\"", nil), ("size(request.reason) == 0", nil),
            ("request.fields.urgent", nil), ("!request.fields.urgent", nil), ("request.fields.count < 3", nil),
            ("22 in request.fields.ports", nil), ("\"a\" in request.fields.tags", nil),
            ("request.fields.buddy in [\"a@b\"]", nil), ("request.duration < duration(\"1h\")", nil),
            ("request.target == \"prod\"", nil), ("flow.environment == \"main\"", nil),
            ("request.requester in members(\"sre\")", nil), ("size(members(\"sre\")) > 0", nil),
            ("false == (request.bot == \"ci\")", nil), ("has(request.fields.count) || has(flow.environment)", "false"),
        ] as [(String, String?)])
    func missing(_ text: String, _ expected: String?) throws {
        let outcome = try ConditionSample.outcome(text, ConditionSample.bare)
        if let expected {
            #expect(outcome == expected)
        } else {
            #expect(outcome.contains(" is missing: "))
        }
    }

    @Test(
        "has, of each fact that may be missing",
        arguments: [
            "request.bot", "request.target", "request.duration", "request.reason", "request.fields.ticket",
            "request.fields.count", "request.fields.urgent", "request.fields.grace", "request.fields.tags",
            "flow.environment",
        ])
    func has(_ fact: String) throws {
        #expect(try ConditionSample.outcome("has(\(fact))", ConditionSample.full) == "true")
        #expect(try ConditionSample.outcome("has(\(fact))", ConditionSample.bare) == "false")
    }

    @Test("an answer of another type than the field has is an error, not a value")
    func mistyped() throws {
        let expressions = [
            "urgent": "request.fields.urgent", "count": "request.fields.count == 1",
            "ticket": "request.fields.ticket == \"a\"",
            "grace": "request.fields.grace == duration(\"1m\")", "buddy": "request.fields.buddy == \"a@b\"",
            "tags": "\"a\" in request.fields.tags", "team": "\"a@b\" in request.fields.team",
            "ports": "1 in request.fields.ports",
        ]
        let values: [FieldValue] = [
            .text("a"), .integer(1), .flag(true), .texts(["a"]), .integers([1]), .texts([]), .integers([]),
        ]
        for (name, text) in expressions {
            var accepted = 0
            for value in values {
                var facts = ConditionSample.full
                facts.fields[name] = value
                let outcome = try ConditionSample.outcome(text, facts)
                if ["true", "false"].contains(outcome) {
                    accepted += 1
                } else {
                    #expect(outcome.hasPrefix("request.fields.\(name) was answered with something else than "))
                }
            }
            // An empty list on the wire does not say of what.
            #expect(accepted == ["tags": 2, "team": 2, "ports": 3][name, default: 1], "\(name)")
        }
    }

    @Test("more than can be read is an error")
    func tooLarge() throws {
        var facts = ConditionSample.full
        facts.reason = String(repeating: "a", count: 16_384)
        #expect(try ConditionSample.outcome("request.reason.endsWith(\"a\")", facts) == "true")
        facts.reason = String(repeating: "a", count: 16_385)
        #expect(
            try ConditionSample.outcome("request.reason.endsWith(\"a\")", facts)
                == "request.reason has 16385 bytes, more than the 16384 that a condition reads")
        facts.fields["ports"] = .integers(Array(repeating: 1, count: 2_001))
        #expect(
            try ConditionSample.outcome("1 in request.fields.ports", facts)
                == "request.fields.ports has 2001 numbers, more than the 2000 that a condition reads")
        facts.fields["tags"] = .texts(Array(repeating: "", count: 16_385))
        #expect(try ConditionSample.outcome("\"\" in request.fields.tags", facts).contains("more than the 16384"))
    }

    @Test("the facts used, in the order of their use, each once")
    func used() throws {
        let cases: [(String, [String])] = [
            ("true", []),
            (
                "request.duration <= duration(\"1h\") && request.requester == \"ana@example.com\" && request.duration > duration(\"1m\")",
                ["request.duration = 30m", "request.requester = ana@example.com"]
            ),
            ("false && request.reason == \"x\"", []),
            (
                "has(request.reason) && request.reason != \"x\"",
                ["has(request.reason) = true", "request.reason = INC-7: disk full"]
            ),
            ("has(request.fields.count) || true", ["has(request.fields.count) = true"]),
            (
                "request.requester in members(\"sre\") && !(\"cy@example.com\" in members(\"sre\")) && size(members(\"sre\")) == 2",
                [
                    "request.requester = ana@example.com", "members(\"sre\") = contains ana@example.com",
                    "members(\"sre\") = does not contain cy@example.com", "members(\"sre\") = 2 people",
                ]
            ),
            ("22 in request.fields.ports", ["request.fields.ports = 22, 443"]),
            ("\"x\" in request.fields.tags", ["request.fields.tags = db, eu"]),
            ("request.fields.urgent", ["request.fields.urgent = true"]),
            ("request.fields.grace > duration(\"1s\")", ["request.fields.grace = 1m"]),
            ("size(request.fields.ticket) == 3", ["request.fields.ticket = A-1"]),
            ("flow.vars[\"my.key\"] == flow.vars.team", ["flow.vars[\"my.key\"] = v", "flow.vars.team = net"]),
            ("business_hours(\"Europe/Berlin\")", ["business_hours(\"Europe/Berlin\") = true, Mon 2026-01-05 10:30"]),
            ("!business_hours(\"Asia/Tokyo\")", ["business_hours(\"Asia/Tokyo\") = false, Mon 2026-01-05 18:30"]),
        ]
        for (text, expected) in cases { #expect(try ConditionSample.used(text) == expected, "\(text)") }
    }

    @Test("a long fact is cut where it is shown, and has one line")
    func shown() throws {
        var facts = ConditionSample.full
        facts.reason = "a\nb\u{1b}[31m" + String(repeating: "é", count: 500)
        let reason = try #require(try ConditionSample.used("request.reason != \"\"", facts).first)
        #expect(reason.hasPrefix("request.reason = a b [31méé") && reason.hasSuffix("é…"))
        #expect(reason.unicodeScalars.count == "request.reason = ".count + 200)
        facts.fields["tags"] = .texts(Array(repeating: "tag", count: 1_000))
        let tags = try #require(try ConditionSample.used("\"x\" in request.fields.tags", facts).first)
        #expect(tags.count == "request.fields.tags = ".count + 200)
    }

    @Test("a condition knows the groups it asks for")
    func groups() throws {
        #expect(try ConditionSample.parse("true").groups == [])
        let text = "request.requester in members(\"sre\") || !(size(members(\"staff\")) == 0 && true)"
        #expect(try ConditionSample.parse(text).groups == ["sre", "staff"])
        #expect(try ConditionSample.parse(text) == ConditionSample.parse(text))
        #expect(try ConditionSample.parse(text).description == text)
    }
}
