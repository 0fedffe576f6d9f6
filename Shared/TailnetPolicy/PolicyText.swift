import HuJSON

/// The text of a policy file, wherever it comes from. It has no version, so nothing made of it can be sent.
public struct PolicyText: Hashable, Sendable {
    /// The text, HuJSON.
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A text after an edit, and what was changed in it.
    public struct Edit: Hashable, Sendable {
        /// The whole new text.
        public let text: PolicyText
        /// The changes that had something to change, in the order given; those that already held are left out.
        public let changes: [MembershipChange]

        fileprivate init(text: PolicyText, changes: [MembershipChange]) {
            self.text = text
            self.changes = changes
        }
    }

    /// The logins in a group, in order and as they are spelt; none if the list is empty.
    ///
    /// - Parameter group: with its prefix, `group:prod`.
    /// - Throws: why the group cannot be read, in the same cases in which it cannot be edited.
    public func members(of group: String) throws(PolicyRefusal) -> [String] {
        try PolicyGroups(text: bytes).logins(of: group)
    }

    /// The text with all changes made, proven to change nothing else.
    ///
    /// Of several changes that concern one login in one group, the last counts. Adding who is there already, in whatever
    /// case, and removing who is not changes nothing. A group's key stays when its list becomes empty.
    ///
    /// - Returns: nil if there is nothing to change.
    /// - Throws: why the file, or one of the groups, is left alone; the text is all or nothing.
    public func edited(_ changes: [MembershipChange]) throws(PolicyRefusal) -> Edit? {
        let groups = try PolicyGroups(text: bytes)
        let plan = try MembershipPlan(for: changes, in: groups)
        guard !plan.effective.isEmpty else { return nil }
        let edited: [UInt8]
        do {
            edited = try groups.document.edited(plan.edits).bytes
        } catch {
            throw .unproven(group: nil)
        }
        guard edited.count <= PolicyFile.sizeLimit else { throw .tooLarge(bytes: edited.count) }
        try MembershipProof(old: groups, changes: changes).check(edited)
        return Edit(text: PolicyText(edited), changes: plan.effective.map { changes[$0] })
    }
}
