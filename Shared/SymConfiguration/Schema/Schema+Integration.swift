extension Schema {
    static let integration = ResourceSchema(
        type: .integration, standing: .asInSym, meaning: "is a system outside: a Slack workspace or a tailnet",
        attributes: [
            name, label(),
            AttributeSchema(
                "type", .choice(integrationTypes), .required, "says what the integration is: slack or tailscale"),
            AttributeSchema("external_id", .line, .required, "names the workspace (T…) or the tailnet"),
            AttributeSchema("settings", .settings, "holds what the type needs"),
        ])

    private static let integrationTypes: [Choice] = [
        Choice("slack", "a Slack workspace; external_id is its id"),
        Choice(
            "tailscale", "a tailnet; external_id names it, and people's logins are kept under it",
            settings: .attributes(tailscaleSettings)),
        Choice(
            "permission_context",
            .withoutEffect("is kept and not used: nothing here works under a role in AWS; leave the resource out"),
            "a role in a cloud", settings: .free),
        other("okta", "an Okta domain", ["api_token_secret"]),
        other("github", "a GitHub organisation", ["api_token_secret"]),
        other("pagerduty", "a PagerDuty account", ["api_token_secret"]),
        other("knowbe4", "a KnowBe4 account", ["api_token_secret", "region"]),
        other("onelogin", "a OneLogin domain", ["client_id", "client_secret"]),
        other("aptible", "an Aptible organisation", ["username_secret", "password_secret"]),
        other("segment", "a Segment workspace", ["write_key_secret"]),
        other("custom", "any system, for Python", ["secret_ids_json"]),
        other("google", "a Google organisation", []),
        other("boundary", "a Boundary cluster", []),
        other("jira", "a Jira site", []),
    ]

    private static let tailscaleSettings: [AttributeSchema] = [
        AttributeSchema(
            "api_token_secret", .reference(.secret), .optional,
            "names the sym_secret with an API token; one of this, oauth_client_secret and jwt_file is needed"),
        AttributeSchema(
            "oauth_client_id", .line, .optional, .ours,
            "is the id of an OAuth client or a federated identity, as the admin console of Tailscale shows it"),
        AttributeSchema(
            "oauth_client_secret", .reference(.secret), .optional, .ours,
            "names the sym_secret with the secret of the OAuth client"),
        AttributeSchema(
            "jwt_file", .line, .optional, .ours,
            "is a file below the provisioner's SYM_SECRETS_DIR with the token that the platform signs (OIDC), for a "
                + "federated identity"),
        AttributeSchema(
            "tailnet", .line, .optional, .ours,
            "is what the API's address says, such as \"-\" for the token's own; by default the external_id"),
        AttributeSchema(
            "provisioner", .line, .optional, .ours,
            "names the provisioner that serves the tailnet; by default tailscale"),
    ]

    private static func other(_ type: String, _ meaning: String, _ settings: [String]) -> Choice {
        Choice(
            type, .refused("is not supported; this version knows slack and tailscale"), meaning,
            settings: .attributes(settings.map { AttributeSchema($0, .anything, "belongs to \(type)") }))
    }

    static let secretSource = ResourceSchema(
        type: .secretSource, standing: .asInSym, meaning: "says in what kind of place the operator keeps secrets",
        attributes: [
            name, label(),
            AttributeSchema(
                "type",
                .choice([
                    Choice("env", .ours, "environment variables of the provisioner, listed in its SYM_SECRETS_ALLOW"),
                    Choice("file", .ours, "files below the provisioner's SYM_SECRETS_DIR"),
                    Choice(
                        "aws_secrets_manager",
                        .withoutEffect(
                            "is kept, but nothing can be read from it: a tailnet whose token is there is never served; "
                                + "use env or file and let the platform put the secret there"),
                        "AWS Secrets Manager",
                        settings: .attributes([
                            AttributeSchema(
                                "context_id", .reference(.integration), "names the permission_context to read it under")
                        ])),
                ]),
                .required, "says where the operator keeps secrets: env or file"),
            AttributeSchema("settings", .settings, "holds what the type needs; env and file need nothing"),
        ])

    static let secret = ResourceSchema(
        type: .secret, standing: .asInSym, meaning: "says where a secret is, never what it is",
        attributes: [
            ourName, label(),
            AttributeSchema(
                "source_id", .reference(.secretSource), .required, "names the sym_secrets that the secret is in"),
            AttributeSchema("path", .line, .required, "names the environment variable or the file"),
            AttributeSchema(
                "settings",
                .block([
                    AttributeSchema(
                        "json_key", .line, .optional,
                        .withOurMeaning("only in aws_secrets_manager; keep one secret in one variable or file"),
                        "is the key in a secret that is JSON")
                ]), "says how to take the secret out of what is there"),
        ])
}
