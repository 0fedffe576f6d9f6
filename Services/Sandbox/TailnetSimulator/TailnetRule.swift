import HuJSON

/// A rule of the sections `acls` and `grants`, as far as addresses and ports go.
struct TailnetRule: Sendable {
    /// What it lets reach where.
    struct Permission: Sendable {
        var hosts: [String]
        var ports: TailnetPorts
        var protocols: TailnetProtocols
        /// As the service shows them: `tag:prod:22`.
        var texts: [String]
    }

    let sources: [String]
    let permissions: [Permission]
    /// Whether it holds only for devices in a certain state.
    let isConditional: Bool
    let value: HuJSONValue

    /// The rules of a policy file that has passed the check.
    static func all(in policy: TailnetPolicyText) -> [TailnetRule] {
        let hasDefaultPosture = !policy.strings(policy.sectionValue("defaultSrcPosture")).isEmpty
        func rule(_ entry: TailnetPolicyText.Entry, _ permissions: [Permission]) -> TailnetRule {
            TailnetRule(
                sources: policy.strings(entry["src"]) + policy.strings(entry["users"]), permissions: permissions,
                isConditional: entry["srcposture"].map { !policy.strings($0).isEmpty } ?? hasDefaultPosture,
                value: entry.value)
        }
        return policy.entries("acls").map { rule($0, permissions(ofACL: $0, in: policy)) }
            + policy.entries("grants").map { rule($0, permissions(ofGrant: $0, in: policy)) }
    }

    private static func permissions(
        ofACL entry: TailnetPolicyText.Entry, in policy: TailnetPolicyText
    ) -> [Permission] {
        let protocols = policy.string(entry["proto"]).flatMap { $0.isEmpty ? nil : TailnetProtocols($0) } ?? .usual
        return (policy.strings(entry["dst"]) + policy.strings(entry["ports"])).compactMap { text in
            guard let ports = try? TailnetPorts(text.portsOnly) else { return nil }
            return Permission(
                hosts: [text.withoutPorts.withoutBrackets], ports: ports, protocols: protocols, texts: [text])
        }
    }

    /// A grant without `ip` is about applications, and lets reach no port.
    private static func permissions(
        ofGrant entry: TailnetPolicyText.Entry, in policy: TailnetPolicyText
    ) -> [Permission] {
        let hosts = policy.strings(entry["dst"])
        return policy.strings(entry["ip"]).compactMap { text in
            let colon = text.lastIndex(of: ":")
            let protocols = colon.map { TailnetProtocols(String(text[..<$0])) } ?? .usual
            guard let ports = try? TailnetPorts(text.portsOnly) else { return nil }
            return Permission(hosts: hosts, ports: ports, protocols: protocols, texts: hosts.map { "\($0):\(text)" })
        }
    }
}

extension String {
    /// `tag:prod:*` without its ports.
    var withoutPorts: String {
        guard let colon = lastIndex(of: ":") else { return self }
        return String(self[..<colon])
    }

    /// What stands behind the last colon, or all of it.
    var portsOnly: Substring {
        lastIndex(of: ":").map { self[index(after: $0)...] } ?? self[...]
    }

    /// `[fd7a::1]` without its brackets.
    var withoutBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }

    /// The service takes names and words with spaces around them.
    var withoutSpaces: String {
        let words = split { $0 == " " || $0 == "\t" }
        return words.count == 1 ? String(words[0]) : self
    }
}
