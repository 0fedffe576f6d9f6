/// The places of a policy file, outside of its `groups` section, that name a group.
struct GroupMentions {
    struct Mention {
        /// The place, among the groups looked for, of the one that is named.
        var group: Int
        var line: Int
        /// As it is spelt there.
        var spelling: String
        /// The names that lead to it, the section's first; of deeply nested ones the first few.
        var path: [String]
    }

    /// In the order they stand.
    private(set) var mentions: [Mention] = []

    /// - Parameters:
    ///   - groups: what to look for, whatever its case.
    ///   - text: a text that has been checked.
    init(of groups: [String], in text: [UInt8]) {
        let table = NameTable(groups)
        let groupsSection = NameTable(["groups"])
        var reader = TokenReader(text)
        var path = Path()
        var pending: TokenReader.Token?
        while let token = reader.next() {
            if token.kind == .comment { continue }
            if let string = pending, token.kind == .colon {
                path.name(string.range)
            } else if let string = pending, let section = path.section,
                groupsSection.firstIndex(of: section, in: text) == nil,
                let group = table.firstIndex(of: string.range, in: text)
            {
                mentions.append(
                    Mention(
                        group: group, line: string.line, spelling: text.spelledOut(string.range),
                        path: path.names.map { text.spelledOut($0) }))
            }
            pending = token.kind == .string ? token : nil
            if token.kind == .open { path.open() }
            if token.kind == .close { path.close() }
        }
    }

    /// The names of the members one stands in. However deep that is, it remembers a few only.
    private struct Path {
        private static let limit = 6
        private var depth = 0
        private var levels: [Range<Int>?] = []

        var section: Range<Int>? { levels.first ?? nil }
        var names: [Range<Int>] { levels.compactMap { $0 } }

        mutating func open() {
            depth += 1
            if depth <= Self.limit { levels.append(nil) }
        }

        mutating func close() {
            if depth <= Self.limit, depth > 0 { levels.removeLast() }
            depth -= 1
        }

        mutating func name(_ literal: Range<Int>) {
            if depth <= Self.limit, depth > 0 { levels[depth - 1] = literal }
        }
    }
}
