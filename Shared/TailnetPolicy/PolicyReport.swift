import HuJSON

/// What can be said of a policy file before any lease: which groups can be managed, and what a lease on them would leave
/// behind.
public struct PolicyReport: Hashable, Sendable {
    /// A group of the file, or one that was asked for.
    public struct Group: Hashable, Sendable {
        /// Its name as it is spelt, `group:prod`.
        public let name: String
        /// The line its name stands on; nil if it does not stand in the file.
        public let line: Int?
        /// How many members its list has; nil if it cannot be managed.
        public let memberCount: Int?
        /// Why it cannot be managed; nil if it can.
        public let refusal: PolicyRefusal?
    }

    /// In the order they stand in the file, or in which they were asked for.
    public let groups: [Group]
    /// About the groups that can be managed, and those that were asked for, in the order they stand in the file.
    public let findings: [PolicyFinding]

    /// Reads the file, and tries on it what leases would do: somebody is added to each group and taken out again, with all
    /// proofs.
    ///
    /// - Parameters:
    ///   - text: the file.
    ///   - names: the groups to judge, each with its prefix; nil for all of the file.
    /// - Throws: why the whole file is left alone.
    public init(of text: PolicyText, groups names: [String]? = nil) throws(PolicyRefusal) {
        let groups = try PolicyGroups(text: text.bytes)
        let present = groups.groups.map { groups.document.name(of: $0) }
        let asked = names ?? present
        let named = NamedGroups(asked, in: groups)
        var lists: [[UInt8]: Result<Int, PolicyRefusal>] = [:]
        var usable: [String] = []
        for (index, name) in asked.enumerated() where lists[Array(name.utf8)] == nil {
            lists[Array(name.utf8)] = Self.memberCount(of: name, at: index, in: named, of: groups)
            if case .success = lists[Array(name.utf8)] { usable.append(name) }
        }
        if let refusal = try Self.refusalOnTrial(of: usable, in: text), let group = refusal.group {
            lists[Array(group.utf8)] = .failure(refusal)
        }

        let lines = Self.lines(of: groups)
        let judged =
            names.map { names in
                // Of a group that stands there more than once, the first one's line; of one that is spelt otherwise,
                // that one's.
                zip(names, names.indices).map { ($0, named.alike(at: $1).flatMap { lines[$0.nameRange.lowerBound] }) }
            } ?? zip(present, groups.groups).map { ($0, lines[$1.nameRange.lowerBound]) }
        self.groups = judged.map { name, line in
            switch lists[Array(name.utf8)] {
            case .success(let count): Group(name: name, line: line, memberCount: count, refusal: nil)
            case .failure(let refusal): Group(name: name, line: line, memberCount: nil, refusal: refusal)
            case nil: Group(name: name, line: line, memberCount: nil, refusal: .groupMissing(name))
            }
        }
        let managed = self.groups.filter { $0.refusal == nil || names != nil }.map(\.name)
        findings = GroupMentions(of: managed, in: text.bytes).mentions.compactMap { mention in
            PolicyFinding(mention, of: managed[mention.group])
        }
    }

    private static func memberCount(
        of name: String, at index: Int, in named: NamedGroups, of groups: PolicyGroups
    ) -> Result<Int, PolicyRefusal> {
        do throws(PolicyRefusal) {
            return .success(try groups.members(in: named.list(at: index), of: name).count)
        } catch {
            return .failure(error)
        }
    }

    /// Adds somebody to all lists and takes them out again.
    ///
    /// - Returns: why one of the groups is left alone.
    /// - Throws: why it fails as a whole.
    private static func refusalOnTrial(
        of groups: [String], in text: PolicyText
    ) throws(PolicyRefusal) -> PolicyRefusal? {
        do throws(PolicyRefusal) {
            let added = try text.edited(groups.map { MembershipChange(.add, "sym-trial@example.invalid", in: $0) })
            if let added {
                _ = try added.text.edited(added.changes.map { MembershipChange(.remove, $0.login, in: $0.group) })
            }
            return nil
        } catch {
            // All together may be too much for a file that has room for one more.
            if case .tooLarge = error { return nil }
            guard error.group != nil else { throw error }
            return error
        }
    }

    /// The lines of the groups' names, by their offsets.
    private static func lines(of groups: PolicyGroups) -> [Int: Int] {
        var lines: [Int: Int] = [:]
        var (position, line) = (0, 1)
        for group in groups.groups {
            let start = group.nameRange.lowerBound
            line += groups.document.bytes[position..<start].count { $0 == 0x0A }
            position = start
            lines[start] = line
        }
        return lines
    }
}
