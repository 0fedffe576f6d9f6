import HuJSON

/// The tests that a policy file brings along, or that come alone.
struct TailnetPolicyTests: Sendable {
    private let text: TailnetPolicyText
    private let entries: [TailnetPolicyText.Entry]

    /// Those in a policy file.
    init(of policy: TailnetPolicyText) {
        text = policy
        entries = policy.entries("tests")
    }

    /// Those of a list.
    init(list: TailnetPolicyText) {
        text = list
        entries = list.entries(of: list.document.root)
    }

    /// Whether a text is a list of tests, and no policy file.
    static func areWritten(in text: [UInt8]) -> Bool {
        TailnetPolicyText(text)?.document.root.kind == .array
    }

    func failures(in policy: TailnetPolicyText, _ directory: TailnetDirectory) -> [TailnetPolicyVerdict.Remark] {
        []
    }
}
