import ArgumentParser
import SymConfiguration
import SymMessages

extension UsersCommand {
    struct UpdateIdentity: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update-identity",
            abstract: "Say what a person is called in a service, where it is not their e-mail.")

        @OptionGroup var person: PersonOptions
        @OptionGroup var service: ServiceOptions

        @Option(help: "The login there, such as ana@github. Left out: you are asked.")
        var newValue: String?

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().set(service.service, of: person.email, to: try value())
            try server.show(reply, as: UserDocument.Identity.self) { identity in
                "\(person.email) is \(identity.value) in \(identity.serviceType) \(identity.externalID)".onTerminal
            }
        }

        private func value() throws(Failure) -> String {
            if newValue == nil, !Console.isTerminal {
                throw Failure(.usage, "Say what they are called there: --new-value ana@github.")
            }
            let value = newValue ?? Console.ask("Their login in \(service.service):".onTerminal) ?? ""
            guard !value.isEmpty else {
                throw Failure(
                    .usage, "A login cannot be empty. To take it away use `symflow users delete-identity`.")
            }
            return value
        }
    }

    struct DeleteIdentity: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete-identity",
            abstract: "Take away a person's login in a service: there they are known by their e-mail again.")

        @OptionGroup var person: PersonOptions
        @OptionGroup var service: ServiceOptions

        @Flag(help: "Do not ask.")
        var force = false

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let client = try server.client()
            if !force {
                try Console.confirm(
                    "Take away the login of \(person.email) in \(service.service)?".onTerminal, flag: "--force")
            }
            let reply = try await client.removeIdentity(service.service, of: person.email)
            server.show(reply) { "\(person.email) is known by their e-mail in \(service.service)".onTerminal }
        }
    }

    struct ListIdentities: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list-identities",
            abstract: "List everybody's logins, one column per service; as CSV for `users update`.")

        @Option(
            name: [.short, .customLong("output-file")], help: "Write CSV to this file (-: to standard output).")
        var outputFile: String?

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let client = try server.client()
            let reply = try await client.get("/v1/users")
            if server.json { return Console.say(String(decoding: reply.body, as: UTF8.self)) }
            let sheet = PeopleSheet(
                try reply.decoded(as: UserList.self).users,
                services: try await client.get("/v1/services").decoded(as: ServiceList.self).services)
            switch outputFile {
            case nil: Console.say(sheet.table.text)
            case "-": Console.write(sheet.csv)
            case let name?:
                try TextFile(name).write(sheet.csv)
                Console.say("\(name) holds \(sheet.people.count) people".onTerminal)
            }
        }
    }
}

/// Which service a command is about.
struct ServiceOptions: ParsableArguments {
    @Option(help: "The kind of service: tailscale.")
    var serviceType: String

    @Option(help: "The integration's external_id: for Tailscale the tailnet, such as example.com.")
    var externalID: String

    var service: ServiceName { ServiceName(type: serviceType, externalID: externalID) }
}

/// `tailscale:example.com=ana@github`.
struct IdentityArgument: ExpressibleByArgument {
    var service: ServiceName
    var value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), let service = ServiceName(String(argument[..<sign])) else {
            return nil
        }
        value = String(argument[argument.index(after: sign)...])
        if value.isEmpty { return nil }
        self.service = service
    }

    /// Why no person can have this login.
    var obstacle: String? {
        let type = Configuration.TailscaleIntegration.serviceType
        guard service.type == type else {
            return "\(service): people have logins of their own in services of the type \(type) only."
        }
        guard Login(rawValue: value) != nil else {
            return "\(value) is not a login as \(service) knows it. Write one such as ana@github."
        }
        return nil
    }
}

/// A place where people have logins of their own, `tailscale:example.com`.
struct ServiceName: Hashable, Comparable, CustomStringConvertible {
    var type: String
    var externalID: String

    init(type: String, externalID: String) {
        self.type = type
        self.externalID = externalID
    }

    init?(_ text: String) {
        guard let sign = text.firstIndex(of: ":") else { return nil }
        type = String(text[..<sign])
        externalID = String(text[text.index(after: sign)...])
        if type.isEmpty || externalID.isEmpty { return nil }
    }

    var description: String { "\(type):\(externalID)" }

    static func < (a: Self, b: Self) -> Bool { (a.type, a.externalID) < (b.type, b.externalID) }
}

extension SymClient {
    private struct Value: Encodable {
        var value: String
    }

    func set(_ service: ServiceName, of email: String, to value: String) async throws -> Reply {
        try await change(
            .put, route("users", email, "identities", service.type, service.externalID), Value(value: value))
    }

    func removeIdentity(_ service: ServiceName, of email: String) async throws -> Reply {
        try await change(.delete, route("users", email, "identities", service.type, service.externalID))
    }
}
