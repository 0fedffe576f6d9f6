import SymMessages
import Testing

@testable import SymConfiguration

@Suite("What is wrong in a configuration is told, and never ignored")
struct ProblemTests {
    static let stage = "stages: [ { name: s, approvers: { groups: [sre] } } ]"

    @Test(
        "resources",
        arguments: [
            (
                "sym_flows: {}",
                "line 1: sym_flows: is not a resource type that this version knows; did you mean \"sym_flow\""
            ),
            ("sym_log_destination: {}", "line 1: sym_log_destination: is not supported yet"),
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
            ("sym_secrets: { a: { type: aws_secrets_manager } }", "aws_secrets_manager is not supported; use env"),
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
                "sym_integration: { a: { type: tailscale, external_id: x, settings: { oauth_client_id: y } } }",
                "settings.oauth_client_id: is not supported yet"
            ),
            (
                "sym_target: { a: { type: okta_group } }",
                "sym_target.a.type: \"okta_group\" is not one of tailscale_group"
            ),
            ("sym_target: { a: { type: tailscale_group } }", "sym_target.a.settings: is missing"),
            ("sym_target: { a: { type: tailscale_group, settings: {} } }", "settings.group_name: is missing"),
            (
                "sym_target: { a: { type: tailscale_group, settings: { group_name: 'autogroup:admin' } } }",
                "\"autogroup:admin\" is not a group that can be edited"
            ),
            (
                "sym_target: { a: { type: tailscale_group, field_bindings: [group_name], settings: { group_name: a } } }",
                "field_bindings: is not supported yet"
            ),
            ("sym_strategy: { a: { type: okta } }", "sym_strategy.a.type: \"okta\" is not one of tailscale"),
            ("sym_strategy: { a: { type: tailscale } }", "sym_strategy.a.integration_id: is missing"),
            ("sym_strategy: { a: { type: tailscale, targets: [] } }", "sym_strategy.a.targets: is empty"),
            ("sym_strategy: { a: { implementation: x } }", "sym_strategy.a.implementation: is not supported"),
            ("sym_runtime: { a: { context_id: x } }", "sym_runtime.a.context_id: is not supported"),
            ("sym_environment: { a: { log_destination_ids: [] } }", "log_destination_ids: is not supported yet"),
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
            ("include_decision_message: true", "include_decision_message: true is not supported yet"),
            ("allow_guest_interaction: true", "allow_guest_interaction: true is not supported yet"),
            ("additional_header_text: x", "additional_header_text: is not supported yet"),
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
            (
                "name: ticket, type: string",
                "prompt_field[0].name: \"ticket\" is not supported yet; this version knows reason and duration"
            ),
            ("name: resaon, type: string", "did you mean \"reason\""),
            ("type: string", "prompt_field[0].name: is missing"),
            ("name: reason", "prompt_field[0].type: is missing"),
            ("name: reason, type: int", "prompt_field[0].type: must be string for this field, not \"int\""),
            ("name: reason, type: sting", "not \"sting\"; did you mean \"string\""),
            ("name: reason, type: string, allowed_values: [a]", "allowed_values: is not supported yet"),
            ("name: reason, type: string, default: a", "default: is not supported yet"),
            ("name: reason, type: string, visible: false", "visible: false is not supported yet"),
            ("name: reason, type: string, prefetch: true", "prefetch: true is not supported"),
            ("name: reason, type: string, on_change: x", "on_change: is not supported"),
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
            ("{ name: r, when: 'true', \(stage) }", "rules[0].when: is not supported yet by this version"),
            ("{ name: r, deny: no }", "rules[0].deny: is not supported yet"),
            ("{ name: r, approve: automatically }", "rules[0].approve: is not supported yet"),
            ("{ name: r, extend: { times: 1 }, \(stage) }", "rules[0].extend: is not supported yet"),
            (
                "{ name: r, require_decision_message: [deny], \(stage) }",
                "rules[0].require_decision_message: is not supported yet"
            ),
            ("{ \(stage) }", "rules[0].name: is missing"),
            ("{ name: r }", "rules[0].stages: is missing"),
            ("{ name: r, stages: [] }", "rules[0].stages: must have exactly one stage"),
            (
                "{ name: r, stages: [ { name: a, approvers: { groups: [sre] } }, { name: b, approvers: { groups: [sre] } } ] }",
                "rules[0].stages: must have exactly one stage; several are not supported yet"
            ),
            ("{ name: r, requesters: { groups: [] }, \(stage) }", "rules[0].requesters: names nobody"),
            ("{ name: r, requesters: {}, \(stage) }", "rules[0].requesters: names nobody"),
            (
                "{ name: r, requesters: { groups: [staf] }, \(stage) }",
                "there is no sym_group \"staf\"; did you mean \"staff\""
            ),
            ("{ name: r, requesters: { roles: [admin] }, \(stage) }", "requesters.roles: is not supported yet"),
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
                "roles[0]: \"admn\" is not one of admin; did you mean \"admin\""
            ),
            ("{ name: r, stages: [ { name: s, approvers: { roles: [guest] } } ] }", "roles[0]: guests never decide"),
            (
                "{ name: r, stages: [ { name: s, when: x, approvers: { groups: [sre] } } ] }",
                "stages[0].when: is not supported yet"
            ),
            (
                "{ name: r, stages: [ { name: s, escalate: [], approvers: { groups: [sre] } } ] }",
                "stages[0].escalate: is not supported yet"
            ),
            (
                "{ name: r, stages: [ { name: s, notify: { remind_after: 1m }, approvers: { groups: [sre] } } ] }",
                "notify.remind_after: is not supported yet"
            ),
            (
                "{ name: r, stages: [ { name: s, notify: { direct: true }, approvers: { groups: [sre] } } ] }",
                "notify.direct: true is not supported yet"
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

    @Test("rules of one name, and none")
    func ruleNames() {
        let two = Fixtures.problems(Fixtures.yaml(rules: "[ { name: r, \(Self.stage) }, { name: r, \(Self.stage) } ]"))
        #expect(two.count == 1)
        #expect(two.first?.contains("rules[1].name: \"r\" is the name of an earlier rule") == true, "\(two)")
        #expect(Fixtures.problems(Fixtures.yaml(rules: "[]")).first?.contains("rules: is empty") == true)
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
                vars: { a: b }
                implementation: x
                params: { strategy_id: net }
                rules: [ { name: r, approve: automatically } ]
            sym_grup: {}
            """)
        #expect(
            problems.map { $0.split(separator: ":")[0...1].joined(separator: ":") } == [
                "line 1: sym_integration.net.external_id",
                "line 1: sym_integration.net.settings.api_token_secret",
                "line 6: sym_flow.ssh.vars", "line 7: sym_flow.ssh.implementation",
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
