import HuJSON

/// What the service checks before it takes a policy file, as far as groups and tags go, in its own words where they are
/// known (captured answers).
struct TailnetPolicyCheck {
    private let text: TailnetPolicyText
    private let groups: Set<String>
    private let tags: Set<String>

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
    }

    private func problem() -> String? {
        guard text.document.root.kind == .object else { return "line 1, column 1: the policy file must be an object" }
        for group in text.section("groups") {
            if let problem = problem(inGroup: group.name, group.value) { return problem }
        }
        for tag in text.section("tagOwners") {
            if let problem = undefined(text.strings(tag.value)) { return problem }
        }
        for rule in text.entries("acls") {
            if let problem = problem(inACL: rule) { return problem }
        }
        for rule in text.entries("grants") {
            if let problem = problem(inGrant: rule) { return problem }
        }
        for rule in text.entries("ssh") {
            if let problem = undefined(sources: rule) ?? undefined(destinations: rule, withPorts: false) {
                return problem
            }
        }
        for rule in text.entries("nodeAttrs") {
            if let problem = undefined(text.strings(rule["target"])) { return problem }
        }
        for approver in text.section("autoApprovers") {
            let lists = [approver.value] + text.members(of: approver.value).map(\.value)
            for list in lists {
                if let problem = undefined(text.strings(list)) { return problem }
            }
        }
        return nil
    }

    private func problem(inGroup name: String, _ list: HuJSONValue) -> String? {
        guard name.hasPrefix("group:") else {
            return "groups[\"\(name)\"]: group names start with \"group:\""
        }
        guard list.kind == .array else { return "groups[\"\(name)\"]: a list of members is expected" }
        for element in text.document.elements(of: list) {
            guard let member = text.string(element) else {
                return "groups[\"\(name)\"]: members must be strings"
            }
            if member.hasPrefix("group:") {
                return "groups[\"\(name)\"]: \"\(member)\": group members cannot be recursive"
            }
            guard member.contains("@") else { return "groups[\"\(name)\"]: \"\(member)\": invalid user" }
        }
        return nil
    }

    private func problem(inACL rule: TailnetPolicyText.Entry) -> String? {
        let action = text.string(rule["action"]) ?? ""
        guard action == "accept" else { return "action=\"\(action)\" is not supported" }
        return undefined(sources: rule) ?? undefined(destinations: rule, withPorts: true)
    }

    private func problem(inGrant rule: TailnetPolicyText.Entry) -> String? {
        guard rule["ip"] != nil || rule["app"] != nil else { return "ip and app can not both be empty" }
        return undefined(sources: rule) ?? undefined(destinations: rule, withPorts: false)
            ?? undefined(text.strings(rule["via"]))
    }

    private func undefined(sources rule: TailnetPolicyText.Entry) -> String? {
        let sources = text.strings(rule["src"]) + text.strings(rule["users"])
        return sources.lazy.compactMap(undefined).first.map { "src=\($0)" }
    }

    private func undefined(destinations rule: TailnetPolicyText.Entry, withPorts: Bool) -> String? {
        for destination in text.strings(rule["dst"]) + text.strings(rule["ports"]) {
            let name = withPorts ? destination.withoutPorts : destination
            if let problem = undefined(name) { return "dst=\"\(name)\": \(problem)" }
        }
        return nil
    }

    private func undefined(_ names: [String]) -> String? {
        names.lazy.compactMap(undefined).first
    }

    /// Groups with an @ come from an identity provider and need no entry.
    private func undefined(_ name: String) -> String? {
        if name.hasPrefix("tag:"), !tags.contains(name) { return "tag not found: \"\(name)\"" }
        if name.hasPrefix("group:"), !name.contains("@"), !groups.contains(name) {
            return "group not found: \"\(name)\""
        }
        return nil
    }
}
