/// What is checked in the rules of `acls`, `grants` and `ssh`.
extension TailnetPolicyCheck {
    private static let everything: Set = ["0.0.0.0/0", "::/0"]

    func problem(inACL rule: TailnetPolicyText.Entry) -> String? {
        let action = text.string(rule["action"]) ?? ""
        guard action == "accept" else { return "action=\"\(action)\" is not supported" }
        let sources = text.strings(rule["src"]) + text.strings(rule["users"])
        let destinations = text.strings(rule["dst"]) + text.strings(rule["ports"])
        return problem(inSources: sources)
            ?? first(destinations) { destination in
                do {
                    _ = try TailnetPorts(destination.portsOnly)
                } catch {
                    return "dst=\"\(destination)\": \(error)"
                }
                let host = destination.withoutPorts.withoutBrackets
                return undefined(host).map { "dst=\"\(host)\": \($0)" }
            }
            ?? problem(withSelfIn: destinations.map(\.withoutPorts), from: sources.filter { $0 != "*" })
    }

    func problem(inGrant rule: TailnetPolicyText.Entry) -> String? {
        let sources = text.strings(rule["src"])
        let destinations = text.strings(rule["dst"])
        let apps = rule["app"].map { text.members(of: $0).map(\.name) } ?? []
        guard !text.strings(rule["ip"]).isEmpty || !apps.isEmpty else { return "ip and app can not both be empty" }
        return problem(inSources: sources)
            ?? first(destinations) { destination in
                if destination == "autogroup:danger-all" { return "cannot use autogroup:danger-all as a dst" }
                if Self.everything.contains(destination) {
                    return "dst \"\(destination)\": to allow all IP addresses, use \"*\" or \"autogroup:internet\""
                }
                if destination == "autogroup:internet", !apps.isEmpty {
                    return "cannot use app grants with autogroup:internet"
                }
                return undefined(destination).map { "dst=\"\(destination)\": \($0)" }
            }
            ?? problem(withSelfIn: destinations, from: sources)
            ?? first(text.strings(rule["ip"])) { ports in
                do {
                    _ = try TailnetPorts(ports.portsOnly)
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            ?? first(apps, problem(inCapability:))
            ?? first(text.strings(rule["via"])) { via in
                guard via.hasPrefix("tag:") else { return "via can only be a tag" }
                return undefined(via).map { _ in "tag \"\(via)\" not found" }
            }
    }

    func problem(inSSH rule: TailnetPolicyText.Entry) -> String? {
        let action = text.string(rule["action"])?.withoutSpaces ?? ""
        guard !action.isEmpty else { return "action must be specified" }
        guard ["accept", "check"].contains(action) else { return "\"\(action)\" is not a valid action" }
        if let problem = problem(inSources: text.strings(rule["src"])) { return problem }
        let users = text.strings(rule["users"])
        guard !users.isEmpty else { return "users must be specified" }
        if let user = users.first(where: { $0.isEmpty || $0 == "*" }) { return "user \"\(user)\" is not valid" }
        if text.strings(rule["acceptenv"]).contains("") { return "acceptEnv values cannot be empty" }
        return first(text.strings(rule["dst"])) { destination in
            let isNamed = ["tag:", "autogroup:", "group:"].contains { destination.hasPrefix($0) }
            guard isNamed || destination.contains("@") || destination == "*" || IPPrefix(destination) != nil else {
                return "invalid dst \"\(destination)\""
            }
            return undefined(destination).map { "dst=\"\(destination)\": \($0)" }
        }
    }

    private func problem(inSources sources: [String]) -> String? {
        first(sources) { source in
            guard source != "autogroup:self" else { return "\"autogroup:self\" not valid on the src side of a rule" }
            return undefined(source).map { "src=\($0)" }
        }
    }

    /// Only people have devices of their own. In `acls` the service takes `*` for them, in `grants` it does not.
    private func problem(withSelfIn destinations: [String], from sources: [String]) -> String? {
        guard destinations.contains("autogroup:self") else { return nil }
        let hasOthers = sources.contains { source in
            source == "*" || source == "autogroup:tagged" || source.hasPrefix("tag:")
                || (!source.contains("@") && !source.contains(":"))
        }
        return hasOthers ? "autogroup:self can only be used with users, groups, or supported autogroups" : nil
    }

    private func problem(inCapability name: String) -> String? {
        let parts = name.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, parts[0].contains("."), !name.contains("://") else {
            return "capability name must have the form {domain}/{path}"
        }
        // The service lets its own capabilities be granted that are made for it.
        let reserved = ["tailscale.com/cap/relay-target", "tailscale.com/cap/funnel", "tailscale.com/cap/ingress"]
        return reserved.contains(name) ? "capability name must not be in the tailscale.com domain" : nil
    }
}
