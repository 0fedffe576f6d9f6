import SymMessages

/// Reads a whole configuration: resources in the order in which they refer to each other.
struct ConfigurationReader {
    let log: ProblemLog
    var configuration = Configuration()
    /// What was written, by type and name, whether or not it could be read.
    private var declared: [ResourceType: [(name: ResourceName, node: SourceNode)]] = [:]

    private var declaredNames: [ResourceType: Set<String>] = [:]

    /// The resource types of this version.
    enum ResourceType: String, CaseIterable {
        case environment = "sym_environment"
        case runtime = "sym_runtime"
        case integration = "sym_integration"
        case errorLogger = "sym_error_logger"
        case secretSource = "sym_secrets"
        case secret = "sym_secret"
        case target = "sym_target"
        case strategy = "sym_strategy"
        case group = "sym_group"
        case flow = "sym_flow"
    }

    /// Sym's other resource types, with what to do instead.
    private static let otherTypes = [
        "sym_log_destination":
            "is not supported yet by this version; every event is in the topic sym.events, where any consumer can read it",
        "sym_flows_filter": "is not supported: it held Python, which is not run; say in rules who may ask for what",
        "sym_targets": "is not a resource type; did you mean \"sym_target\"",
    ]

    init(log: ProblemLog) { self.log = log }

    /// Reads everything; the result is to be used only if no problem was reported.
    mutating func read(_ root: SourceNode) -> Configuration {
        collect(root)
        readSecrets()
        each(.integration) { reader, name, block in
            reader.configuration.integrations[name] = reader.integration(name, &block)
        }
        each(.errorLogger) { reader, name, block in
            reader.configuration.errorLoggers[name] = reader.errorLogger(name, &block)
        }
        each(.runtime) { reader, name, block in
            reader.configuration.runtimes[name] = reader.runtime(name, &block)
        }
        each(.environment) { reader, name, block in
            reader.configuration.environments[name] = reader.environment(name, &block)
        }
        each(.target) { reader, name, block in reader.configuration.targets[name] = reader.target(name, &block) }
        each(.strategy) { reader, name, block in
            reader.configuration.strategies[name] = reader.strategy(name, &block)
        }
        each(.group) { reader, name, block in reader.configuration.groups[name] = reader.group(name, &block) }
        each(.flow) { reader, name, block in reader.configuration.flows[name] = reader.flow(name, &block) }
        return configuration
    }

    private mutating func collect(_ root: SourceNode) {
        guard case .map(let types) = root.content else {
            if case .unreadable = root.content { return }
            log.report(line: root.line, path: "", "must be a map of resource types, such as sym_flow")
            return
        }
        for member in types {
            guard let type = ResourceType(rawValue: member.key) else {
                let names = ResourceType.allCases.map(\.rawValue)
                let message =
                    Self.otherTypes[member.key]
                    ?? "is not a resource type that this version knows"
                    + log.suggestion(for: member.key, among: names)
                log.report(line: member.line, path: member.key, message)
                continue
            }
            collect(type, member)
        }
    }

    private mutating func collect(_ type: ResourceType, _ member: SourceNode.Member) {
        guard case .map(let resources) = member.value.content else {
            if case .unreadable = member.value.content { return }
            log.report(line: member.line, path: member.key, "must be a map from names to resources")
            return
        }
        var folded: [String: String] = [:]
        for resource in resources {
            let path = "\(member.key).\(resource.key)"
            guard let name = ResourceName(rawValue: resource.key) else {
                log.report(
                    line: resource.line, path: path,
                    "a name is 1 to 128 letters (a-z, A-Z), digits, hyphens and underscores")
                continue
            }
            if let other = folded.updateValue(resource.key, forKey: resource.key.lowercased()) {
                log.report(
                    line: resource.line, path: path,
                    "differs from \"\(other)\" only in upper and lower case, which Sym takes for the same name")
            }
            declared[type, default: []].append((name, resource.value))
            declaredNames[type, default: []].insert(resource.key)
        }
    }

    /// Reads each resource of a type, and reports the attributes that were left over.
    mutating func each(
        _ type: ResourceType, _ read: (inout Self, ResourceName, inout AttributeReader) -> Void
    ) {
        for (name, node) in declared[type] ?? [] {
            guard var block = AttributeReader(node, path: "\(type.rawValue).\(name)", log: log) else { continue }
            read(&self, name, &block)
            block.finish()
        }
    }

    /// What a reference names; `nil`, with the problem reported, if there is no such resource, and silently if there is
    /// one that has problems of its own.
    func resolve<Value>(
        _ reference: Located<String>?, _ type: ResourceType, in values: [ResourceName: Value]
    ) -> Value? {
        guard let reference else { return nil }
        if let name = ResourceName(rawValue: reference.value), let value = values[name] { return value }
        let names = declaredNames[type] ?? []
        if !names.contains(reference.value) {
            let hint = log.suggestion(for: reference.value, among: names)
            log.report(
                line: reference.line, path: reference.path,
                "there is no \(type.rawValue) \"\(reference.value)\"\(hint)")
        }
        return nil
    }
}
