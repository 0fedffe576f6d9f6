/// A new text for a policy file that has been proven to differ from the one it was made from in the wanted memberships
/// only.
///
/// Nothing else can be sent to the service, and only ``PolicyFile/draft(applying:)`` makes one: a text that is empty,
/// that does not parse or that lacks a group is no draft. For that the initialiser is private to this file, nothing of a
/// draft can be changed, and it cannot be decoded from anything.
public struct PolicyDraft: Hashable, Sendable {
    /// The whole new text.
    public let text: [UInt8]
    /// The version it was computed from, and the only one it may replace.
    public let base: ETag
    /// The changes that had something to change, in the order given; those that already held are left out.
    public let changes: [MembershipChange]

    fileprivate init(_ edit: PolicyText.Edit, of file: PolicyFile) {
        text = edit.text.bytes
        base = file.etag
        changes = edit.changes
    }
}

extension PolicyFile {
    /// The text with all changes made, proven to change nothing else: see ``PolicyText/edited(_:)``.
    ///
    /// - Returns: nil if there is nothing to change.
    /// - Throws: why the file, or one of the groups, is left alone; the text is all or nothing.
    public func draft(applying changes: [MembershipChange]) throws(PolicyRefusal) -> PolicyDraft? {
        try PolicyText(text).edited(changes).map { PolicyDraft($0, of: self) }
    }
}
