import SymMessages

extension ConfigurationReader {
    func errorLogger(_ name: ResourceName, _ block: inout AttributeReader) -> Configuration.ErrorLogger? {
        _ = block.nameAndLabel(name)
        block.missing("integration_id", "names the sym_integration of the Slack workspace")
        block.missing("destination", "names a channel, such as \"#sym-errors\"")
        let integration = slack(block.text("integration_id"))
        guard let destination = block.text("destination"), let integration else { return nil }
        return Configuration.ErrorLogger(name: name, integration: integration, destination: destination.value)
    }

    func runtime(_ name: ResourceName, _ block: inout AttributeReader) -> Configuration.Runtime {
        let label = block.nameAndLabel(name)
        block.refuse("context_id", "is not supported: services run where the operator puts them")
        return Configuration.Runtime(name: name, label: label)
    }

    func environment(_ name: ResourceName, _ block: inout AttributeReader) -> Configuration.Environment {
        let label = block.nameAndLabel(name)
        block.refuse(
            "log_destination_ids",
            "is not supported yet by this version; every event is in the topic sym.events")
        let runtime = resolve(block.text("runtime_id"), .runtime, in: configuration.runtimes)
        let errorLogger = resolve(block.text("error_logger_id"), .errorLogger, in: configuration.errorLoggers)
        var integrations: [String: ResourceName] = [:]
        for entry in block.map("integrations") {
            guard let text = block.text(entry.value.value, path: entry.path),
                let integration = resolve(text, .integration, in: configuration.integrations)
            else { continue }
            let key = "\(integration.type)_id"
            if entry.value.key != key {
                log.report(
                    line: entry.line, path: entry.path,
                    "\"\(text.value)\" is a \(integration.type) integration; its key here is \(key)")
            }
            integrations[entry.value.key] = integration.name
        }
        return Configuration.Environment(
            name: name, label: label, runtime: runtime?.name, errorLogger: errorLogger?.name,
            integrations: integrations)
    }

    func group(_ name: ResourceName, _ block: inout AttributeReader) -> Configuration.PersonGroup? {
        _ = block.nameAndLabel(name)
        if let source = block.text("source"), source.value == "directory", !block.has("members") {
            return Configuration.PersonGroup(name: name, source: .directory)
        }
        guard let members = block.people("members") else {
            if !block.has("source") { block.missing("members", "lists people by e-mail") }
            return nil
        }
        return Configuration.PersonGroup(name: name, source: .members(members))
    }

    /// The name of a Slack integration.
    private func slack(_ reference: Located<String>?) -> ResourceName? {
        guard let reference, let integration = resolve(reference, .integration, in: configuration.integrations) else {
            return nil
        }
        guard case .slack(let slack) = integration else {
            log.report(
                line: reference.line, path: reference.path,
                "names a \(integration.type) integration; a slack one is needed")
            return nil
        }
        return slack.name
    }
}
