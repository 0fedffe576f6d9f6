import SymMessages

extension ConfigurationSource {
    /// The resources in it; `nil` if it is not a map of maps, which a check of it says better.
    var divided: [ResourcePath: JSONValue]? {
        guard case .map(let types) = root.content else { return nil }
        var divided: [ResourcePath: JSONValue] = [:]
        for type in types {
            guard case .map(let resources) = type.value.content else { return nil }
            for resource in resources {
                divided[ResourcePath(type: type.key, name: resource.key)] = resource.value.json
            }
        }
        return divided
    }

    /// This with resources of other sets beside it; where both have one, the other set's. What is written here keeps its
    /// lines, and stands behind the rest: then what clashes is told where it can be changed.
    func joined(with others: [ResourcePath: JSONValue]) -> ConfigurationSource {
        var remaining = Dictionary(grouping: others.sorted { $0.key < $1.key }, by: \.key.type)
        guard case .map(let written) = root.content else { return self }
        var types: [SourceNode.Member] = []
        for type in written {
            guard case .map(let resources) = type.value.content else { return self }
            let kept = remaining.removeValue(forKey: type.key) ?? []
            let own = resources.filter { others[ResourcePath(type: type.key, name: $0.key)] == nil }
            types.append(
                SourceNode.Member(
                    key: type.key, line: type.line,
                    value: SourceNode(.map(kept.map(Self.member) + own), line: type.value.line)))
        }
        for (type, resources) in remaining.sorted(by: { $0.key < $1.key }) {
            types.append(
                SourceNode.Member(key: type, line: nil, value: SourceNode(.map(resources.map(Self.member)), line: nil)))
        }
        return ConfigurationSource(root: SourceNode(.map(types), line: root.line))
    }

    private static func member(_ resource: (key: ResourcePath, value: JSONValue)) -> SourceNode.Member {
        SourceNode.Member(key: resource.key.name, line: nil, value: SourceNode(resource.value))
    }

    /// Where these people are named, each with a warning that nobody has them in the directory.
    public func warnings(ofUnknown people: Set<PersonID>) -> [ConfigurationProblem] {
        guard !people.isEmpty else { return [] }
        var finder = PeopleFinder(people: people)
        finder.look(in: root, at: "")
        return finder.found
    }
}

/// Looks for people's e-mails in what was written.
private struct PeopleFinder {
    /// More warnings help nobody.
    static let limit = 200

    let people: Set<PersonID>
    private(set) var found: [ConfigurationProblem] = []

    init(people: Set<PersonID>) { self.people = people }

    mutating func look(in node: SourceNode, at path: String) {
        guard found.count < Self.limit else { return }
        switch node.content {
        case .text(let text):
            guard text.contains("@"), let person = PersonID(rawValue: text), people.contains(person) else { return }
            found.append(
                ConfigurationProblem(
                    line: node.line, path: path,
                    message: "\(person) is not in the directory, and counts for nothing until they are"))
        case .list(let elements):
            for (index, element) in elements.enumerated() { look(in: element, at: "\(path)[\(index)]") }
        case .map(let members):
            for member in members {
                look(in: member.value, at: path.isEmpty ? member.key : "\(path).\(member.key)")
            }
        case .null, .bool, .integer, .unreadable: break
        }
    }
}
