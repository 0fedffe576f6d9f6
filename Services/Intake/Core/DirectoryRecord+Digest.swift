import SymMessages

extension DirectoryRecord {
    /// Names the content: the same in every process.
    var digest: String {
        let fields: JSONValue
        switch self {
        case .person(let person): fields = .array([.string(person.role.rawValue), .string(person.name ?? "")])
        case .personRemoved(let removed): fields = .integer(Int64(removed.epoch))
        case .domain(let domain): fields = .string(domain.name)
        case .group(let group): fields = .array(group.members.sorted().map { .string($0.rawValue) })
        case .identity(let identity): fields = .string(identity.value.rawValue)
        case .bot(let bot):
            fields = .array([
                .array(bot.flows.sorted().map { .string($0.rawValue) }),
                .array(bot.people.sorted().map { .string($0.rawValue) }),
            ])
        }
        return String(fields.sha256.prefix(16))
    }
}
