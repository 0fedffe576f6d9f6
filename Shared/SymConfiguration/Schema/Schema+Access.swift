extension Schema {
    static let target = ResourceSchema(
        type: .target, standing: .asInSym, meaning: "is what can be given: membership in a group of the policy file",
        attributes: [
            name, label(),
            AttributeSchema("type", .choice(targetTypes), .required, "says what the target is: tailscale_group"),
            AttributeSchema("settings", .settings, "holds what the type needs"),
            AttributeSchema(
                "field_bindings", .anything, .optional,
                .refused("is not supported; declare a sym_target for each group"),
                "names settings that are filled in by prompt fields"),
        ])

    private static let targetTypes: [Choice] = [
        Choice(
            "tailscale_group", "a group of the tailnet's policy file",
            settings: .attributes([
                AttributeSchema(
                    "group_name", .line, .required,
                    .withOurMeaning("\"group:\" may stand before it"),
                    "names the group of the policy file, such as prod for group:prod")
            ])),
        other("okta_group", ["group_id"]), other("aws_sso_permission_set", ["permission_set_arn", "account_id"]),
        other("aws_sso_group", ["group_id"]), other("aws_iam_group", ["iam_group"]),
        other("aws_lambda_function", ["arn"]), other("github_repo", ["repo_name"]),
        other("google_group", ["group_email", "role"]), other("onelogin_role", ["role_id", "privilege_level"]),
        other("aptible_role", ["role_id"]), other("custom", []),
    ]

    private static func other(_ type: String, _ settings: [String]) -> Choice {
        Choice(
            type, .refused("is not supported; this version knows tailscale_group"), "something of another system",
            settings: .attributes(settings.map { AttributeSchema($0, .anything, "belongs to \(type)") }))
    }

    static let strategy = ResourceSchema(
        type: .strategy, standing: .asInSym, meaning: "is the targets of one tailnet that a flow can give",
        attributes: [
            name, label(),
            AttributeSchema(
                "type",
                .choice(
                    [Choice("tailscale", "membership in groups of a tailnet's policy file")]
                        + [
                            "okta", "aws_sso", "aws_iam", "aws_lambda", "github", "google_group", "onelogin", "aptible",
                            "custom", "http",
                        ].map {
                            Choice(
                                $0, .refused("is not supported; this version knows tailscale"), "another system",
                                settings: $0 == "aws_sso"
                                    ? .attributes([AttributeSchema("instance_arn", .anything, "belongs to aws_sso")])
                                    : .attributes([]))
                        }),
                .required, "says how access is given: tailscale"),
            AttributeSchema(
                "integration_id", .reference(.integration), .required, "names the sym_integration of the tailnet"),
            AttributeSchema("targets", .references(.target), .required, "lists the sym_targets that can be asked for"),
            AttributeSchema("settings", .settings, "holds what the type needs; tailscale needs nothing"),
            AttributeSchema(
                "implementation", .anything, .optional,
                .refused("is not supported: it held Python, which is not run"), "is the file of a custom strategy"),
        ])
}
