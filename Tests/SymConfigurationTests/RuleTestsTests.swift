import SymMessages
import Testing

@testable import SymConfiguration

@Suite("rules test")
struct RuleTestsTests {
    private func run(_ tests: String, _ configuration: Configuration? = nil) throws -> [RuleTests.Result] {
        let configuration = try configuration ?? Configuration.parse(yaml: try Fixtures.example("sym.yaml"))
        return try RuleTests(yaml: tests).run(configuration: configuration)
    }

    @Test("the example passes on the example")
    func example() throws {
        let results = try run(try Fixtures.example("rules-test.yaml"))
        #expect(results.count == 6)
        for result in results { #expect(result.passed, "\(result.name): \(result.differences)") }
        let text = try Fixtures.example("rules-test.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        for result in results { #expect(text[(result.line ?? 1) - 1].contains("- name: \(result.name)")) }
    }

    @Test(
        "a wrong expectation fails, with what was expected and what came",
        arguments: [
            ("automatic", "expected automatic, got review, by the rule \"staff\""),
            ("refused", "expected refused, got review, by the rule \"staff\""),
            ("{ refused: no }", "expected refused, got review, by the rule \"staff\""),
            ("{ rule: all }", "expected the rule \"all\", got \"staff\""),
            ("{ stages: [ { name: lead } ] }", "expected the stages lead, got sre"),
            ("{ stages: [] }", "expected the stages none, got sre"),
            (
                "{ stages: [ { name: sre, approvers: [ben@example.com] } ] }",
                "stage \"sre\": expected the approvers ben@example.com, got ana@example.com, ben@example.com"
            ),
            ("{ stages: [ { name: sre, required: 2 } ] }", "stage \"sre\": expected required 2, got 1"),
        ])
    func wrong(_ expectation: String, _ difference: String) throws {
        let results = try run(Self.tests("person: dee@example.com, expect: \(expectation)"))
        #expect(results.map(\.differences) == [[difference]])
        #expect(results.map(\.passed) == [false])
    }

    @Test("a refusal is told with its reason, letters of either case")
    func reason() throws {
        let sentence = "No rule of the flow \"tailscale-ssh-access\" lets eve@example.com have \"main-prod-access\"."
        let results = try run(
            Self.tests(
                "person: eve@example.com, expect: review", "person: eve@example.com, expect: { refused: other }",
                "person: eve@example.com, expect: { refused: LETS eve }"))
        #expect(
            results.map(\.differences) == [
                ["expected review, got refused: \(sentence)"],
                ["expected a reason with \"other\" in it, got refused: \(sentence)"], [],
            ])
    }

    @Test("groups of the directory, fields, bots and times are given")
    func given() throws {
        let rules = [
            RuleSketch.automatic("oncall", RuleSketch.audience(groups: ["oncall"])),
            RuleSketch.review("r", stages: [RuleSketch.stage("s", RuleSketch.audience(roles: [.admin]))]),
        ]
        let results = try run(
            """
            given:
              time: 2026-03-02T10:00:00Z
              people: [ { email: ana@example.com }, { email: cy@example.com, role: admin } ]
              bots: [ { name: pager, flows: [ssh], people: [ana@example.com], automatic: true } ]
              groups: { oncall: { members: [ana@example.com], valid_until: 2026-03-02T12:00:00Z } }
            cases:
              - { name: a, person: ana@example.com, flow: ssh, target: prod, duration: 30m, expect: { automatic: true, rule: oncall } }
              - { name: b, bot: pager, for: ana@example.com, source: kafka, flow: ssh, target: prod, expect: automatic }
              - { name: c, person: cy@example.com, flow: ssh, target: prod, expect: { refused: "stage \\"s\\"" } }
              - { name: d, person: ana@example.com, flow: ssh, target: prod, at: 2026-03-02T12:00:00Z, expect: { refused: "was valid until" } }
              - { name: e, person: ana@example.com, flow: ssh, target: prod, fields: { tickets: x }, expect: { refused: did you mean } }
              - { name: f, person: ana@example.com, flow: ssh, target: prod, fields: { ticket: [1, 2] }, expect: { refused: must be a text } }
            """, RuleSketch.configuration(rules))
        for result in results { #expect(result.passed, "\(result.name): \(result.differences)") }
        #expect(results.count == 6)
    }

    @Test(
        "what is wrong in the file is told with its line, all at once",
        arguments: [
            ("given: {}\ncases: []", "line 2: cases: is empty; nothing would be tested"),
            ("cases: [ { name: a } ]", "given: is missing"),
            (tests("expect: refused"), "line 4: cases[0].person: or bot must say who asks, one of them"),
            (tests("person: a@b, bot: ci, expect: refused"), "or bot must say who asks, one of them"),
            (
                tests("person: a@b, expect: maybe"),
                "cases[0].expect: \"maybe\" is not one of refused, automatic, review"
            ),
            (tests("person: a@b, expect: {}"), "cases[0].expect: says nothing"),
            (tests("person: a@b, expect: { refused: x, automatic: true }"), "and refused cannot both be expected"),
            (tests("person: a@b, expect: { refused: x, stages: [] }"), "are expected only where people decide"),
            (
                tests("person: a@b, expcet: refused"),
                "cases[0].expcet: is not an attribute that this version knows; did you mean"
            ),
            (
                tests("person: a@b, at: noon, expect: refused"),
                "cases[0].at: must be a time such as 2026-03-02T10:00:00Z"
            ),
            (tests("person: a@b, source: http, expect: refused"), "\"http\" is not one of slack, api, kafka"),
            (
                tests("person: a@b, fields: { a: { b: c } }, expect: refused"),
                "cases[0].fields.a: must be a text, a whole"
            ),
            (
                "given: { people: [ { email: a@b }, { email: a@b } ] }\ncases: [ { name: a } ]",
                "given.people[1].email: is in the list already"
            ),
            (
                "given: { people: [] }\ncases: [ { name: a, flow: f, person: a@b, expect: refused } ]",
                "cases[0].at: is missing; give a time such as 2026-03-02T10:00:00Z, or given.time for all"
            ),
        ])
    func problems(_ yaml: String, _ problem: String) {
        let error = #expect(throws: ConfigurationErrors.self) { _ = try RuleTests(yaml: yaml) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    /// One case a line, all of the same flow, from line 4.
    private static func tests(_ cases: String...) -> String {
        let people = ["ana", "ben", "cy", "dee", "eve"].map { "{ email: \($0)@example.com }" }
        return
            "given: { time: 2026-03-02T10:00:00Z, people: [\(people.joined(separator: ", "))] }\n# one a line\ncases:\n"
            + cases.enumerated().map { "  - { name: c\($0), flow: tailscale-ssh-access, \($1) }" }.joined(
                separator: "\n")
    }
}
