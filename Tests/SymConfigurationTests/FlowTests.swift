import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Flows: vars, questions, and flows that give nothing")
struct FlowTests {
    private static func warnings(_ yaml: String) throws -> [String] {
        try Configuration.check(yaml: yaml).warnings.map(\.description)
    }

    private static func flow(_ yaml: String) throws -> Configuration.Flow {
        try #require(try Configuration.parse(yaml: yaml).flows[Fixtures.name("ssh")])
    }

    @Test("every type of field")
    func fields() throws {
        let fields = """
            [ { name: reason, type: string, visible: false, default: none },
              { name: ticket, type: string, label: Ticket, required: false, default: b, allowed_values: [a, b] },
              { name: size, type: int, default: "2", allowed_values: [1, "2"] }, { name: ok, type: bool, default: true },
              { name: span, type: duration, default: 1h, required: false }, { name: who, type: slack_user },
              { name: all, type: slack_user_list }, { name: tags, type: str_list, allowed_values: [x] },
              { name: numbers, type: int_list, allowed_values: [3] }, { name: target_id, type: string, allowed_values: [z] } ]
            """.split(separator: "\n").joined(separator: " ")
        let yaml = Fixtures.yaml().replacing("prompt_field:", with: "prompt_field: \(fields)").split(separator: "\n")
            .filter { !$0.contains("        - {") }.joined(separator: "\n")
        let flow = try Self.flow(yaml)
        typealias Prompt = Configuration.Prompt
        #expect(
            flow.prompts == [
                Prompt(
                    name: "reason", label: "Reason", kind: .text(allowed: []), isRequired: false, isVisible: false,
                    defaultValue: .text("none")),
                Prompt(
                    name: "ticket", label: "Ticket", kind: .text(allowed: ["a", "b"]), isRequired: false,
                    defaultValue: .text("b")),
                Prompt(name: "size", label: "size", kind: .integer(allowed: [1, 2]), defaultValue: .integer(2)),
                Prompt(name: "ok", label: "ok", kind: .flag, defaultValue: .flag(true)),
                Prompt(
                    name: "span", label: "span", kind: .duration(allowed: []), isRequired: false,
                    defaultValue: .integer(3_600)),
                Prompt(name: "who", label: "who", kind: .person), Prompt(name: "all", label: "all", kind: .people),
                Prompt(name: "tags", label: "tags", kind: .texts(allowed: ["x"])),
                Prompt(name: "numbers", label: "numbers", kind: .integers(allowed: [3])),
                Prompt(name: "target_id", label: "Target", kind: .text(allowed: [])),
                Prompt(
                    name: "duration", label: "Duration",
                    kind: .duration(allowed: [Seconds(30), Seconds(600), Seconds(3_600)])),
            ])
        #expect(
            try Self.warnings(yaml) == [
                "line 18: sym_flow.ssh.params.prompt_field[9].allowed_values: is not used for target_id: the choices are the "
                    + "strategy's targets"
            ])
    }

    @Test("vars are texts, and what Terraform makes texts of is told")
    func vars() throws {
        let yaml = Fixtures.yaml().replacing("  ssh:\n", with: "  ssh:\n    vars: { a: x, b: 7, c: true, d: '' }\n")
        #expect(try Self.flow(yaml).vars == ["a": "x", "b": "7", "c": "true", "d": ""])
        #expect(
            try Self.warnings(yaml) == [
                "line 16: sym_flow.ssh.vars.b: is taken for the text \"7\"; write it in quotes",
                "line 16: sym_flow.ssh.vars.c: is taken for the text \"true\"; write it in quotes",
            ])
    }

    @Test("a flow that gives nothing")
    func approvalOnly() throws {
        let rule = "{ name: r, stages: [ { name: s, approvers: { roles: [admin] } } ] }"
        let yaml = "sym_flow: { ask: { params: {}, rules: [ \(rule) ] } }"
        let flow = try #require(try Configuration.parse(yaml: yaml).flows[Fixtures.name("ask")])
        #expect(flow.strategy == nil && flow.durations.isEmpty && flow.targets.isEmpty && flow.prompts.isEmpty)
        #expect(try Self.warnings(yaml).isEmpty)
        #expect(
            Fixtures.problems("sym_flow: { ask: { rules: [ \(rule) ] } }").isEmpty, "params may be left out, too")
        for (old, new, problem) in [
            (
                "params: {}", "params: { prompt_field: [ { name: duration, type: duration, allowed_values: [1h] } ] }",
                "name"
            ),
            ("params: {}", "params: { prompt_field: [ { name: target_id, type: string } ] }", "\"target_id\" has no"),
            ("name: r,", "name: r, max_duration: 1h,", "max_duration: has no meaning in a flow that gives nothing"),
            ("name: r,", "name: r, extend: { times: 1, by: 1h },", "extend: has no meaning in a flow that gives"),
        ] {
            let problems = Fixtures.problems(yaml.replacing(old, with: new))
            #expect(problems.count == 1 && problems.first?.contains(problem) == true, "\(problems)")
        }
    }

    @Test(
        "what may stay and should be known",
        arguments: [
            ("allowed_sources: []", "params.allowed_sources: is empty: the flow cannot be asked for"),
            (
                "include_decision_message: true",
                "params.include_decision_message: showing a text field beside the buttons"
            ),
            (
                "additional_header_text: '*Hi*'",
                "params.additional_header_text: showing it above the form is not done yet"
            ),
            ("allow_guest_interaction: true", "params.allow_guest_interaction: letting guests decide is not done yet"),
        ])
    func params(_ line: String, _ warning: String) throws {
        let warnings = try Self.warnings(Fixtures.yaml(params: line))
        #expect(
            warnings.count == 1 && warnings.first?.hasPrefix("line 21: sym_flow.ssh.\(warning)") == true, "\(warnings)")
    }

    @Test("several stages, escalations, reminders and extensions are granted as they are written")
    func granted() throws {
        let staff = "approvers: { groups: [staff] }"
        let (ben, cy) = (Fixtures.person("ben"), Fixtures.person("cy"))
        let a = Decision.Stage(name: "a", approvers: [ben, cy], required: 1)
        for (rule, stages, extending) in [
            (
                "stages: [ { name: a, \(staff) }, { name: b, approvers: { users: [cy@example.com] } } ]",
                [a, .init(name: "b", approvers: [cy], required: 1)], nil
            ),
            (
                "stages: [ { name: a, required: 2, approvers: { groups: [sre] }, escalate: [ { after: 1h, add: { groups: "
                    + "[staff] }, notify: { slack: ['#l'] } } ] } ]",
                [
                    .init(
                        name: "a", approvers: [ben], required: 2,
                        escalations: [.init(after: Seconds(3_600), added: [cy], channels: ["#l"])])
                ], nil
            ),
            (
                "stages: [ { name: a, \(staff), notify: { slack: ['#a'], remind_after: 1h } } ]",
                [.init(name: "a", approvers: [ben, cy], required: 1, channels: ["#a"], remindAfter: Seconds(3_600))],
                nil
            ),
            (
                "extend: { times: 2, by: 1h }, stages: [ { name: a, \(staff) } ]", [a],
                .init(times: 2, by: Seconds(3_600), isAutomatic: false)
            ),
            (
                "extend: { times: 1, by: 30m, approve: automatically }, stages: [ { name: a, \(staff) } ]", [a],
                .init(times: 1, by: Seconds(1_800), isAutomatic: true)
            ),
            (
                "extend: { times: 1, by: 30m, approve: automatically }, approve: automatically", [],
                .init(times: 1, by: Seconds(1_800), isAutomatic: true)
            ),
        ] as [(String, [Decision.Stage], Decision.Extending?)] {
            let yaml = Fixtures.yaml(rules: "- { name: r, \(rule) }")
            #expect(try Self.warnings(yaml).isEmpty, "\(rule)")
            let decision = try Fixtures.evaluate(try Fixtures.facts(yaml: yaml), Fixtures.submit()).get().decision
            #expect(decision.stages == stages, "\(rule)")
            #expect(decision.extending == extending, "\(rule)")
        }
    }

    @Test("approvers are not told directly yet: a warning where it is written, and the request is granted")
    func notYet() throws {
        let yaml = Fixtures.yaml(
            rules: "- { name: r, stages: [ { name: a, approvers: { groups: [sre] }, notify: { direct: true } } ] }")
        let checked = try Configuration.check(yaml: yaml)
        #expect(
            checked.warnings.map(\.description) == [
                "line 23: sym_flow.ssh.rules[0].stages[0].notify.direct: telling approvers directly is not done yet by this "
                    + "version"
            ])
        #expect(Fixtures.evaluate(try Fixtures.facts(yaml: yaml), Fixtures.submit()).failure == nil)
    }

    @Test("a flow without rules")
    func noRules() throws {
        for rules in ["[]", "# none"] {
            let yaml = Fixtures.yaml(rules: rules).replacing("rules:\n      # none", with: "")
            let warnings = try Self.warnings(yaml)
            #expect(warnings.count == 1 && warnings.first?.contains("without a rule every request is refused") == true)
            #expect(try Self.flow(yaml).rules.isEmpty)
        }
    }

    @Test("escalations are in the order of their time, whatever order they are written in")
    func escalations() throws {
        let add = "add: { groups: [staff] }"
        let flow = try Self.flow(
            Fixtures.yaml(
                rules:
                    "- { name: r, stages: [ { name: a, approvers: { groups: [sre] }, escalate: [ { after: 2h, \(add) }, "
                    + "{ after: 1h, \(add) } ] } ] }"))
        #expect(flow.rules.first?.stages.first?.escalations.map(\.after) == [Seconds(3_600), Seconds(7_200)])
    }

    @Test("errors come with the warnings")
    func both() {
        do {
            _ = try Configuration.check(yaml: Fixtures.yaml(params: "allowed_sources: []\n      alow_revoke: true"))
            Issue.record("read")
        } catch {
            #expect(error.problems.map(\.path) == ["sym_flow.ssh.params.alow_revoke"])
            #expect(error.warnings.map(\.path) == ["sym_flow.ssh.params.allowed_sources"])
        }
    }

    @Test(
        "a condition is checked against what its flow offers",
        .enabled(if: (try? Condition(parsing: "(", in: ConditionScope())) == nil, "the language is not there yet"))
    func conditions() throws {
        let yaml = { (condition: String) in
            Fixtures.yaml(
                rules: "- { name: r, when: '\(condition)', stages: [ { name: s, approvers: { groups: [sre] } } ] }"
            ).replacing("  ssh:\n", with: "  ssh:\n    vars: { team: x }\n").replacing(
                "- { name: reason,", with: "- { name: size, type: int }\n        - { name: reason,")
        }
        for condition in [
            "request.fields.size > 3", "flow.vars.team == \"x\"", "request.requester in members(\"staff\")",
        ] { #expect(Fixtures.problems(yaml(condition)).isEmpty, "\(Fixtures.problems(yaml(condition)))") }
        for condition in [
            "request.fields.siz > 3", "flow.vars.tea == \"x\"", "request.requester in members(\"staf\")",
            "request.fields.size",
        ] {
            let problems = Fixtures.problems(yaml(condition))
            #expect(problems.count == 1)
            #expect(problems.first?.hasPrefix("line 25: sym_flow.ssh.rules[0].when: column ") == true, "\(problems)")
        }
        let broken = yaml("request.fields.siz > 3").replacing("type: int", with: "type: itn")
        #expect(Fixtures.problems(broken).count == 1, "a field that cannot be read is not told twice")
    }
}
