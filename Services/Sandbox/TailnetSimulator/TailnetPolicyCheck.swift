import HuJSON

/// What the service checks before it takes a policy file, in its own words where they are known (captured answers): that
/// groups are flat, that what rules speak of is there, and the commonest mistakes in rules.
struct TailnetPolicyCheck {
    let text: TailnetPolicyText
    /// What the service says when it fails over a file.
    static let breakdown = "internal server error"

    private let groups: Set<String>
    private let tags: Set<String>
    private let hosts: Set<String>

    /// The `message` of the 400, or nil if the file is taken.
    static func problem(in text: [UInt8]) -> String? {
        do {
            return TailnetPolicyCheck(TailnetPolicyText(try HuJSONDocument(text))).problem()
        } catch {
            return "line \(error.line), column \(error.column): \(error.reason.rawValue)"
        }
    }

    private init(_ text: TailnetPolicyText) {
        self.text = text
        groups = Set(text.section("groups").map(\.name))
        tags = Set(text.section("tagOwners").map(\.name))
        hosts = Set(text.section("hosts").map(\.name))
    }

    private func problem() -> String? {
        guard text.document.root.kind == .object else { return "line 1, column 1: the policy file must be an object" }
        return first(text.section("groups")) { problem(inGroup: $0.name, $0.value) }
            ?? first(text.section("tagOwners")) { problem(inTag: $0.name) ?? undefined(text.strings($0.value)) }
            ?? first(text.entries("acls"), problem(inACL:))
            ?? first(text.entries("grants"), problem(inGrant:))
            ?? first(text.entries("ssh"), problem(inSSH:))
            ?? first(text.entries("nodeAttrs")) { first(text.strings($0["target"]), problem(inTarget:)) }
            ?? first(text.section("autoApprovers")) { approver in
                first([approver.value] + text.members(of: approver.value).map(\.value)) { undefined(text.strings($0)) }
            }
    }

    func first<T>(_ elements: [T], _ problem: (T) -> String?) -> String? {
        elements.lazy.compactMap(problem).first
    }

    private func problem(inGroup name: String, _ list: HuJSONValue) -> String? {
        guard name.hasPrefix("group:") else {
            return "groups[\"\(name)\"]: group names start with \"group:\""
        }
        guard list.kind == .array else { return "groups[\"\(name)\"]: a list of members is expected" }
        return first(text.document.elements(of: list)) { element in
            guard let member = text.string(element) else { return "groups[\"\(name)\"]: members must be strings" }
            if member.hasPrefix("group:") {
                return "groups[\"\(name)\"]: \"\(member)\": group members cannot be recursive"
            }
            return member.contains("@") ? nil : "groups[\"\(name)\"]: \"\(member)\": invalid user"
        }
    }

    private func problem(inTag name: String) -> String? {
        guard name.hasPrefix("tag:") else { return "tagOwners[\"\(name)\"]: tag names must start with 'tag:'" }
        guard let letter = name.dropFirst("tag:".count).first, letter.isASCII, letter.isLetter else {
            return "tagOwners[\"\(name)\"]: tag names must start with a letter, after 'tag:'"
        }
        return nil
    }

    private func problem(inTarget name: String) -> String? {
        guard name != "autogroup:self" else { return Self.breakdown }
        let isName = name == "*" || name.contains("@") || name.contains(":") || hosts.contains(name)
        return isName || IPPrefix(name) != nil ? undefined(name) : "\"\(name)\": invalid address"
    }

    func undefined(_ names: [String]) -> String? { first(names, undefined) }

    /// Groups with an @ come from an identity provider and need no entry.
    func undefined(_ padded: String) -> String? {
        let name = padded.withoutSpaces
        if name.hasPrefix("tag:"), !tags.contains(name) { return "tag not found: \"\(name)\"" }
        if name.hasPrefix("group:"), !name.contains("@"), !groups.contains(name) {
            return "group not found: \"\(name)\""
        }
        return nil
    }
}
