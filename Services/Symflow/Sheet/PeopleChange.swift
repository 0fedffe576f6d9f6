import SymMessages

/// One call that brings the directory nearer to a sheet.
enum PeopleChange: Equatable {
    case create(email: String, name: String?, role: Role)
    /// - Parameter to: absent: they have no name any more.
    case rename(email: String, from: String?, to: String?)
    case setRole(email: String, from: Role?, to: Role)
    case setIdentity(email: String, ServiceName, from: String?, to: String)
    case deleteIdentity(email: String, ServiceName, was: String)
    case delete(email: String)

    var isDeletion: Bool {
        switch self {
        case .delete, .deleteIdentity: true
        case .create, .rename, .setRole, .setIdentity: false
        }
    }

    /// What makes of the people that there are those of a sheet. What has no column stays as it is, and so does a role
    /// that is left empty. Whoever has no row is deleted, last of all.
    static func difference(from present: PeopleSheet, to wanted: PeopleSheet) -> [PeopleChange] {
        let before = Dictionary(present.people.map { ($0.email, $0) }) { first, _ in first }
        let kept = Set(wanted.people.map(\.email))
        return wanted.people.flatMap { person in changes(before[person.email], person, in: wanted) }
            + present.people.filter { !kept.contains($0.email) }.map { .delete(email: $0.email) }
    }

    private static func changes(
        _ before: PeopleSheet.Person?, _ after: PeopleSheet.Person, in sheet: PeopleSheet
    ) -> [PeopleChange] {
        var changes: [PeopleChange] = []
        if let before {
            if sheet.hasNames, after.name != before.name {
                changes.append(.rename(email: after.email, from: before.name, to: after.name))
            }
            if let role = after.role, role != before.role {
                changes.append(.setRole(email: after.email, from: before.role, to: role))
            }
        } else {
            changes.append(.create(email: after.email, name: after.name, role: after.role ?? .member))
        }
        for service in sheet.services {
            let was = before?.identities[service]
            switch after.identities[service] {
            case let value? where value != was:
                changes.append(.setIdentity(email: after.email, service, from: was, to: value))
            case nil: if let was { changes.append(.deleteIdentity(email: after.email, service, was: was)) }
            default: break
            }
        }
        return changes
    }
}

extension PeopleChange: CustomStringConvertible {
    /// For the terminal.
    var description: String {
        switch self {
        case .create(let email, let name, let role): line("+", "\(email) (\(name.map { "\($0), " } ?? "")\(role))")
        case .rename(let email, let from, let to): line("~", "\(email) name: \(from ?? "none") -> \(to ?? "none")")
        case .setRole(let email, let from, let to):
            line("~", "\(email) role: \(from.map { "\($0)" } ?? "unknown") -> \(to)")
        case .setIdentity(let email, let service, let from, let to):
            line("~", "\(email) in \(service): \(from ?? "none") -> \(to)")
        case .deleteIdentity(let email, let service, let was): line("-", "\(email) in \(service): \(was) -> none")
        case .delete(let email): line("-", email)
        }
    }

    private func line(_ sign: String, _ text: String) -> String { "\(sign) \(text)".onTerminal }
}
