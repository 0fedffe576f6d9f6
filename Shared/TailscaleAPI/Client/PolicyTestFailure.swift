/// A test of the policy file itself that fails.
///
/// Printed, it says nothing of what it holds: that is text of the policy file, people's logins among it.
public struct PolicyTestFailure: Hashable, Sendable {
    /// The test's `src`: whose access it is about, not always a person's.
    public let user: String
    /// What is not as the test wants it, in the service's words: `address "x:22": want: Drop, got: Accept`.
    public let errors: [String]

    public init(user: String, errors: [String]) {
        self.user = user
        self.errors = errors
    }
}

/// Something the service remarks about a policy file that it accepts.
///
/// Printed, it says nothing of what it holds: that is text of the policy file, people's logins among it.
public struct PolicyWarning: Hashable, Sendable {
    /// What it is about, often a group; empty if the service does not say.
    public let subject: String
    /// In the service's words.
    public let messages: [String]

    public init(subject: String, messages: [String]) {
        self.subject = subject
        self.messages = messages
    }
}

extension PolicyTestFailure: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "[a test of the policy file, errors: \(errors.count)]" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension PolicyWarning: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "[a warning about the policy file, messages: \(messages.count)]" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
