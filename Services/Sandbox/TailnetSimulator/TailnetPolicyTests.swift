import HuJSON

/// The tests that a policy file brings along, or that come alone: `src` must be able to reach what `accept` lists, and
/// must not be able to reach what `deny` lists. What cannot be judged here counts as passed.
struct TailnetPolicyTests: Sendable {
    private struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    private static let autogroups: Set = [
        "autogroup:member", "autogroup:members", "autogroup:tagged", "autogroup:owner", "autogroup:admin",
        "autogroup:it-admin", "autogroup:network-admin", "autogroup:billing-admin", "autogroup:auditor",
        "autogroup:shared",
    ]

    private let text: TailnetPolicyText
    private let entries: [TailnetPolicyText.Entry]

    /// Those in a policy file.
    init(of policy: TailnetPolicyText) {
        text = policy
        entries = policy.entries("tests")
    }

    /// Those of a list.
    init(list: TailnetPolicyText) {
        text = list
        entries = list.entries(of: list.document.root)
    }

    /// Whether a text is a list of tests, and no policy file.
    static func areWritten(in text: [UInt8]) -> Bool {
        TailnetPolicyText(text)?.document.root.kind == .array
    }

    /// - Parameter policy: a file that has passed the check.
    func failures(in policy: TailnetPolicyText, _ directory: TailnetDirectory) -> [TailnetPolicyVerdict.Remark] {
        guard !entries.isEmpty else { return [] }
        let reach = TailnetReach(policy, directory)
        return entries.compactMap { entry in
            let source = text.string(entry["src"]) ?? text.string(entry["user"]) ?? ""
            let errors = errors(of: entry, from: source, reach, directory)
            return errors.isEmpty ? nil : .init(subject: source, kind: .errors, lines: errors)
        }
    }

    private func errors(
        of entry: TailnetPolicyText.Entry, from name: String, _ reach: TailnetReach, _ directory: TailnetDirectory
    ) -> [String] {
        let source: TailnetReach.Party
        do {
            source = try party(name, reach, directory)
        } catch {
            return ["\(error)"]
        }
        let accepted = text.strings(entry["accept"]) + text.strings(entry["allow"])
        let denied = text.strings(entry["deny"])
        guard !accepted.isEmpty || !denied.isEmpty else { return ["neither accept nor deny is specified"] }
        // A test that names no protocol speaks of TCP.
        let named = text.string(entry["proto"]) ?? ""
        let protocols = TailnetProtocols(named.isEmpty ? "tcp" : named)
        let wanted = accepted.map { ($0, TailnetReach.Certainty.yes) } + denied.map { ($0, .no) }
        return wanted.compactMap { address, wanted in
            do {
                let (target, port) = try destination(address, reach, directory)
                let got = reach.reaches(target, port: port, over: protocols, from: source)
                guard got != .unknown, got != wanted else { return nil }
                return "address \"\(address)\": want: \(Self.word(wanted)), got: \(Self.word(got))"
            } catch {
                return "address \"\(address)\": \(error)"
            }
        }
    }

    private static func word(_ certainty: TailnetReach.Certainty) -> String {
        certainty == .yes ? "Accept" : "Drop"
    }

    /// One host and one port: the service takes no ranges, lists or blocks here, nor autogroups.
    private func destination(
        _ text: String, _ reach: TailnetReach, _ directory: TailnetDirectory
    ) throws(Invalid) -> (TailnetReach.Party, UInt16) {
        let host = text.withoutPorts.withoutBrackets
        guard text.contains(":"), let port = UInt16(text.portsOnly), port > 0 else {
            throw Invalid(description: "invalid port \"\(text.portsOnly)\"")
        }
        guard !host.hasPrefix("autogroup:"), !host.contains("/") else {
            throw Invalid(description: "invalid dst \"\(host)\"")
        }
        if host == "*" { return (.anything, port) }
        if let alias = reach.hosts[host], IPPrefix(alias)?.isSingle == false {
            throw Invalid(description: "invalid dst \"\(host)\"")
        }
        return (try party(host, reach, directory), port)
    }

    private func party(
        _ name: String, _ reach: TailnetReach, _ directory: TailnetDirectory
    ) throws(Invalid) -> TailnetReach.Party {
        if name.hasPrefix("tag:") {
            guard reach.tags.contains(name) else { throw Invalid(description: "tag not found: \"\(name)\"") }
            return .tag(name)
        }
        if name.hasPrefix("autogroup:") {
            guard Self.autogroups.contains(name) else {
                throw Invalid(description: "autogroup not found: \"\(name)\"")
            }
            let role = name.dropFirst("autogroup:".count)
            let isAnyMember = role.hasPrefix("member")
            return directory.users.first { isAnyMember || $0.role == role }.map { .user($0.loginName) } ?? .anything
        }
        if name.hasPrefix("group:") {
            guard let members = reach.members(of: name) else {
                // Those with an @ come from an identity provider.
                guard name.contains("@") else { throw Invalid(description: "group not found: \"\(name)\"") }
                return .anything
            }
            // The service takes a member of the group to stand for it. Of an empty one nothing can be told.
            return members.first.map { .user($0) } ?? .anything
        }
        if name.contains("@") {
            guard directory.has(user: name) else { throw Invalid(description: "user not found: \"\(name)\"") }
            return .user(name)
        }
        guard let block = IPPrefix(reach.hosts[name] ?? name) else {
            throw Invalid(description: "\"\(name)\": invalid address")
        }
        return block.isSingle ? .address(block) : .anything
    }
}
