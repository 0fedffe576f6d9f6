import ArgumentParser
import SymMessages
import TailnetPolicy

struct PolicyFileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy-file",
        abstract: "See on a tailnet policy file of your own what Sym would do, without a server.",
        subcommands: [Edit.self, Check.self])

    struct Edit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the file with people added to a group and removed from it.",
            discussion: """
                It is the edit that a lease makes, with all its proofs; FILE itself stays as it is, and nothing is sent. See what \
                changed with: symflow policy-file edit --group prod --add ana@example.com FILE | diff FILE -

                Exit codes: 0 the new text, which is the old one if there is nothing to change; 2 refused: nothing is printed, \
                and the reason stands on standard error.
                """)

        @Option(help: "The group, with or without \"group:\" before.")
        var group: [String]

        @Option(help: ArgumentHelp("Who is to stand in the group. May be given several times.", valueName: "login"))
        var add: [String] = []

        @Option(help: ArgumentHelp("Who is not to. May be given several times.", valueName: "login"))
        var remove: [String] = []

        @Argument(help: "The policy file, as Tailscale has it; - reads standard input.")
        var file: String

        func validate() throws {
            guard group.count == 1 else { throw ValidationError("Name one --group; edit one after the other.") }
            guard !add.isEmpty || !remove.isEmpty else { throw ValidationError("Say whom to --add or to --remove.") }
            for logins in [add, remove] {
                let named = Dictionary(grouping: logins) { $0.lowercased() }.values.first { $0.count > 1 }
                if let login = named?.first { throw ValidationError("\(login.onTerminal) is named twice.") }
            }
            let both = Set(add.map { $0.lowercased() }).intersection(remove.map { $0.lowercased() }).sorted()
            if let login = both.first {
                throw ValidationError("\(login.onTerminal) cannot be added and removed at once.")
            }
        }

        func run() throws {
            let file = ByteFile(file)
            let text = PolicyText(try file.bytes(limit: PolicyFile.sizeLimit))
            let group = group[0].asGroup
            let changes =
                add.map { MembershipChange(.add, $0, in: group) }
                + remove.map { MembershipChange(.remove, $0, in: group) }
            let edit: PolicyText.Edit?
            do {
                edit = try text.edited(changes)
            } catch {
                throw Failure(.refused, "\(file.title): \(error.description.onTerminal)")
            }
            for change in changes where !(edit?.changes.contains(change) ?? false) {
                let state = change.kind == .add ? "stands in \(group) already" : "does not stand in \(group)"
                Console.complain("\(change.login) \(state)".onTerminal)
            }
            Console.write(String(decoding: (edit?.text ?? text).bytes, as: UTF8.self))
        }
    }
}

extension String {
    /// The group of a policy file that is meant.
    var asGroup: String { hasPrefix("group:") ? self : "group:\(self)" }
}
