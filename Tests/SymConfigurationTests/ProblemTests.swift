import SymMessages
import Testing

@testable import SymConfiguration

@Suite("What is wrong in a configuration is told, and never ignored")
struct ProblemTests {
    static let long = String(repeating: "x", count: 56)
    static let stage = "stages: [ { name: s, approvers: { groups: [sre] } } ]"

    @Test(
        "resources",
        arguments: [
            (
                "sym_flows: {}",
                "line 1: sym_flows: is not a resource type that this version knows; did you mean \"sym_flow\""
            ),
            ("sym_log_destination: {}", "line 1: sym_log_destination: is not supported; every event is in the topic"),
            ("sym_flows_filter: {}", "sym_flows_filter: is not supported: it held Python"),
            ("[1]", "line 1: must be a map of resource types"),
            ("sym_group: [1]", "sym_group: must be a map from names"),
            ("sym_group:", "sym_group: must be a map from names"),
            ("sym_group: { a b: { members: [] } }", "sym_group.a b: a name is 1 to 128"),
            ("sym_group: { a: { members: [] }, A: { members: [] } }", "sym_group.A: differs from \"a\" only in"),
            ("sym_group: { a: 1 }", "sym_group.a: must be a map of attributes"),
            ("sym_group: { a: {} }", "sym_group.a.members: is missing"),
            ("sym_group: { a: { members: } }", "sym_group.a.members: has no value"),
            ("sym_group: { a: { members: x@y } }", "sym_group.a.members: must be a list"),
            ("sym_group: { a: { members: [x] } }", "sym_group.a.members[0]: \"x\" is not an e-mail address"),
            ("sym_group: { a: { members: [x@y, X@y] } }", "sym_group.a.members[1]: x@y is in the list already"),
            ("sym_group: { a: { members: [x@y, x@y] } }", "members[1]: \"x@y\" is in the list already"),
            ("sym_group: { a: { members: [7] } }", "members[0]: must be a text; write \"7\" in quotes"),
            (
                "sym_group: { a: { source: directry } }",
                "\"directry\" is not one of directory; did you mean \"directory\""
            ),
            ("sym_group: { a: { source: directory, members: [] } }", "sym_group.a.source: cannot stand beside members"),
            ("sym_group: { a: { members: [], name: b } }", "sym_group.a.name: is \"b\", but the resource's key"),
            (
                "sym_group: { a: { member: [] } }",
                "a.member: is not an attribute that this version knows; did you mean \"members\""
            ),
            (
                "sym_integration: { a: { type: tailscale, external_id: x.com, settings: { api_token_secret: s } }, "
                    + "b: { type: tailscale, external_id: x.com, settings: { api_token_secret: s } } }\n"
                    + "sym_secrets: { e: { type: env } }\nsym_secret: { s: { source_id: e, path: T } }",
                "b.external_id: the tailnet x.com has an integration already: \"a\""
            ),
            ("sym_secrets: { a: {} }", "sym_secrets.a.type: is missing"),
            (
                "sym_secrets: { e: { type: env } }\nsym_secret: { s: { source_id: e, path: T, settings: { json_key: k } } }",
                "settings.json_key: is not supported with env; keep one secret in one variable or file"
            ),
            (
                "sym_secrets: { e: { type: aws_secrets_manager, settings: { context_id: c } } }",
                "settings.context_id: there is no sym_integration \"c\""
            ),
            ("sym_secrets: { a: { type: vault } }", "sym_secrets.a.type: \"vault\" is not one of env, file"),
            ("sym_secret: { a: { source_id: b, path: C } }", "sym_secret.a.source_id: there is no sym_secrets \"b\""),
            ("sym_secret: { a: {} }", "sym_secret.a.path: is missing"),
            ("sym_integration: { a: { type: okta, external_id: x } }", "okta is not supported; this version knows"),
            (
                "sym_integration: { a: { type: slac, external_id: x } }",
                "one of slack, tailscale; did you mean \"slack\""
            ),
            ("sym_integration: { a: { type: slack } }", "sym_integration.a.external_id: is missing"),
            ("sym_integration: { a: { type: slack, external_id: 12 } }", "must be a text; write \"12\" in quotes"),
            ("sym_integration: { a: { type: slack, external_id: \"\" } }", "external_id: is empty"),
            ("sym_integration: { a: { type: slack, external_id: \"a\\nb\" } }", "has a line break"),
            (
                "sym_integration: { a: { type: slack, external_id: x, settings: { y: z } } }",
                "settings.y: is not an attribute"
            ),
            ("sym_integration: { a: { type: tailscale, external_id: x } }", "a.settings: is missing"),
            (
                "sym_integration: { a: { type: tailscale, external_id: x, settings: {} } }",
                "api_token_secret: is missing"
            ),
            (
                "sym_target: { a: { type: okta_group } }",
                "sym_target.a.type: okta_group is not supported; this version knows tailscale_group"
            ),
            ("sym_target: { a: { type: tailscale_group } }", "sym_target.a.settings: is missing"),
            ("sym_target: { a: { type: tailscale_group, settings: {} } }", "settings.group_name: is missing"),
            (
                "sym_target: { a: { type: tailscale_group, settings: { group_name: 'autogroup:admin' } } }",
                "\"autogroup:admin\" is not a group that can be edited"
            ),
            (
                "sym_target: { a: { type: tailscale_group, field_bindings: [group_name], settings: { group_name: a } } }",
                "field_bindings: is not supported; declare a sym_target for each group"
            ),
            (
                "sym_strategy: { a: { type: okta } }",
                "sym_strategy.a.type: okta is not supported; this version knows tailscale"
            ),
            ("sym_strategy: { a: { type: tailscale } }", "sym_strategy.a.integration_id: is missing"),
            ("sym_strategy: { a: { type: tailscale, targets: [] } }", "sym_strategy.a.targets: is empty"),
            ("sym_strategy: { a: { implementation: x } }", "sym_strategy.a.implementation: is not supported"),
            ("sym_runtime: { a: { context_id: x } }", "sym_runtime.a.context_id: there is no sym_integration \"x\""),
            (
                "sym_environment: { a: { log_destination_ids: [] } }",
                "log_destination_ids: is not supported; every event is in the topic"
            ),
            ("sym_environment: { a: { integrations: { slack_id: x } } }", "there is no sym_integration \"x\""),
            ("sym_error_logger: { a: {} }", "sym_error_logger.a.destination: is missing"),
        ])
    func resources(_ yaml: String, _ problem: String) {
        let problems = Fixtures.problems(yaml)
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }

    @Test(
        "a secret's path stays where the operator keeps secrets",
        arguments: [
            ("env", "A B"), ("env", "1A"), ("env", "A=B"), ("file", "/etc/passwd"), ("file", "../x"),
            ("file", "a/../b"),
            ("file", "a//b"), ("file", "."),
        ])
    func secretPath(_ type: String, _ path: String) {
        let problems = Fixtures.problems(
            "sym_secrets: { s: { type: \(type) } }\nsym_secret: { a: { source_id: s, path: \"\(path)\" } }")
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("line 2: sym_secret.a.path: must be") == true, "\(problems)")
    }

    @Test("a tailnet cannot change the API's address", arguments: ["a/b", "..", "a?b", "a#b", "a%2fb", "a b", "ä"])
    func tailnet(_ tailnet: String) {
        let yaml = Fixtures.yaml().replacing("tailnet: \"-\"", with: "tailnet: \"\(tailnet)\"")
        let problems = Fixtures.problems(yaml)
        #expect(problems.count == 1)
        #expect(problems.first?.contains("settings.tailnet: \"\(tailnet)\" is not a tailnet") == true, "\(problems)")
    }

    @Test(
        "a flow's parameters",
        arguments: [
            ("schedule_deescalation: false", "schedule_deescalation: false is refused: every lease ends"),
            ("include_decision_message: 1", "include_decision_message: must be true or false"),
            ("allow_guest_interaction: []", "allow_guest_interaction: must be true or false"),
            ("additional_header_text: true", "additional_header_text: must be a text; write \"true\" in quotes"),
            ("allow_revoke: yes", "allow_revoke: must be true or false"),
            ("allowed_sources: [slack, mail]", "allowed_sources[1]: \"mail\" is not one of slack, api, kafka"),
            ("allowed_sources: kafka", "allowed_sources: must be a list"),
            (
                "alow_revoke: true",
                "params.alow_revoke: is not an attribute that this version knows; did you mean \"allow_revoke\""
            ),
        ])
    func params(_ line: String, _ problem: String) {
        let problems = Fixtures.problems(Fixtures.yaml(params: line))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("line 21: sym_flow.ssh.params.") == true, "\(problems)")
        #expect(problems.first?.contains(problem) == true, "\(problems)")
    }

    @Test(
        "a flow's questions",
        arguments: [
            ("name: 1st, type: string", "prompt_field[0].name: \"1st\" is not a field's name"),
            ("type: string", "prompt_field[0].name: is missing"),
            ("name: reason", "prompt_field[0].type: is missing"),
            ("name: reason, type: int", "prompt_field[0].type: must be string for this field, not \"int\""),
            ("name: ticket, type: sting", "type: \"sting\" is not one of string, int"),
            ("name: ticket, type: sting", "did you mean \"string\""),
            (
                "name: ticket, type: string, default: c, allowed_values: [a]",
                "default: \"c\" is not among the allowed_v"
            ),
            ("name: ticket, type: string, allowed_values: []", "allowed_values: is empty"),
            ("name: ticket, type: string, allowed_values: [1]", "allowed_values[0]: must be a text; write \"1\" in"),
            ("name: ticket, type: string, allowed_values: [a, a]", "allowed_values[1]: a is in the list already"),
            ("name: ticket, type: string, allowed_values: [\(long)]", "allowed_values[0]: has 56 characters; a choice"),
            ("name: ticket, type: int, allowed_values: [a]", "allowed_values[0]: must be a whole number"),
            ("name: ticket, type: int, default: a", "default: must be a whole number"),
            ("name: ticket, type: bool, default: no", "default: must be true or false"),
            (
                "name: ticket, type: bool, allowed_values: [true]",
                "allowed_values: cannot be given for a field of the type"
            ),
            (
                "name: who, type: slack_user, allowed_values: [a@b]",
                "allowed_values: cannot be given for a field of the"
            ),
            (
                "name: who, type: slack_user_list, default: a@b",
                "default: cannot be given for a field of the type slack"
            ),
            ("name: who, type: str_list, default: a", "default: cannot be given for a field of the type str_list"),
            ("name: target_id, type: int", "type: must be string for this field, not \"int\""),
            ("name: target_id, type: string, required: false", "required: must be true: every access has a target"),
            (
                "name: target_id, type: string, visible: false",
                "visible: must be true: the strategy has several targets"
            ),
            ("name: target_id, type: string, default: prod", "default: is not supported for target_id"),
            ("name: duration, type: duration, allowed_values: [1h], visible: false", "visible: must be true"),
            ("name: duration, type: duration, allowed_values: [1h], default: 2h", "default: \"2h\" is not among"),
            ("name: reason, type: string, prefetch: true", "prefetch: true is not supported"),
            ("name: reason, type: string, on_change: [x]", "on_change: must be a text"),
            ("name: duration, type: duration", "allowed_values: is missing"),
            ("name: duration, type: duration, allowed_values: []", "allowed_values: is empty"),
            ("name: duration, type: duration, allowed_values: [30]", "allowed_values[0]: must be a duration such as"),
            (
                "name: duration, type: duration, allowed_values: [1h, 60m]",
                "allowed_values[1]: 1h is in the list already"
            ),
            ("name: duration, type: duration, allowed_values: [7mo]", "allowed_values[0]: 7mo is longer than the 180d"),
            ("name: duration, type: duration, allowed_values: [1h], required: false", "required: must be true"),
            ("name: duration, type: string, allowed_values: [1h]", "type: must be duration for this field"),
        ])
    func prompts(_ field: String, _ problem: String) {
        let yaml = Fixtures.yaml().split(separator: "\n").filter { !$0.contains("- { name: reason") }
            .map { $0.contains("name: duration") ? "            - { \(field) }" : String($0) }.joined(separator: "\n")
        let problems = Fixtures.problems(yaml)
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains(problem) == true, "\(problems)")
    }

    @Test("two questions of one name")
    func twice() {
        let yaml = Fixtures.yaml().replacing(
            "- { name: reason, type: string, required: true }",
            with: "[ { name: reason, type: string }, { name: reason, type: string } ]"
        ).replacing("        - { name: duration, type: duration, allowed_values: [30m, 1h, 8h] }\n", with: "")
        #expect(Fixtures.problems(yaml).first?.contains("prompt_field[1].name: \"reason\" is asked already") == true)
    }

    @Test(
        "rules",
        arguments: [
            ("{ name: r, when: true, \(stage) }", "rules[0].when: must be a text; write \"true\" in quotes"),
            ("{ name: r, deny: no, \(stage) }", "rules[0].stages: cannot stand beside deny"),
            ("{ name: r, deny: no, approve: automatically }", "rules[0].approve: cannot stand beside deny"),
            ("{ name: r, deny: no, max_duration: 1h }", "rules[0].max_duration: has no meaning in a rule that denies"),
            ("{ name: r, deny: no, extend: { times: 1, by: 1h } }", "rules[0].extend: has no meaning in a rule that d"),
            ("{ name: r, approve: always }", "rules[0].approve: \"always\" is not one of automatically"),
            ("{ name: r, approve: automatically, pending_for: 1h }", "rules[0].pending_for: has no meaning in a rule"),
            (
                "{ name: r, approve: automatically, extend: { times: 1, by: 1h } }",
                "extend.approve: must be automatically"
            ),
            ("{ name: r, extend: { times: 1 }, \(stage) }", "rules[0].extend.by: is missing; it says for how long"),
            ("{ name: r, extend: { times: 0, by: 1h }, \(stage) }", "extend.times: must be a whole number from 1 to"),
            (
                "{ name: r, require_decision_message: [veto], \(stage) }",
                "rules[0].require_decision_message[0]: \"veto\" is not one of approve, deny"
            ),
            ("{ \(stage) }", "rules[0].name: is missing"),
            ("{ name: r }", "rules[0].stages: is missing"),
            ("{ name: r, stages: [] }", "rules[0].stages: is empty; name at least one stage"),
            (
                "{ name: r, stages: [ { name: a, approvers: { groups: [sre] } }, { name: a, approvers: { groups: [sre] } } ] }",
                "rules[0].stages[1].name: \"a\" is the name of an earlier stage"
            ),
            ("{ name: r, requesters: { groups: [] }, \(stage) }", "rules[0].requesters: names nobody"),
            ("{ name: r, requesters: {}, \(stage) }", "rules[0].requesters: names nobody"),
            (
                "{ name: r, requesters: { groups: [staf] }, \(stage) }",
                "there is no sym_group \"staf\"; did you mean \"staff\""
            ),
            (
                "{ name: r, requesters: { roles: [boss] }, \(stage) }",
                "roles[0]: \"boss\" is not one of admin, member, guest"
            ),
            ("{ name: r, requesters: { user: [] }, \(stage) }", "requesters.user: is not an attribute"),
            ("{ name: r, targets: [], \(stage) }", "rules[0].targets: is empty"),
            ("{ name: r, targets: [prd], \(stage) }", "there is no sym_target \"prd\"; did you mean \"prod\""),
            ("{ name: r, max_duration: 4, \(stage) }", "max_duration: must be a duration"),
            ("{ name: r, grant_within: 2d, \(stage) }", "grant_within: 2d is longer than the 1d"),
            ("{ name: r, pending_for: 2mo, \(stage) }", "pending_for: 2mo is longer than the 30d"),
            ("{ name: r, stages: [ { approvers: { groups: [sre] } } ] }", "stages[0].name: is missing"),
            ("{ name: r, stages: [ { name: s } ] }", "stages[0].approvers: is missing"),
            (
                "{ name: r, stages: [ { name: s, approvers: {} } ] }",
                "stages[0].approvers: can never be met: 1 must say yes, and 0"
            ),
            (
                "{ name: r, stages: [ { name: s, required: 3, approvers: { groups: [sre] } } ] }",
                "can never be met: 3 must say yes, and 2"
            ),
            (
                "{ name: r, stages: [ { name: s, required: 0, approvers: { groups: [sre] } } ] }",
                "required: must be a whole number from 1 to 100"
            ),
            (
                "{ name: r, stages: [ { name: s, approvers: { roles: [admn] } } ] }",
                "roles[0]: \"admn\" is not one of admin, member; did you mean \"admin\""
            ),
            (
                "{ name: r, stages: [ { name: s, approvers: { roles: [guest] } } ] }",
                "roles[0]: guest is not possible here: guests never decide"
            ),
            (
                "{ name: r, stages: [ { name: s, escalate: [ { add: { groups: [sre] } } ], approvers: { groups: [sre] } } ] }",
                "stages[0].escalate[0].after: is missing; it counts from"
            ),
            (
                "{ name: r, stages: [ { name: s, escalate: [ { after: 1h, add: {} } ], approvers: { groups: [sre] } } ] }",
                "stages[0].escalate[0].add: names nobody"
            ),
            (
                "{ name: r, pending_for: 1h, stages: [ { name: s, escalate: [ { after: 1h, add: { groups: [sre] } } ], "
                    + "approvers: { groups: [sre] } } ] }",
                "stages[0].escalate[0].after: comes too late: after 1h (pending_for) nobody can decide any more"
            ),
            (
                "{ name: r, stages: [ { name: s, notify: { remind_after: 2d }, approvers: { groups: [sre] } } ] }",
                "notify.remind_after: comes too late: after 1d (pending_for)"
            ),
            (
                "{ name: r, stages: [ { name: s, notify: { direct: 1 }, approvers: { groups: [sre] } } ] }",
                "notify.direct: must be true or false"
            ),
            (
                "{ name: r, satges: [], \(stage) }",
                "rules[0].satges: is not an attribute that this version knows; did you mean \"stages\""
            ),
        ])
    func rules(_ rule: String, _ problem: String) {
        let problems = Fixtures.problems(Fixtures.yaml(rules: "- \(rule)"))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("line 23: sym_flow.ssh.rules[0]") == true, "\(problems)")
        #expect(problems.first?.contains(problem) == true, "\(problems)")
    }

    @Test("rules of one name")
    func ruleNames() {
        let two = Fixtures.problems(Fixtures.yaml(rules: "[ { name: r, \(Self.stage) }, { name: r, \(Self.stage) } ]"))
        #expect(two.count == 1)
        #expect(two.first?.contains("rules[1].name: \"r\" is the name of an earlier rule") == true, "\(two)")
    }

    @Test("a rule's target must be one of the strategy's")
    func foreignTarget() {
        let yaml = Fixtures.yaml(rules: "- { name: r, targets: [test], \(Self.stage) }")
            .replacing("targets: [prod, test]", with: "targets: [prod]")
        #expect(
            Fixtures.problems(yaml).first?.contains("\"test\" is not among the targets of the strategy \"net\"") == true
        )
    }

    @Test("integrations of the wrong kind")
    func wrongKind() {
        let yaml = Fixtures.yaml()
            .replacing("{ type: tailscale, integration_id: net,", with: "{ type: tailscale, integration_id: talk,")
            .replacing("sym_integration:", with: "sym_integration:\n  talk: { type: slack, external_id: T1 }")
        #expect(Fixtures.problems(yaml).first?.contains("integration_id: names a slack integration") == true)
        let logger = "\nsym_error_logger: { e: { integration_id: net, destination: x } }"
        #expect(Fixtures.problems(Fixtures.yaml() + logger).first?.contains("names a tailscale integration") == true)
        let environment = "\nsym_environment: { e: { integrations: { slack_id: net } } }"
        #expect(
            Fixtures.problems(Fixtures.yaml() + environment).first?.contains("its key here is tailscale_id") == true)
    }

    @Test("all problems at once, in the order of the lines, and each once")
    func all() {
        let problems = Fixtures.problems(
            """
            sym_integration: { net: { type: tailscale, external_id: 1.5, settings: { api_token_secret: nothing } } }
            sym_target: { prod: { type: tailscale_group, settings: { group_name: prod } } }
            sym_strategy: { net: { type: tailscale, integration_id: net, targets: [prod] } }
            sym_flow:
              ssh:
                vars: { a: [b] }
                implementation: [x]
                params: { strategy_id: net }
                rules: [ { name: r, approve: never } ]
            sym_grup: {}
            """)
        #expect(
            problems.map { $0.split(separator: ":")[0...1].joined(separator: ":") } == [
                "line 1: sym_integration.net.external_id",
                "line 1: sym_integration.net.settings.api_token_secret",
                "line 6: sym_flow.ssh.vars.a", "line 7: sym_flow.ssh.implementation",
                "line 9: sym_flow.ssh.rules[0].approve", "line 10: sym_grup",
            ])
    }

    @Test("a thousand problems are told as two hundred")
    func many() {
        let members = Array(repeating: "x", count: 1_000).enumerated().map { "x\($0.offset)" }.joined(separator: ", ")
        let problems = Fixtures.problems("sym_group: { a: { members: [\(members)] } }")
        #expect(problems.count == 200)
        #expect(problems.last == "and 801 more problems")
    }

    @Test("a problem names its file the way editors expect")
    func file() {
        let problem = ConfigurationProblem(line: 3, path: "a.b", message: "is wrong")
        #expect(problem.description(file: "x.yaml") == "x.yaml:3: a.b: is wrong")
        #expect(ConfigurationProblem(line: nil, path: "", message: "is empty").description(file: "x") == "x: is empty")
    }
}
