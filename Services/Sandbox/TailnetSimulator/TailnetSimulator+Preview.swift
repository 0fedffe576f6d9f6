import SymMessages

/// Which rules concern a user or an address.
extension TailnetSimulator {
    func previewPolicy(_ request: TailnetRequest) -> TailnetResponse {
        guard let type = request.query["type"], ["user", "ipport"].contains(type) else {
            return .message(400, "type must be user or ipport")
        }
        guard let subject = request.query["previewFor"], !subject.isEmpty else {
            return .message(400, "previewFor must be specified")
        }
        if let problem = TailnetPolicyCheck.problem(in: request.body) { return .message(400, problem) }
        guard let policy = TailnetPolicyText(request.body) else { return .message(400, "the policy cannot be read") }
        let reach = TailnetReach(policy, directory)
        let rules: [TailnetRule]
        if type == "user" {
            rules = reach.rules.filter { reach.covered(.user(subject), by: $0.sources) == .yes }
        } else {
            guard let address = IPPrefix(subject.withoutPorts.withoutBrackets), address.isSingle,
                let port = UInt16(subject.portsOnly)
            else { return .message(400, "\"\(subject)\": invalid address") }
            rules = reach.rules.filter { rule in
                rule.permissions.contains {
                    $0.ports.contains(port) && reach.covered(.address(address), by: $0.hosts) == .yes
                }
            }
        }
        let matches = rules.map { rule in
            JSONValue.object([
                "users": .strings(rule.sources), "ports": .strings(rule.permissions.flatMap(\.texts)),
                "lineNumber": .integer(Int64(policy.line(of: rule.value))),
            ])
        }
        return .json(
            200, .object(["matches": .array(matches), "type": .string(type), "previewFor": .string(subject)]))
    }
}
