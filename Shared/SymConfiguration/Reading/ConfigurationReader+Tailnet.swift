import SymMessages

extension ConfigurationReader {
    func integration(_ name: ResourceName, _ block: Attributes) -> Configuration.Integration? {
        let label = block.label(name)
        guard let type = block.text("type"), let externalID = block.text("external_id") else { return nil }
        switch type.value {
        case "slack":
            return .slack(Configuration.SlackIntegration(name: name, label: label, workspace: externalID.value))
        case "tailscale":
            block.missing(
                "settings", "holds the tailnet's credential: oauth_client_id and oauth_client_secret, for example")
            return tailnet(name, label: label, externalID, block.block("settings")).map { .tailscale($0) }
        default:
            return .permissionContext(
                Configuration.PermissionContext(name: name, label: label, externalID: externalID.value))
        }
    }

    private func tailnet(
        _ name: ResourceName, label: String, _ externalID: Located<String>, _ settings: Attributes?
    ) -> Configuration.TailscaleIntegration? {
        let tailnet = settings?.text("tailnet") ?? externalID
        if !Self.isPathSegment(tailnet.value) {
            log.report(
                line: tailnet.line, path: tailnet.path,
                "\"\(tailnet.value)\" is not a tailnet: it has a character that cannot stand in the API's address")
        }
        refuseSecond(externalID, tailnet)
        let provisioner = settings?.text("provisioner")
        let provisionerName = ResourceName(rawValue: provisioner?.value ?? "tailscale")
        if let provisioner, provisionerName == nil {
            log.report(
                line: provisioner.line, path: provisioner.path,
                "\"\(provisioner.value)\" is not the name of a provisioner: letters, digits, hyphens and underscores")
        }
        guard let settings, case .named(let credential) = credential(settings), let provisionerName else { return nil }
        return Configuration.TailscaleIntegration(
            name: name, label: label, externalID: externalID.value, tailnet: tailnet.value,
            provisioner: provisionerName, credential: credential)
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

    func target(_ name: ResourceName, _ block: Attributes) -> Configuration.Target? {
        guard let settings = block.block("settings"), let group = settings.text("group_name") else { return nil }
        guard let parsed = GroupName(rawValue: group.value) ?? GroupName(rawValue: "group:\(group.value)") else {
            settings.report(
                "group_name",
                "\"\(group.value)\" is not a group that can be edited in a policy file: letters, digits, \"-\", \"_\" and "
                    + "\".\" (with or without \"group:\" before)")
            return nil
        }
        return Configuration.Target(name: name, label: block.label(name), group: parsed)
    }

    func strategy(_ name: ResourceName, _ block: Attributes) -> Configuration.Strategy? {
        let integration = find(block.text("integration_id"), in: configuration.integrations)
        let targets = block.texts("targets")?.compactMap { find($0, in: configuration.targets) }
        if block.isEmptyList("targets") { block.report("targets", "is empty; name at least one sym_target") }
        switch integration {
        case .tailscale(let tailnet)?:
            return targets.map {
                Configuration.Strategy(name: name, label: block.label(name), integration: tailnet, targets: $0)
            }
        case let other?:
            block.report(
                "integration_id",
                "names a \(other.type) integration; a tailscale strategy needs a tailscale one")
            return nil
        case nil: return nil
        }
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
