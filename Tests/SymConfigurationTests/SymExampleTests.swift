import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Sym's published Tailscale example")
struct SymExampleTests {
    /// The resources of Sym's example for access to a tailnet, by the rule of design section 6: type → name →
    /// attributes, names where Terraform has ids.
    static let yaml = """
        sym_integration:
          main-runtime:
            type: permission_context
            external_id: "123456789012"
            settings: { cloud: aws, region: us-east-1, role_arn: "arn:aws:iam::123456789012:role/sym/main", account_id: "123456789012" }
          main-tailscale-integration:
            type: tailscale
            external_id: example.com
            settings: { api_token_secret: tailscale-api-key }
          main-slack: { type: slack, external_id: T123ABC }
        sym_secrets:
          main-sym-secrets: { type: aws_secrets_manager, settings: { context_id: main-runtime } }
        sym_secret:
          tailscale-api-key: { source_id: main-sym-secrets, path: main/tailscale-api-key }
        sym_target:
          main-prod-access: { type: tailscale_group, label: Prod SSH Access, settings: { group_name: prod } }
          main-staging-access: { type: tailscale_group, label: Staging SSH Access, settings: { group_name: staging } }
        sym_strategy:
          main-tailscale-strategy:
            type: tailscale
            integration_id: main-tailscale-integration
            targets: [main-prod-access, main-staging-access]
        sym_flow:
          tailscale-ssh-access:
            label: Tailscale SSH Access
            implementation: impl.py
            environment_id: main
            params:
              strategy_id: main-tailscale-strategy
              prompt_field:
                - { name: reason, label: Why do you need access?, type: string, required: true }
                - { name: duration, type: duration, allowed_values: [30m, 1h], required: true }
        sym_environment:
          main: { error_logger_id: slack, integrations: { slack_id: main-slack } }
        sym_error_logger:
          slack: { integration_id: main-slack, destination: "#sym-errors" }
        """

    @Test("is applied with warnings for implementation, aws_secrets_manager and permission_context, and no others")
    func warnings() throws {
        let warnings = try Configuration.check(yaml: Self.yaml).warnings.map(\.description)
        #expect(
            warnings == [
                "line 3: sym_integration.main-runtime.type: permission_context is kept and not used: nothing here works "
                    + "under a role in AWS; leave the resource out",
                "line 12: sym_secrets.main-sym-secrets.type: aws_secrets_manager is kept, but nothing can be read from it: "
                    + "a tailnet whose token is there is never served; use env or file and let the platform put the secret "
                    + "there",
                "line 26: sym_flow.tailscale-ssh-access.implementation: held Python, which is not run; write rules (a flow "
                    + "without rules refuses every request)",
            ])
    }

    @Test("every attribute of it is in what is published")
    func attributes() throws {
        let text = { (text: String) in JSONValue.string(text) }
        let resources = try Configuration.check(yaml: Self.yaml).source.resources
        let expected: [String: [String: [String: JSONValue]]] = [
            "sym_integration": [
                "main-runtime": [
                    "type": text("permission_context"), "external_id": text("123456789012"),
                    "settings": .object([
                        "cloud": text("aws"), "region": text("us-east-1"), "account_id": text("123456789012"),
                        "role_arn": text("arn:aws:iam::123456789012:role/sym/main"),
                    ]),
                ],
                "main-tailscale-integration": [
                    "type": text("tailscale"), "external_id": text("example.com"),
                    "settings": .object(["api_token_secret": text("tailscale-api-key")]),
                ],
                "main-slack": ["type": text("slack"), "external_id": text("T123ABC")],
            ],
            "sym_secrets": [
                "main-sym-secrets": [
                    "type": text("aws_secrets_manager"), "settings": .object(["context_id": text("main-runtime")]),
                ]
            ],
            "sym_secret": [
                "tailscale-api-key": ["source_id": text("main-sym-secrets"), "path": text("main/tailscale-api-key")]
            ],
            "sym_target": [
                "main-prod-access": [
                    "type": text("tailscale_group"), "label": text("Prod SSH Access"),
                    "settings": .object(["group_name": text("prod")]),
                ],
                "main-staging-access": [
                    "type": text("tailscale_group"), "label": text("Staging SSH Access"),
                    "settings": .object(["group_name": text("staging")]),
                ],
            ],
            "sym_strategy": [
                "main-tailscale-strategy": [
                    "type": text("tailscale"), "integration_id": text("main-tailscale-integration"),
                    "targets": .array([text("main-prod-access"), text("main-staging-access")]),
                ]
            ],
            "sym_flow": [
                "tailscale-ssh-access": [
                    "label": text("Tailscale SSH Access"), "implementation": text("impl.py"),
                    "environment_id": text("main"),
                    "params": .object([
                        "strategy_id": text("main-tailscale-strategy"),
                        "prompt_field": .array([
                            .object([
                                "name": text("reason"), "label": text("Why do you need access?"),
                                "type": text("string"), "required": .bool(true),
                            ]),
                            .object([
                                "name": text("duration"), "type": text("duration"),
                                "allowed_values": .array([text("30m"), text("1h")]), "required": .bool(true),
                            ]),
                        ]),
                    ]),
                ]
            ],
            "sym_environment": [
                "main": [
                    "error_logger_id": text("slack"), "integrations": .object(["slack_id": text("main-slack")]),
                ]
            ],
            "sym_error_logger": [
                "slack": ["integration_id": text("main-slack"), "destination": text("#sym-errors")]
            ],
        ]
        #expect(resources == .object(expected.mapValues { .object($0.mapValues { .object($0) }) }))
    }

    @Test("its tailnet cannot be served, and a request says so")
    func unservable() throws {
        let rule = "    rules: [ { name: all, stages: [ { name: s, approvers: { users: [ben@example.com] } } ] } ]"
        let yaml = Self.yaml.replacing("    environment_id: main\n", with: "    environment_id: main\n\(rule)\n")
        let facts = try Fixtures.facts(yaml: yaml)
        let submit = Fixtures.submit(flow: "tailscale-ssh-access", target: "main-prod-access")
        let refusal = Fixtures.evaluate(facts, submit).failure
        #expect(refusal?.reason.contains("the secret of its credential is kept where this version cannot") == true)
        let usable = yaml.replacing("aws_secrets_manager, settings: { context_id: main-runtime }", with: "env")
            .replacing("path: main/tailscale-api-key", with: "path: TOKEN")
        let accepted = Fixtures.evaluate(try Fixtures.facts(yaml: usable), submit)
        #expect(accepted.failure == nil)
    }
}
