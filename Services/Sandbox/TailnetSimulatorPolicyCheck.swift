import HuJSON

/// What the service checks before it takes a policy file, as far as groups and tags go, in its own words where they are
/// known (captured answers).
struct TailnetPolicyCheck {
    private let document: HuJSONDocument
    private var groups: Set<String> = []
    private var tags: Set<String> = []

    /// The `message` of the 400, or nil if the file is taken.
    static func problem(in text: [UInt8]) -> String? {
        do {
            return TailnetPolicyCheck(document: try HuJSONDocument(text)).problem()
        } catch {
            return "line \(error.line), column \(error.column): \(error.reason.rawValue)"
        }
    }

    private init(document: HuJSONDocument) {
        self.document = document
        groups = Set(section("groups").map(document.name))
        tags = Set(section("tagOwners").map(document.name))
    }

    private func problem() -> String? {
        guard document.root.kind == .object else { return "line 1, column 1: the policy file must be an object" }
        for group in section("groups") {
            if let problem = problem(inGroup: group) { return problem }
        }
        for tag in section("tagOwners") {
            if let problem = undefined(strings(tag.value)) { return problem }
        }
        for rule in rules("acls") {
            if let problem = problem(inACL: rule) { return problem }
        }
        for rule in rules("grants") {
            if let problem = problem(inGrant: rule) { return problem }
        }
        for rule in rules("ssh") {
            if let problem = undefined(sources: rule) ?? undefined(destinations: rule, withPorts: false) {
                return problem
            }
        }
        for rule in rules("nodeAttrs") {
            if let problem = undefined(strings(rule["target"])) { return problem }
        }
        for approver in section("autoApprovers") {
            let lists = [approver.value] + document.members(of: approver.value).map(\.value)
            for list in lists {
                if let problem = undefined(strings(list)) { return problem }
            }
        }
        return nil
    }

    private func problem(inGroup group: HuJSONMember) -> String? {
        let name = document.name(of: group)
        guard name.hasPrefix("group:") else {
            return "groups[\"\(name)\"]: group names start with \"group:\""
        }
        guard group.value.kind == .array else { return "groups[\"\(name)\"]: a list of members is expected" }
        for element in document.elements(of: group.value) {
            guard let member = document.string(element) else {
                return "groups[\"\(name)\"]: members must be strings"
            }
            if member.hasPrefix("group:") {
                return "groups[\"\(name)\"]: \"\(member)\": group members cannot be recursive"
            }
            guard member.contains("@") else { return "groups[\"\(name)\"]: \"\(member)\": invalid user" }
        }
        return nil
    }

    private func problem(inACL rule: [String: HuJSONValue]) -> String? {
        let action = rule["action"].flatMap(document.string) ?? ""
        guard action == "accept" else { return "action=\"\(action)\" is not supported" }
        return undefined(sources: rule) ?? undefined(destinations: rule, withPorts: true)
    }

    private func problem(inGrant rule: [String: HuJSONValue]) -> String? {
        guard rule["ip"] != nil || rule["app"] != nil else { return "ip and app can not both be empty" }
        return undefined(sources: rule) ?? undefined(destinations: rule, withPorts: false)
            ?? undefined(strings(rule["via"]))
    }

    private func undefined(sources rule: [String: HuJSONValue]) -> String? {
        let sources = strings(rule["src"]) + strings(rule["users"])
        return sources.lazy.compactMap(undefined).first.map { "src=\($0)" }
    }

    private func undefined(destinations rule: [String: HuJSONValue], withPorts: Bool) -> String? {
        for destination in strings(rule["dst"]) + strings(rule["ports"]) {
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

    /// The service matches section names whatever their case.
    private func section(_ name: String) -> [HuJSONMember] {
        document.members(of: document.root).filter { document.name(of: $0).lowercased() == name.lowercased() }
            .flatMap { document.members(of: $0.value) }
    }

    private func rules(_ name: String) -> [[String: HuJSONValue]] {
        document.members(of: document.root).filter { document.name(of: $0).lowercased() == name.lowercased() }
            .flatMap { document.elements(of: $0.value) }
            .map {
                Dictionary(document.members(of: $0).map { (document.name(of: $0), $0.value) }, uniquingKeysWith: { $1 })
            }
    }

    private func strings(_ list: HuJSONValue?) -> [String] {
        list.map { document.elements(of: $0).compactMap(document.string) } ?? []
    }
}

extension String {
    /// `tag:prod:*` without its ports.
    fileprivate var withoutPorts: String {
        guard let colon = lastIndex(of: ":") else { return self }
        return String(self[..<colon])
    }
}
