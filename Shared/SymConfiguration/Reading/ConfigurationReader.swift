import SymMessages

/// Reads a whole configuration: resources in the order in which they refer to each other.
struct ConfigurationReader {
    /// The longest condition that is looked at, in bytes; the language has a limit of its own.
    static let maximumCondition = 10_000

    let log: ProblemLog
    var configuration = Configuration()
    /// What was written, by type and name, whether or not it could be read.
    private var declared: [ResourceType: [(name: ResourceName, node: SourceNode)]] = [:]

    private var declaredNames: [ResourceType: Set<String>] = [:]

    init(log: ProblemLog) { self.log = log }

    /// Reads everything; the result is to be used only if no problem was reported.
    mutating func read(_ root: SourceNode) -> Configuration {
        collect(root)
        readSecrets()
        each(.integration) { reader, name, block in
            reader.configuration.integrations[name] = reader.integration(name, block)
        }
        each(.errorLogger) { reader, name, block in
            reader.configuration.errorLoggers[name] = reader.errorLogger(name, block)
        }
        each(.runtime) { reader, name, block in
            reader.configuration.runtimes[name] = Configuration.Runtime(name: name, label: block.label(name))
        }
        each(.environment) { reader, name, block in
            reader.configuration.environments[name] = reader.environment(name, block)
        }
        each(.target) { reader, name, block in reader.configuration.targets[name] = reader.target(name, block) }
        each(.strategy) { reader, name, block in
            reader.configuration.strategies[name] = reader.strategy(name, block)
        }
        each(.group) { reader, name, block in reader.configuration.groups[name] = reader.group(name, block) }
        each(.flow) { reader, name, block in reader.configuration.flows[name] = reader.flow(name, block) }
        for (name, node) in declared[.flow] ?? [] {
            if let flow = configuration.flows[name] { check(flow, node) }
        }
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
                log.report(
                    line: member.line, path: member.key,
                    "is not a resource type that this version knows\(log.suggestion(for: member.key, among: names))")
                continue
            }
            if case .refused(let reason)? = Schema.resource(type)?.standing {
                log.report(line: member.line, path: member.key, reason)
            } else {
                collect(type, member)
            }
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

    /// Reads each resource of a type by its table.
    mutating func each(_ type: ResourceType, _ read: (inout Self, ResourceName, Attributes) -> Void) {
        guard let table = Schema.resource(type)?.attributes else { return }
        let schema = SchemaReader(declared: declaredNames, log: log)
        for (name, node) in declared[type] ?? [] {
            guard let block = schema.read(node, table, path: "\(type.rawValue).\(name)") else { continue }
            if let written = block.text("name"), written.value != name.rawValue {
                block.report(
                    "name", "is \"\(written.value)\", but the resource's key, \"\(name)\", is its name; leave this out")
            }
            read(&self, name, block)
        }
    }

    /// The names of the resources of a type that were written.
    func names(of type: ResourceType) -> Set<String> { declaredNames[type] ?? [] }

    /// What a reference names; `nil` if that has problems of its own, which were reported.
    func find<Value>(_ reference: Located<String>?, in values: [ResourceName: Value]) -> Value? {
        reference.flatMap { ResourceName(rawValue: $0.value) }.flatMap { values[$0] }
    }
}

extension Attributes {
    /// The label, by default the name.
    func label(_ name: ResourceName) -> String { text("label")?.value ?? name.rawValue }
}
