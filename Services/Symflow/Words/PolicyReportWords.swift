import SymMessages
import TailnetPolicy

/// What is said about a policy file.
struct PolicyReportWords {
    struct Group: Encodable {
        var name: String
        var line: Int?
        var members: Int?
        /// Why it cannot be managed.
        var reason: String?
    }

    struct Finding: Encodable {
        var line: Int
        var group: String
        var severity: String
        var message: String
    }

    let file: String
    let groups: [Group]
    let findings: [Finding]

    init(_ report: PolicyReport, of file: String) {
        self.file = file
        groups = report.groups.map { group in
            var reason = group.refusal?.description
            if reason == nil, GroupName(rawValue: group.name) == nil {
                reason =
                    "A sym_target cannot name it: only letters, digits, \"-\", \"_\" and \".\" may follow \"group:\"."
            }
            return Group(name: group.name, line: group.line, members: group.memberCount, reason: reason)
        }
        findings = report.findings.map {
            Finding(
                line: $0.line, group: $0.group, severity: $0.isNote ? "note" : "warning", message: $0.description)
        }
    }

    var lines: [String] {
        var lines = groups.map { group in
            let place = group.line.map { "\(file):\($0)" } ?? file
            if let reason = group.reason { return "\(place): \(group.name) cannot be managed. \(reason)" }
            let members = group.members.map { $0 == 1 ? "1 member" : "\($0) members" } ?? ""
            return "\(place): \(group.name) can be managed, \(members)"
        }
        if lines.isEmpty { lines = ["\(file): there are no groups in it"] }
        lines += findings.map { "\(file):\($0.line): \($0.message) (\($0.severity))" }
        return lines.map(\.onTerminal)
    }

    private struct Document: Encodable {
        var file: String
        var groups: [Group]
        var findings: [Finding]
    }

    func json() throws -> [UInt8] {
        Array(try WireFormat.encode(Document(file: file, groups: groups, findings: findings)))
    }
}
