import TailnetPolicy

/// A policy file together with what the service has to say about it.
///
/// Printed, it says how much it holds, not what.
public struct PolicyFileDetails: Hashable, Sendable {
    /// The text, HuJSON.
    public let text: [UInt8]
    /// The version, where the service names it.
    public let etag: ETag?
    /// What it remarks, such as members of groups that the tailnet does not have; in its own words, with people's logins.
    public let warnings: [String]
    /// What is wrong with the file as it stands.
    public let errors: [String]

    public init(text: [UInt8], etag: ETag?, warnings: [String] = [], errors: [String] = []) {
        self.text = text
        self.etag = etag
        self.warnings = warnings
        self.errors = errors
    }
}

extension PolicyFileDetails: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        "[a policy file, bytes: \(text.count), warnings: \(warnings.count), errors: \(errors.count)]"
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
