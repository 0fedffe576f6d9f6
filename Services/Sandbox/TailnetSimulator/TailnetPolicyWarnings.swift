/// What the service finds odd in a policy file and takes nevertheless.
struct TailnetPolicyWarnings: Hashable, Sendable {
    /// One for each group with something to remark.
    let remarks: [TailnetPolicyVerdict.Remark]

    init(of policy: TailnetPolicyText, _ directory: TailnetDirectory) {
        var remarks: [TailnetPolicyVerdict.Remark] = []
        for (name, value) in policy.section("groups") {
            let unknown = policy.strings(value).filter { !directory.has(user: $0) }
            if !unknown.isEmpty {
                remarks.append(
                    .init(subject: name, kind: .warnings, lines: unknown.map { "user not found: \"\($0)\"" }))
            }
        }
        // Groups with an @ come from an identity provider, and this tailnet has none.
        let synced = Set(policy.namesInRules.filter { $0.hasPrefix("group:") && $0.contains("@") })
        let line = "group is not syncing from SCIM and will be ignored by rules in the policy file"
        remarks += synced.sorted().map { .init(subject: $0, kind: .warnings, lines: [line]) }
        self.remarks = remarks
    }

    /// As the answer with details has them.
    var lines: [String] {
        remarks.flatMap { remark in remark.lines.map { "\"\(remark.subject)\": \($0)" } }
    }
}
