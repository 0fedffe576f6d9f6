/// What stands behind `Bearer` in a call.
///
/// Printed, it says nothing of itself.
public struct AccessToken: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    let rawValue: String

    /// - Returns: nil if it cannot stand in a header: nothing but white space, or anything that is not printable ASCII.
    public init?(_ rawValue: String) {
        let trimmed = rawValue.trimmingSpaces
        guard !trimmed.isEmpty, trimmed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        self.rawValue = trimmed
    }

    public var description: String { "[token]" }
    public var debugDescription: String { description }
    /// Nothing, so that `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
