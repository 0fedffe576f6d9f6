/// A place in a policy file that somebody who leases a group should know of.
public struct PolicyFinding: Hashable, Sendable {
    /// What stands there.
    public enum Kind: Hashable, Sendable {
        /// The group may put this tag on devices, and they keep it.
        case ownsTag(String)
        /// Routes that a member announces are approved by themselves, and stay approved.
        case approvesRoutes(String)
        /// Exit nodes of members are approved by themselves, and stay approved.
        case approvesExitNodes
        /// Something else is approved by itself.
        case approves(String)
        /// A test of the file takes the group for its source.
        case isTested(section: String)
        /// A name that differs from the group's in case only, and so is another one's.
        case isSpeltOtherwise(String)
    }

    /// The group.
    public let group: String
    /// The line.
    public let line: Int
    /// What stands there.
    public let kind: Kind

    /// Whether it is only worth knowing: nothing is left behind by a lease.
    public var isNote: Bool {
        switch kind {
        case .ownsTag, .approvesRoutes, .approvesExitNodes, .approves: false
        case .isTested, .isSpeltOtherwise: true
        }
    }

    /// Nil for places of which there is nothing to say.
    init?(_ mention: GroupMentions.Mention, of group: String) {
        self.group = group
        line = mention.line
        guard mention.spelling.isSameBytes(as: group) else {
            kind = .isSpeltOtherwise(mention.spelling)
            return
        }
        let path = mention.path
        switch String(decoding: path.first?.caseFolded ?? [], as: UTF8.self) {
        case "tagowners": kind = .ownsTag(path.dropFirst().first ?? "")
        case "autoapprovers":
            let what = path.dropFirst().first ?? ""
            switch String(decoding: what.caseFolded, as: UTF8.self) {
            case "routes": kind = .approvesRoutes(path.dropFirst(2).first ?? "")
            case "exitnode": kind = .approvesExitNodes
            default: kind = .approves(what)
            }
        case "tests", "sshtests":
            // Older files say `user` for `src`.
            let role = String(decoding: path.last?.caseFolded ?? [], as: UTF8.self)
            guard path.count > 1, role == "src" || role == "user" else { return nil }
            kind = .isTested(section: path[0])
        default: return nil
        }
    }
}

extension PolicyFinding: CustomStringConvertible {
    public var description: String {
        switch kind {
        case .ownsTag(let tag):
            "\(group) may tag devices with \"\(tag)\": what was tagged during a lease stays tagged after it"
        case .approvesRoutes(let routes):
            "\(group) has its routes \"\(routes)\" approved: what was approved during a lease stays approved after it"
        case .approvesExitNodes:
            "\(group) has its exit nodes approved: what was approved during a lease stays approved after it"
        case .approves(let what):
            "\(group) has its \"\(what)\" approved: what was approved during a lease stays approved after it"
        case .isTested(let section):
            "\(group) is the source of one of the \"\(section)\": Tailscale takes a member for it, so the test may fail, "
                + "and with it every write, when the list is empty"
        case .isSpeltOtherwise(let spelling):
            "\"\(spelling)\" is not \(group): names of groups are compared exactly"
        }
    }
}
