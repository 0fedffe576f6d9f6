import SymMessages

/// What the service makes of a policy file: taken, perhaps with warnings, or refused.
enum TailnetPolicyVerdict: Hashable, Sendable {
    /// What is said of one subject: the source of a test, or a group.
    struct Remark: Hashable, Sendable {
        enum Kind: String, Sendable {
            case errors, warnings
        }

        var subject: String
        var kind: Kind
        var lines: [String]
    }

    case taken(warnings: [Remark])
    case refused(String, failures: [Remark] = [])

    /// On a file that somebody wants to save.
    init(on text: [UInt8], _ directory: TailnetDirectory) {
        if let problem = TailnetPolicyCheck.problem(in: text) {
            self = .refused(problem)
            return
        }
        guard let policy = TailnetPolicyText(text) else {
            self = .taken(warnings: [])
            return
        }
        let failures = TailnetPolicyTests(of: policy).failures(in: policy, directory)
        guard failures.isEmpty else {
            self = .refused("test(s) failed", failures: failures)
            return
        }
        self = .taken(warnings: TailnetPolicyWarnings(of: policy, directory).remarks)
    }

    /// On tests alone, against a file that is in force.
    init(ofTests text: [UInt8], against policy: [UInt8], _ directory: TailnetDirectory) {
        guard let tests = TailnetPolicyText(text), let policy = TailnetPolicyText(policy) else {
            self = .refused(TailnetPolicyCheck.problem(in: text) ?? "the policy file cannot be read")
            return
        }
        let failures = TailnetPolicyTests(list: tests).failures(in: policy, directory)
        self = failures.isEmpty ? .taken(warnings: []) : .refused("test(s) failed", failures: failures)
    }

    /// The answer that says so.
    static func answer(_ message: String, _ remarks: [Remark]) -> JSONValue {
        var members: [String: JSONValue] = ["message": .string(message)]
        if !remarks.isEmpty {
            members["data"] = .array(
                remarks.map { .object(["user": .string($0.subject), $0.kind.rawValue: .strings($0.lines)]) })
        }
        return .object(members)
    }
}
