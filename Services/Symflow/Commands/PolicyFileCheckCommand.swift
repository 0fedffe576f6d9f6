import ArgumentParser
import SymConfiguration
import SymMessages
import TailnetPolicy

extension PolicyFileCommand {
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which groups of the file Sym can manage, and what a lease would leave behind.",
            discussion: """
                Warnings name the lines where a group stands in tagOwners or autoApprovers: what was tagged or approved during \
                a lease outlives it. Notes name tests that take the group for their source, and names that differ from the \
                group's in case only.

                Exit codes: 0 all is well, notes or not; 1 there are warnings, or, when no group is named, groups that cannot \
                be managed; 2 a group that is named cannot be managed, or the whole file cannot.
                """)

        @Option(
            help: ArgumentHelp(
                "A group to judge, with or without \"group:\" before. May be given several times; left out, all are.",
                valueName: "name"))
        var group: [String] = []

        @Option(
            help: ArgumentHelp("Judge the groups that the targets of this configuration name.", valueName: "sym.yaml"))
        var config: String?

        @Flag(help: "Print it as JSON.")
        var json = false

        @Argument(help: "The policy file, as Tailscale has it; - reads standard input.")
        var file: String

        func run() throws {
            let file = ByteFile(file)
            let groups = try named()
            let text = PolicyText(try file.bytes(limit: PolicyFile.sizeLimit))
            let report: PolicyReport
            do {
                report = try PolicyReport(of: text, groups: groups)
            } catch {
                throw Failure(.refused, "\(file.title): \(error.description.onTerminal)")
            }
            let words = PolicyReportWords(report, of: file.title)
            Console.say(json ? String(decoding: try words.json(), as: UTF8.self) : words.lines.joined(separator: "\n"))
            let unmanageable = words.groups.count { $0.reason != nil }
            if groups != nil, unmanageable > 0 {
                throw Failure(
                    .refused, "\(unmanageable) of \(words.groups.count) groups that are named cannot be managed")
            }
            if unmanageable > 0 || report.findings.contains(where: { !$0.isNote }) { throw Failure(.warnings, "") }
        }

        /// Nil if none is.
        private func named() throws(Failure) -> [String]? {
            var names = group.map(\.asGroup)
            if let config {
                let targets = try ConfigurationFile(config).usable().targets.values
                names += targets.map(\.group.rawValue).sorted()
            } else if names.isEmpty {
                return nil
            }
            var seen: Set<String> = []
            return names.filter { seen.insert($0).inserted }
        }
    }
}
