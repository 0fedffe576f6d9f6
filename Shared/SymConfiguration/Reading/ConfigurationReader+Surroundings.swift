import SymMessages

extension ConfigurationReader {
    func errorLogger(_ name: ResourceName, _ block: Attributes) -> Configuration.ErrorLogger? {
        let integration = slack(block.text("integration_id"))
        guard let destination = block.text("destination"), let integration else { return nil }
        return Configuration.ErrorLogger(name: name, integration: integration, destination: destination.value)
    }

    func environment(_ name: ResourceName, _ block: Attributes) -> Configuration.Environment {
        var integrations: [String: ResourceName] = [:]
        for entry in block.map("integrations") {
            let reference = Located(value: entry.value.value, line: entry.line, path: entry.path)
            guard let integration = find(reference, in: configuration.integrations) else { continue }
            let key = "\(integration.type)_id"
            if entry.value.key != key {
                log.report(
                    line: entry.line, path: entry.path,
                    "\"\(integration.name)\" is a \(integration.type) integration; its key here is \(key)")
            }
            integrations[entry.value.key] = integration.name
        }
        return Configuration.Environment(
            name: name, label: block.label(name),
            runtime: find(block.text("runtime_id"), in: configuration.runtimes)?.name,
            errorLogger: find(block.text("error_logger_id"), in: configuration.errorLoggers)?.name,
            integrations: integrations)
    }

    func group(_ name: ResourceName, _ block: Attributes) -> Configuration.PersonGroup? {
        switch (block.people("members"), block.text("source")) {
        case (let members?, nil) where !block.isWritten("source"):
            return Configuration.PersonGroup(name: name, source: .members(members))
        case (nil, .some) where !block.isWritten("members"):
            return Configuration.PersonGroup(name: name, source: .directory)
        default:
            if block.isWritten("source"), block.isWritten("members") {
                block.report("source", "cannot stand beside members; write one of the two")
            } else if !block.isWritten("source") {
                block.missing("members", "lists people by e-mail (or write source: directory)")
            }
            return nil
        }
    }

    /// The name of a Slack integration.
    private func slack(_ reference: Located<String>?) -> ResourceName? {
        guard let reference, let integration = find(reference, in: configuration.integrations) else { return nil }
        guard case .slack(let slack) = integration else {
            log.report(
                line: reference.line, path: reference.path,
                "names a \(integration.type) integration; a slack one is needed")
            return nil
        }
        return slack.name
    }
}
