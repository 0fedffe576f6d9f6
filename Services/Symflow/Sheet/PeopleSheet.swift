import SymMessages

/// People and their logins as a table: one row a person, one column a service.
struct PeopleSheet: Equatable {
    struct Person: Equatable {
        var email: String
        /// Absent: they have none.
        var name: String?
        /// Absent only in a sheet that somebody wrote.
        var role: Role?
        var identities: [ServiceName: String] = [:]
    }

    private static let fixed = ["email", "name", "role"]

    var people: [Person]
    /// The services it has columns of, sorted.
    var services: [ServiceName]
    /// Whether it has a column of names.
    var hasNames = true

    init(people: [Person], services: [ServiceName]) {
        self.people = people
        self.services = services
    }

    init(_ users: [UserDocument], services: [ServiceDocument]) {
        people = users.map { user in
            Person(
                email: user.email, name: user.name, role: Role(rawValue: user.role),
                identities: Dictionary(
                    (user.identities ?? []).map {
                        (ServiceName(type: $0.serviceType, externalID: $0.externalID), $0.value)
                    }
                ) { $1 })
        }
        // Only where somebody may have a login of their own, and where somebody has one.
        let known = services.filter { $0.serviceType == "tailscale" }
            .map { ServiceName(type: $0.serviceType, externalID: $0.externalID) }
        self.services = Set(known).union(people.flatMap(\.identities.keys)).sorted()
    }

    var table: Table {
        Table(
            columns: ["EMAIL"] + services.map(\.description.onTerminal),
            rows: people.map { person in
                [person.email] + services.map { person.identities[$0] ?? "" }
            })
    }

    var csv: String {
        CSV.text(
            [Self.fixed + services.map(\.description)]
                + people.map { person in
                    [person.email, person.name ?? "", person.role.map(\.rawValue) ?? ""]
                        + services.map { person.identities[$0] ?? "" }
                })
    }

    /// Reads a sheet that somebody wrote.
    ///
    /// - Throws: all that is wrong with it, by line.
    init(csv: String) throws(SheetErrors) {
        let rows: [CSV.Row]
        do {
            rows = try CSV.rows(csv)
        } catch {
            throw SheetErrors(["line \(error.line): \(error.reason)"])
        }
        guard let header = rows.first else { throw SheetErrors(["it is empty; its first line must name the columns"]) }
        let columns = try Self.columns(header)
        hasNames = columns.contains(.name)
        var problems: [String] = []
        var seen: [String: Int] = [:]
        people = []
        for row in rows.dropFirst() {
            guard row.cells.count == columns.count else {
                problems.append("line \(row.line): it has \(row.cells.count) cells, and the header \(columns.count)")
                continue
            }
            let (person, wrong) = Self.person(row, columns)
            problems += wrong
            guard let person else { continue }
            if let earlier = seen.updateValue(row.line, forKey: person.email) {
                problems.append("line \(row.line): \(person.email) stands in line \(earlier) too")
            }
            people.append(person)
        }
        services = columns.compactMap { if case .service(let service) = $0 { service } else { nil } }.sorted()
        guard problems.isEmpty else { throw SheetErrors(problems) }
    }

    private enum Column: Equatable {
        case email, name, role
        case service(ServiceName)
    }

    private static func columns(_ header: CSV.Row) throws(SheetErrors) -> [Column] {
        var problems: [String] = []
        var columns: [Column] = []
        for name in header.cells {
            let column: Column? =
                switch name {
                case "email": .email
                case "name": .name
                case "role": .role
                default: ServiceName(name).map { .service($0) }
                }
            guard let column else {
                problems.append(
                    "line \(header.line): there is no column \"\(name)\": they are email, name, role, and one for each "
                        + "service, such as tailscale:example.com")
                continue
            }
            if columns.contains(column) { problems.append("line \(header.line): the column \(name) is there twice") }
            columns.append(column)
        }
        if !columns.contains(.email) { problems.append("line \(header.line): there is no column email") }
        guard problems.isEmpty else { throw SheetErrors(problems) }
        return columns
    }

    private static func person(_ row: CSV.Row, _ columns: [Column]) -> (Person?, problems: [String]) {
        var person = Person(email: "")
        var problems: [String] = []
        for (cell, column) in zip(row.cells, columns) {
            switch column {
            case .email:
                guard let id = PersonID(rawValue: cell) else {
                    problems.append("line \(row.line): \"\(cell)\" is not an e-mail address")
                    continue
                }
                person.email = id.rawValue
            case .name: person.name = cell.isEmpty ? nil : cell
            case .role:
                person.role = Role(rawValue: cell)
                if person.role == nil, !cell.isEmpty {
                    problems.append("line \(row.line): the role must be admin, member or guest, not \"\(cell)\"")
                }
            case .service(let service): person.identities[service] = cell.isEmpty ? nil : cell
            }
        }
        return (person.email.isEmpty ? nil : person, problems)
    }
}

/// What is wrong with a sheet, by line.
struct SheetErrors: Error, Equatable {
    var problems: [String]

    init(_ problems: [String]) { self.problems = problems }
}
