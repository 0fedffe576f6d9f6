/// Who may reach what by a policy file, as far as that can be told without the network itself.
struct TailnetReach: Sendable {
    /// Somebody or something at one end of a connection.
    enum Party: Hashable, Sendable {
        case user(String)
        case tag(String)
        case address(IPPrefix)
        /// Not known which: nothing but `*` is sure to cover it.
        case anything
    }

    /// Ordered: what a list says is what its surest element says.
    enum Certainty: Int, Comparable, Sendable {
        case no, unknown, yes

        static func < (a: Certainty, b: Certainty) -> Bool { a.rawValue < b.rawValue }
        init(_ holds: Bool) { self = holds ? .yes : .no }
    }

    let rules: [TailnetRule]
    let tags: Set<String>
    let hosts: [String: String]
    /// Logins in lower case.
    private let groups: [String: Set<String>]
    /// In the file's order and spelling.
    private let members: [String: [String]]
    private let directory: TailnetDirectory

    /// - Parameter policy: a file that has passed the check.
    init(_ policy: TailnetPolicyText, _ directory: TailnetDirectory) {
        rules = TailnetRule.all(in: policy)
        tags = Set(policy.section("tagOwners").map(\.name))
        hosts = Dictionary(
            policy.section("hosts").compactMap { host in policy.string(host.value).map { (host.name, $0) } },
            uniquingKeysWith: { $1 })
        members = Dictionary(
            policy.section("groups").map { ($0.name, policy.strings($0.value)) }, uniquingKeysWith: { $1 })
        groups = members.mapValues { Set($0.map { $0.lowercased() }) }
        self.directory = directory
    }

    /// The members of a group of the file; nil if there is no such group.
    func members(of group: String) -> [String]? { members[group] }

    /// Whether `source` can open a connection to this port of `target`.
    func reaches(
        _ target: Party, port: UInt16, over protocols: TailnetProtocols, from source: Party
    ) -> Certainty {
        rules.reduce(.no) { best, rule in
            guard best < .yes else { return best }
            let sources = covered(source, by: rule.sources)
            guard sources > .no else { return best }
            let targets = rule.permissions.reduce(Certainty.no) { best, permission in
                guard permission.ports.contains(port), permission.protocols.intersect(protocols) else { return best }
                return max(best, covered(target, by: permission.hosts, from: source))
            }
            let verdict = min(sources, targets)
            return max(best, rule.isConditional ? min(verdict, .unknown) : verdict)
        }
    }

    /// - Parameter source: the other end, for names that depend on it.
    func covered(_ party: Party, by names: [String], from source: Party? = nil) -> Certainty {
        names.reduce(.no) { best, name in best == .yes ? .yes : max(best, covered(party, by: name, from: source)) }
    }

    private func covered(_ party: Party, by name: String, from source: Party?) -> Certainty {
        if name == "*" || name == "autogroup:danger-all" { return .yes }
        if case .anything = party { return .unknown }
        if name.hasPrefix("autogroup:") { return covered(party, byAutogroup: name, from: source) }
        if name.hasPrefix("tag:") { return isTagged(party, name) }
        if name.hasPrefix("group:") {
            guard let members = groups[name] else { return name.contains("@") ? .unknown : .no }
            return isUser(party) { members.contains($0) }
        }
        if name.hasPrefix("ipset:") { return .unknown }
        if name.hasPrefix("user:*@") {
            return isUser(party) { $0.hasSuffix(name.dropFirst("user:*".count).lowercased()) }
        }
        if name.contains("@") { return isUser(party) { $0 == name.lowercased() } }
        guard let block = IPPrefix(hosts[name] ?? name) else { return .unknown }
        return isInside(party, block)
    }

    private func covered(_ party: Party, byAutogroup name: String, from source: Party?) -> Certainty {
        switch name {
        case "autogroup:member", "autogroup:members":
            return isUser(party) { directory.has(user: $0) }
        case "autogroup:tagged":
            switch party {
            case .tag: return .yes
            case .user: return .no
            default: return device(party).map { Certainty(!$0.tags.isEmpty) } ?? .no
            }
        case "autogroup:self":
            guard case .user(let login)? = source else { return .no }
            return isUser(party) { $0 == login.lowercased() }
        case "autogroup:internet":
            if case .address(let address) = party { return Certainty(address.isPublic) }
            return .no
        case "autogroup:shared", "autogroup:nonroot":
            return .unknown
        default:
            let role = name.dropFirst("autogroup:".count)
            return isUser(party) { directory.user($0)?.role ?? "" == role }
        }
    }

    /// - Parameter holds: of a login in lower case.
    private func isUser(_ party: Party, _ holds: (String) -> Bool) -> Certainty {
        switch party {
        case .user(let login): return Certainty(holds(login.lowercased()))
        case .tag: return .no
        case .address, .anything:
            guard let device = device(party), device.tags.isEmpty else { return .no }
            return Certainty(holds(device.user.lowercased()))
        }
    }

    private func isTagged(_ party: Party, _ tag: String) -> Certainty {
        switch party {
        case .tag(let other): Certainty(other == tag)
        case .user: .no
        case .address, .anything: Certainty(device(party)?.tags.contains(tag) ?? false)
        }
    }

    private func isInside(_ party: Party, _ block: IPPrefix) -> Certainty {
        let addresses: [IPPrefix]
        switch party {
        case .address(let address): return Certainty(block.contains(address))
        case .user(let login):
            addresses = directory.addresses { $0.tags.isEmpty && $0.user.lowercased() == login.lowercased() }
        case .tag(let tag): addresses = directory.addresses { $0.tags.contains(tag) }
        case .anything: return .unknown
        }
        // Without a device of theirs there is no saying what addresses they have.
        return addresses.isEmpty ? .unknown : Certainty(addresses.contains(where: block.contains))
    }

    private func device(_ party: Party) -> TailnetDirectory.Device? {
        guard case .address(let address) = party else { return nil }
        return directory.device(at: address)
    }
}
