import Testing

@testable import SymConfiguration

@Suite("Types of conditions: every operator with every pair of types")
struct ConditionTypeTests {
    private static let values: [(type: String, text: String)] = [
        ("bool", "request.fields.urgent"), ("int", "request.fields.count"), ("string", "request.fields.ticket"),
        ("duration", "request.duration"), ("list of string", "request.fields.tags"),
        ("list of int", "request.fields.ports"),
    ]

    /// The table of `docs/when.md`.
    private static func accepts(_ operation: String, _ a: String, _ b: String) -> Bool {
        switch operation {
        case "==", "!=": a == b && ["int", "duration", "string", "bool"].contains(a)
        case "<", "<=", ">", ">=": a == b && ["int", "duration"].contains(a)
        case "in": (a == "string" && b == "list of string") || (a == "int" && b == "list of int")
        default: a == "bool" && b == "bool"
        }
    }

    @Test("two sides", arguments: ["==", "!=", "<", "<=", ">", ">=", "in", "&&", "||"])
    func binary(_ operation: String) throws {
        for a in Self.values {
            for b in Self.values {
                let text = "\(a.text) \(operation) \(b.text)"
                let problem = ConditionSample.problem(text)
                #expect(
                    (problem == nil) == Self.accepts(operation, a.type, b.type), "\(text): \(problem ?? "accepted")")
                guard let problem else {
                    _ = try ConditionSample.parse(text).evaluate(ConditionSample.full)
                    continue
                }
                // It says at the operator, or of && and || at the side, what is wrong with which types.
                let columns =
                    ["&&", "||"].contains(operation) ? [1, a.text.count + operation.count + 3] : [a.text.count + 2]
                #expect(columns.contains { problem.hasPrefix("\($0): ") }, "\(text): \(problem)")
                #expect(problem.contains(a.type) || problem.contains(b.type) || problem.contains("lists"), "\(problem)")
            }
        }
    }

    @Test("one side, functions and methods")
    func unary() {
        for (type, value) in Self.values {
            let accepted: [(text: String, Bool)] = [
                (value, type == "bool"), ("!\(value)", type == "bool"), ("(\(value))", type == "bool"),
                ("size(\(value)) == 1", ["string", "list of string", "list of int"].contains(type)),
                ("\(value).startsWith(\"a\")", type == "string"), ("\(value).endsWith(\"a\")", type == "string"),
                ("\(value).matches(\"a\")", type == "string"), ("\"a\".startsWith(\(value))", type == "string"),
                ("\"a\".endsWith(\(value))", type == "string"), ("\"a\".matches(\(value))", false),
                ("members(\(value)) == 1", false), ("duration(\(value)) == request.duration", false),
                ("business_hours(\(value))", false), ("has(\(value))", true),
            ]
            for (text, isAccepted) in accepted {
                let problem = ConditionSample.problem(text)
                #expect((problem == nil) == isAccepted, "\(text): \(problem ?? "accepted")")
            }
        }
    }

    @Test(
        "values",
        arguments: [
            ("1 == 1", true), ("1 == 2", false), ("1 != 2", true), ("1 != 1", false),
            ("-3 < 2", true), ("2 < 2", false), ("2 <= 2", true), ("3 <= 2", false), ("3 > 2", true), ("2 > 2", false),
            ("2 >= 2", true), ("1 >= 2", false), ("-9223372036854775808 < 9223372036854775807", true),
            ("\"a\" == 'a'", true), ("\"a\" == \"A\"", false), ("\"a\" != \"b\"", true), ("\"a\" != \"a\"", false),
            // Equal to the eye and to Unicode, not in their bytes.
            ("\"é\" == \"e\u{301}\"", false), ("\"é\" == \"\\u00e9\"", true),
            ("true == true", true), ("true == false", false), ("true != false", true),
            ("duration(\"60s\") == duration(\"1m\")", true), ("duration(\"1h\") != duration(\"60m\")", false),
            ("duration(\"1d\") < duration(\"25h\")", true), ("duration(\"1d\") >= duration(\"25h\")", false),
            ("duration(\"1mo\") <= duration(\"30d\")", true), ("duration(\"2m\") > duration(\"119s\")", true),
            ("1 in [1, 2]", true), ("3 in [1, 2]", false), ("-1 in [-1]", true),
            ("\"a\" in ['a', \"b\"]", true), ("\"A\" in [\"a\"]", false),
            ("request.duration == duration(\"30m\")", true), ("request.fields.grace == duration(\"1m\")", true),
            ("request.fields.count in request.fields.ports", false), ("22 in request.fields.ports", true),
            ("\"db\" in request.fields.tags", true), ("request.target in request.fields.tags", false),
            ("size(\"\") == 0", true), ("size(\"aé😀\") == 3", true), ("size([1, 2]) == 2", true),
            ("size(['a']) == 1", true), ("size(request.fields.tags) == 2", true),
            ("size(request.fields.ports) == 2", true),
            ("size(members(\"sre\")) == 2", true), ("size(members(\"staff\")) == 0", true),
            ("\"abc\".startsWith(\"ab\")", true), ("\"abc\".startsWith(\"b\")", false),
            ("\"abc\".startsWith(\"\")", true),
            ("\"e\\u0301\".startsWith(\"e\")", true), ("\"é\".endsWith(\"\\u0301\")", false),
            ("\"abc\".endsWith(\"bc\")", true), ("\"abc\".endsWith(\"b\")", false),
            ("\"abc\".endsWith(\"xabc\")", false),
            ("\"abc\".matches(\"b\")", true), ("\"abc\".matches(\"^b\")", false), ("\"abc\".matches(\"^a.c$\")", true),
            ("flow.name == \"ssh\" && request.flow == flow.name && flow.label == \"SSH Access\"", true),
            ("flow.environment == \"main\" && flow.vars.team == \"net\" && flow.vars[\"my.key\"] == \"v\"", true),
            ("request.bot == \"ci\" && request.source == \"api\" && request.target == \"prod\"", true),
            ("request.fields[\"odd one\"] == \"x\" && request.fields[\"count\"] == 3", true),
            ("request.fields.urgent", true), ("!request.fields.urgent", false), ("!!true", true),
            ("request.fields.urgent == true", true), ("request.fields.env in [\"prod\"]", true),
        ] as [(String, Bool)])
    func values(_ text: String, _ holds: Bool) throws {
        #expect(try ConditionSample.outcome(text) == "\(holds)")
    }

    @Test(
        "people are compared in lower case, wherever they come from",
        arguments: [
            ("request.requester == \"Ana@Example.COM\"", true), ("\"ANA@example.com\" == request.requester", true),
            ("request.requester != \"ANA@example.com\"", false),
            ("request.requester in [\"Ben@example.com\", \"Ana@example.com\"]", true),
            ("request.fields.buddy == \"BEN@example.com\"", true),
            ("request.fields.buddy in request.fields.team", true),
            ("\"Cy@Example.com\" in request.fields.team", true), ("\"ANA@example.com\" in members(\"sre\")", true),
            ("request.fields.buddy in members(\"sre\")", true), ("\"cy@example.com\" in members(\"sre\")", false),
            ("request.requester.startsWith(\"ANA\")", true), ("request.requester.endsWith(\"@EXAMPLE.com\")", true),
            ("\"Ana@example.com, please\".startsWith(request.requester)", true),
            ("request.fields.buddy.matches(\"^ben@\")", true), ("request.fields.ticket in members(\"sre\")", false),
        ] as [(String, Bool)])
    func people(_ text: String, _ holds: Bool) throws {
        #expect(try ConditionSample.outcome(text) == "\(holds)")
    }

    @Test(
        "more that is refused",
        arguments: [
            ("", "1: the condition is empty; leave it out where it is always to hold"),
            ("  \n", "1: the condition is empty; leave it out where it is always to hold"),
            ("true &&", "8: expected a value, found the end"), ("&& true", "1: expected a value, found &&"),
            ("true & true", "6: & is not an operator; write &&"), ("true | true", "6: | is not an operator; write ||"),
            ("not true", "1: write ! instead of not"), ("true or true", "6: write || instead of or"),
            ("1 + 1 == 2", "3: + is not an operator; nothing is calculated here"),
            ("1 - 1 == 0", "3: - is not an operator; nothing is calculated here"),
            ("request", "8: expected . and the name of a fact, found the end"),
            ("request.", "9: expected the name of a fact, found the end"),
            ("request.matches(\"a\")", "16: expected an operator or the end, found ("),
            ("flow == 1", "6: expected . and the name of a fact, found =="),
            ("request.fields == 1", "1: request.fields is not a fact; write request.fields.<name>"),
            ("request.reason.length == 1", "16: request.reason is string and has no parts"),
            ("request.fields.count.more == 1", "27: expected ( after the method more, found =="),
            ("flow.vars[team] == \"net\"", "11: expected a text in quotes, found team"),
            ("flow.vars[\"team\" == \"net\"", "18: expected an operator or ], found =="),
            ("request.duration > 30m", "20: 30m is no whole number; write durations as duration(\"30m\")"),
            ("1.5 > 1", "1: 1.5 is no whole number; write durations as duration(\"30m\")"),
            ("[1] == [1]", "5: == does not compare lists; ask whether one thing is in a list"),
            ("1 in [true]", "7: a list holds texts or whole numbers, written out; true is neither"),
            ("1 in [1, 2", "6: this [ is not closed"), ("1 in [1 2]", "9: expected an operator or ], found 2"),
            ("size() == 1", "1: size takes one argument, not 0"),
            ("size(1, 2) == 1", "1: size takes one argument, not 2"),
            ("\"a\".matches() ", "5: matches takes one argument, not 0"),
            (
                "matches(\"a\", \"b\")",
                "1: matches is written after what it asks about, such as request.reason.matches(\"…\")"
            ),
            ("\"a\".startWith(\"b\")", "5: there is no method startWith; did you mean startsWith"),
            ("sizes(\"a\") == 1", "1: there is no function sizes; did you mean size"),
            ("members(\"sre\")", "1: the condition is list of string; it must be true or false, such as a comparison"),
            ("business_hours(\"EST\")", "16: \"EST\" is no time zone; write one such as \"Europe/Berlin\""),
            (
                "\"a\nb\" == \"c\"",
                "3: a text holds no control character or line end; write \\n, \\t or \\u and four digits"
            ),
            ("\"\\u12\" == \"c\"", "2: \\u takes four hexadecimal digits, such as \\u00e9"),
            ("\"\\ud800\" == \"c\"", "2: this \\u is half of a character; write the character itself"),
            ("\"a\\", "3: nothing follows this \\"),
            ("a.b == 1", "1: \"a\" is not known; facts begin with request. or flow., and texts stand in quotes"),
            ("true ; true", "6: ; has no meaning here"),
            ("“a” == \"a\"", "1: \"“\" has no meaning outside of a text in quotes"),
            ("true == true)", "13: expected an operator or the end, found )"),
        ] as [(String, String)])
    func refused(_ text: String, _ problem: String) {
        #expect(ConditionSample.problem(text) == problem)
    }

    @Test("columns count characters, not bytes or scalars")
    func columns() {
        #expect(ConditionSample.problem("\"e\u{301}👨‍👩‍👧\" == 1")?.hasPrefix("6: ") == true)
        #expect(ConditionSample.problem("true\r\n&& 1")?.hasPrefix("9: ") == true)
    }
}
