import HuJSON

/// A new text for a policy file that has been proven to differ from the one it was made from in the wanted memberships
/// only.
///
/// Nothing else can be sent to the service, and only ``PolicyFile/draft(applying:)`` makes one: a text that is empty,
/// that does not parse or that lacks a group is no draft.
public struct PolicyDraft: Hashable, Sendable {
    /// The whole new text.
    public let text: [UInt8]
    /// The version it was computed from, and the only one it may replace.
    public let base: ETag
    /// The changes that had something to change, in the order given; those that already held are left out.
    public let changes: [MembershipChange]

    fileprivate init(text: [UInt8], base: ETag, changes: [MembershipChange]) {
        self.text = text
        self.base = base
        self.changes = changes
    }
}

extension PolicyFile {
    /// The text with all changes made, proven to change nothing else.
    ///
    /// Of several changes that concern one login in one group, the last counts. Adding who is there already, in whatever
    /// case, and removing who is not changes nothing. A group's key stays when its list becomes empty.
    ///
    /// - Returns: nil if there is nothing to change.
    /// - Throws: why the file, or one of the groups, is left alone; the text is all or nothing.
    public func draft(applying changes: [MembershipChange]) throws(PolicyRefusal) -> PolicyDraft? {
        let groups = try PolicyGroups(text: text)
        let plans = try MembershipPlan.plans(for: changes, in: groups).filter { !$0.effective.isEmpty }
        guard !plans.isEmpty else { return nil }
        let edited: HuJSONEditedText
        do {
            edited = try groups.document.edited(plans.map(\.edit))
        } catch {
            throw .unproven(group: nil)
        }
        try MembershipProof(old: groups, plans: plans).check(edited)
        let effective = plans.reduce(into: Set<Int>()) { $0.formUnion($1.effective) }
        return PolicyDraft(
            text: edited.bytes, base: etag, changes: changes.indices.filter(effective.contains).map { changes[$0] })
    }
}
