import SymMessages

extension ConfigurationReader {
    private enum IntegrationType: String, CaseIterable {
        case slack, tailscale
    }

    private enum TargetType: String, CaseIterable {
        case tailscaleGroup = "tailscale_group"
    }

    private enum StrategyType: String, CaseIterable {
        case tailscale
    }

    private static let otherIntegrations = Dictionary(
        uniqueKeysWithValues: [
            "permission_context", "okta", "github", "pagerduty", "knowbe4", "onelogin", "aptible", "segment", "custom",
            "google", "boundary", "jira",
        ].map { ($0, "\($0) is not supported; this version knows slack and tailscale") })

    func integration(_ name: ResourceName, _ block: inout AttributeReader) -> Configuration.Integration? {
        let label = block.nameAndLabel(name)
        block.missing("type", "says what the integration is: slack or tailscale")
        block.missing("external_id", "names the workspace (T…) or the tailnet")
        let type = block.text("type").flatMap {
            block.choice($0, among: IntegrationType.allCases, others: Self.otherIntegrations)
        }
        let externalID = block.text("external_id")
        switch type {
        case .slack:
            block.block("settings")?.finish()
            return externalID.map {
                .slack(Configuration.SlackIntegration(name: name, label: label, workspace: $0.value))
            }
        case .tailscale:
            return tailnet(name, label: label, externalID, &block).map { .tailscale($0) }
        case nil:
            _ = block.node("settings")
            return nil
        }
    }

    private func tailnet(
        _ name: ResourceName, label: String, _ externalID: Located<String>?, _ block: inout AttributeReader
    ) -> Configuration.TailscaleIntegration? {
        guard var settings = block.block("settings") else {
            block.missing("settings", "says where the API token is: settings.api_token_secret")
            return nil
        }
        for other in ["oauth_client_id", "oauth_client_secret", "jwt_file"] {
            settings.refuse(other, "is not supported yet by this version; use api_token_secret")
        }
        settings.missing("api_token_secret", "names the sym_secret with the API token")
        let secret = resolve(settings.text("api_token_secret"), .secret, in: configuration.secrets)
        let tailnet = settings.text("tailnet") ?? externalID
        if let tailnet, !Self.isPathSegment(tailnet.value) {
            log.report(
                line: tailnet.line, path: tailnet.path,
                "\"\(tailnet.value)\" is not a tailnet: it has a character that cannot stand in the API's address")
        }
        let provisioner = settings.text("provisioner").map {
            settings.parse(
                $0, as: ResourceName.self, "the name of a provisioner: letters, digits, hyphens and underscores")
        }
        settings.finish()
        if let externalID, let tailnet { refuseSecond(externalID, tailnet) }
        guard let externalID, let tailnet, let secret else { return nil }
        // The fallback is a name by its form; a name that was written and is none was reported.
        guard let provisioner = provisioner?.map(\.value) ?? ResourceName(rawValue: "tailscale") else { return nil }
        return Configuration.TailscaleIntegration(
            name: name, label: label, externalID: externalID.value, tailnet: tailnet.value, provisioner: provisioner,
            secret: secret)
    }

    /// One tailnet has one integration: the leases of two would not know of each other, and the end of one would cut the
    /// other short.
    private func refuseSecond(_ externalID: Located<String>, _ tailnet: Located<String>) {
        for other in configuration.tailnets
        where other.externalID == externalID.value || (tailnet.value != "-" && other.tailnet == tailnet.value) {
            log.report(
                line: externalID.line, path: externalID.path,
                "the tailnet \(externalID.value) has an integration already: \"\(other.name)\". Use that one")
        }
    }

    func target(_ name: ResourceName, _ block: inout AttributeReader) -> Configuration.Target? {
        let label = block.nameAndLabel(name)
        block.refuse("field_bindings", "is not supported yet by this version; declare a sym_target for each group")
        block.missing("type", "says what the target is: tailscale_group")
        guard let type = block.text("type"), block.choice(type, among: TargetType.allCases) != nil else {
            _ = block.node("settings")
            return nil
        }
        guard var settings = block.block("settings") else {
            block.missing("settings", "names the group of the policy file: settings.group_name")
            return nil
        }
        defer { settings.finish() }
        settings.missing("group_name", "names the group of the policy file, such as prod for group:prod")
        guard let group = settings.text("group_name") else { return nil }
        guard let parsed = GroupName(rawValue: group.value) ?? GroupName(rawValue: "group:\(group.value)") else {
            settings.report(
                "group_name",
                "\"\(group.value)\" is not a group that can be edited in a policy file: letters, digits, \"-\", \"_\" and "
                    + "\".\" (with or without \"group:\" before)")
            return nil
        }
        return Configuration.Target(name: name, label: label, group: parsed)
    }

    func strategy(_ name: ResourceName, _ block: inout AttributeReader) -> Configuration.Strategy? {
        let label = block.nameAndLabel(name)
        block.refuse("implementation", "is not supported: it held Python, which is not run")
        block.missing("type", "says how access is given: tailscale")
        block.missing("integration_id", "names the sym_integration of the tailnet")
        block.missing("targets", "lists the sym_targets that can be asked for")
        _ = block.text("type").flatMap { block.choice($0, among: StrategyType.allCases) }
        block.block("settings")?.finish()

        let reference = block.text("integration_id")
        let integration = resolve(reference, .integration, in: configuration.integrations)
        if case .slack? = integration {
            block.report("integration_id", "names a slack integration; a tailscale strategy needs a tailscale one")
        }
        let names = block.texts("targets")
        let targets = names?.compactMap { resolve($0, .target, in: configuration.targets) }
        if names?.isEmpty == true { block.report("targets", "is empty; name at least one sym_target") }
        guard case .tailscale(let tailnet)? = integration, let targets else { return nil }
        return Configuration.Strategy(name: name, label: label, integration: tailnet, targets: targets)
    }

    /// Whether a text can be one segment of a URL's path as it is (RFC 3986 §3.3, without percent-encoding).
    private static func isPathSegment(_ text: String) -> Bool {
        ![".", ".."].contains(text)
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                    || "-._~!$&'()*+,;=:@".utf8.contains($0)
            }
    }
}
