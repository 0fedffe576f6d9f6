import SymMessages

extension DirectoryRecord {
    /// Names the content, whoever wrote it when: the same in every process.
    var digest: String {
        let fields: JSONValue
        switch self {
        case .person(let person): fields = .array([.string(person.role.rawValue), .string(person.name ?? "")])
        case .personRemoved: fields = .string("removed")
        case .domain(let domain): fields = .string(domain.name)
        case .group(let group):
            fields = .array([Self.list(group.members), .string(group.validUntil.map { "\($0)" } ?? "")])
        case .identity(let identity): fields = .string(identity.value.rawValue)
        case .bot(let bot):
            fields = .array([
                Self.list(bot.flows), Self.list(bot.people), Self.list(bot.groups), .bool(bot.allowsAutomatic),
            ])
        }
        return String(fields.sha256.prefix(16))
    }

    private static func list(_ names: Set<some Name>) -> JSONValue {
        .array(names.sorted().map { .string($0.rawValue) })
    }
}
