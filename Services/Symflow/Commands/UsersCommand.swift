import ArgumentParser
import FoundationEssentials
import SymMessages

struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "People and their logins elsewhere (administrators).",
        subcommands: [UpdateIdentity.self])

    struct UpdateIdentity: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update-identity",
            abstract: "Say what a person is called in a service, where it is not their e-mail.")

        @Argument(help: "The person, by e-mail.")
        var email: String

        @Option(help: "The kind of service: tailscale.")
        var serviceType: String

        @Option(help: "The integration's external_id: for Tailscale the tailnet, such as example.com.")
        var externalID: String

        @Option(help: "The login there, such as ana@github.")
        var newValue: String

        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var value: String
        }

        func run() async throws {
            let path = [email, "identities", serviceType, externalID].map(\.percentEncoded).joined(separator: "/")
            let reply = try await server.client().send(
                .init(
                    method: .put, path: "/v1/users/\(path)", body: try WireFormat.encode(Body(value: newValue)),
                    key: UUID().uuidString.lowercased(), wait: 30))
            if reply.isPending {
                throw Failure(
                    .outcomeUnknown, "Kafka has the change, but it was not read back in time. Run it again to see.")
            }
            try server.show(reply, as: DirectoryRecord.Identity.self) { identity in
                "\(identity.person) is \(identity.value) in \(identity.serviceType) \(identity.externalID)".onTerminal
            }
        }
    }
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Tell the version of symflow.")

    func run() { Console.say("symflow \(Version.number)") }
}

enum Version {
    static let number = "0.1.0"
}

extension String {
    /// As one segment of a path (RFC 3986): everything but unreserved characters is encoded.
    var percentEncoded: String {
        utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                return String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.utf8.count == 1 ? "0" + digits : digits)
            }
        }.joined()
    }
}
