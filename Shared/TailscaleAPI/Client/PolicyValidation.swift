/// What the service thinks of a policy file that it was shown, and did not take.
public enum PolicyValidation: Hashable, Sendable {
    /// It would take it.
    case accepted
    /// It would take it, and has remarks.
    case acceptedWithWarnings([PolicyWarning])
    /// It would refuse it. If tests of the file fail, which ones and how.
    case refused(message: String, failedTests: [PolicyTestFailure])

    /// Whether it would take it.
    public var isAccepted: Bool {
        if case .refused = self { false } else { true }
    }
}

extension PolicyValidation {
    /// - Throws: if it says neither yes nor no.
    init(_ verdict: PolicyVerdict, secret: String) throws(TailscaleError) {
        let entries = verdict.data ?? []
        let failedTests = entries.filter { $0.errors?.isEmpty == false }.map {
            PolicyTestFailure(user: $0.user ?? "", errors: $0.errors ?? [])
        }
        let warnings = entries.filter { $0.warnings?.isEmpty == false }.map {
            PolicyWarning(subject: $0.user ?? "", messages: $0.warnings ?? [])
        }
        let message = verdict.message ?? ""
        // The only message that is no refusal.
        if message == "warning(s) found" || message.isEmpty, failedTests.isEmpty {
            guard !message.isEmpty || verdict.isUnderstood else {
                throw .malformedAnswer(reason: "it says neither yes nor no")
            }
            self = message.isEmpty && warnings.isEmpty ? .accepted : .acceptedWithWarnings(warnings)
        } else {
            let words = message.isEmpty ? "test(s) failed" : message.redacted(secret).asPhrase()
            self = .refused(message: words, failedTests: failedTests)
        }
    }
}

/// The service's answer to a policy file it was shown; status 200 says both yes and no. Nothing but an empty object is a
/// plain yes, so unlike other answers this one must be understood as a whole.
struct PolicyVerdict: Decodable {
    struct Entry: Decodable {
        var user: String?
        var errors: [String]?
        var warnings: [String]?
    }

    var message: String?
    var data: [Entry]?
    /// Whether there is nothing in it that is not known here.
    var isUnderstood: Bool

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let verdict = try decoder.container(keyedBy: Key.self)
        message = try verdict.decodeIfPresent(String.self, forKey: Key(stringValue: "message"))
        data = try verdict.decodeIfPresent([Entry].self, forKey: Key(stringValue: "data"))
        isUnderstood = verdict.allKeys.allSatisfy { ["message", "data"].contains($0.stringValue) }
    }
}

extension PolicyValidation: CustomStringConvertible {
    /// A sentence; of the file no more than the service's message says.
    public var description: String {
        switch self {
        case .accepted: "Tailscale would accept the policy file."
        case .acceptedWithWarnings(let warnings):
            "Tailscale would accept the policy file; it has remarks about \(warnings.count) of its parts."
        case .refused(let message, let failedTests):
            TailscaleError.rejected(message: message, failedTests: failedTests).description
        }
    }
}
