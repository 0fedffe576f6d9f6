/// A tailnet policy file as it was read: its text and the version of it.
public struct PolicyFile: Hashable, Sendable {
    /// The largest file that is read or written, in bytes.
    public static let sizeLimit = 8 * 1024 * 1024

    /// The text, HuJSON.
    public let text: [UInt8]
    /// The version the service gave to this text.
    public let etag: ETag

    /// - Parameters:
    ///   - text: as the service sent it. A draft is proven against this text and replaces the version named, so only
    ///     the client makes files: whoever pairs a text with another text's version defeats the proof.
    ///   - etag: the version the service named with it.
    package init(text: [UInt8], etag: ETag) {
        self.text = text
        self.etag = etag
    }

    /// The logins in a group, in order and as they are spelt; none if the list is empty.
    ///
    /// - Parameter group: with its prefix, `group:prod`.
    /// - Throws: why the group cannot be read, in the same cases in which it cannot be edited.
    public func members(of group: String) throws(PolicyRefusal) -> [String] {
        try PolicyText(text).members(of: group)
    }

    /// The logins in a group, each case-folded: two that differ in case only are one key.
    public func memberKeys(of group: String) throws(PolicyRefusal) -> Set<String> {
        Set(try PolicyGroups(text: text).keys(of: group))
    }

    /// Whether a login stands in a group, whatever its case.
    public func contains(_ login: String, in group: String) throws(PolicyRefusal) -> Bool {
        let wanted = login.caseFolded
        return try members(of: group).contains { $0.caseFolded == wanted }
    }
}
