import SymMessages

@testable import SymConfiguration

/// Random configurations without problems, made from the table: what it says of each attribute alone comes from there,
/// what attributes mean together from here.
struct RandomConfiguration {
    private var random: SeededGenerator
    private var count = 0
    private var givesNothing = false

    private static let names: [ResourceType: [String]] = [
        .environment: ["main"], .runtime: ["here"], .integration: ["talk", "net", "aws"], .errorLogger: ["errors"],
        .secretSource: ["box", "folder", "cloud"], .secret: ["key", "far"], .target: ["prod", "test"],
        .strategy: ["net"], .group: ["sre", "staff"], .flow: ["ssh", "ask", "web"],
    ]

    init(random: SeededGenerator) { self.random = random }

    mutating func next() -> JSONValue {
        var types: [String: JSONValue] = [:]
        for resource in Schema.resources {
            var named: [String: JSONValue] = [:]
            for name in Self.names[resource.type] ?? [] {
                givesNothing = resource.type == .flow && chance(4)
                named[name] = .object(self.resource(resource, name))
            }
            if !named.isEmpty { types[resource.type.rawValue] = .object(named) }
        }
        return .object(types)
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    private mutating func resource(_ resource: ResourceSchema, _ name: String) -> [String: JSONValue] {
        let given: [String: String] =
            switch (resource.type, name) {
            case (.integration, "talk"): ["type": "slack", "external_id": "T1"]
            case (.integration, "net"): ["type": "tailscale", "external_id": "example.com"]
            case (.integration, _): ["type": "permission_context"]
            case (.secretSource, "box"): ["type": "env"]
            case (.secretSource, "folder"): ["type": "file"]
            case (.secretSource, _): ["type": "aws_secrets_manager"]
            case (.secret, "key"): ["source_id": chance(2) ? "box" : "folder", "path": "TOKEN"]
            case (.secret, _): ["source_id": "cloud"]
            case (.errorLogger, _): ["integration_id": "talk"]
            case (.strategy, _): ["integration_id": "net"]
            default: [:]
            }
        var members = block(resource.attributes, given.mapValues { .string($0) })
        if members["name"] != nil { members["name"] = .string(name) }
        switch resource.type {
        case .secret where name == "key": members["settings"] = nil
        case .group: members = chance(2) ? ["source": .string("directory")] : ["members": people()]
        case .environment: members["integrations"] = .object(["slack_id": .string("talk")])
        case .integration where name == "net":
            members["settings"] = .object(credential())
        case .target: members["settings"] = .object(["group_name": .string(name)])
        case .flow where !givesNothing:
            guard case .object(var params)? = members["params"] else {
                members["params"] = .object(["strategy_id": .string("net")])
                break
            }
            params["strategy_id"] = .string("net")
            members["params"] = .object(params)
        case .flow:
            guard case .object(var params)? = members["params"] else { break }
            params["strategy_id"] = nil
            members["params"] = .object(params)
        default: break
        }
        return members
    }

    private mutating func credential() -> [String: JSONValue] {
        let secret = JSONValue.string(chance(2) ? "key" : "far")
        if chance(2) { return ["api_token_secret": secret] }
        let id = JSONValue.string("k\(Int.random(in: 0..<100, using: &random))CNTRL")
        return chance(2)
            ? ["oauth_client_id": id, "oauth_client_secret": secret]
            : ["oauth_client_id": id, "jwt_file": .string("tokens/net")]
    }

    private mutating func block(
        _ table: [AttributeSchema], _ given: [String: JSONValue] = [:]
    ) -> [String: JSONValue] {
        var members = given
        for attribute in table where given[attribute.name] == nil && !attribute.standing.isRefused {
            guard attribute.presence == .required || chance(2) else { continue }
            members[attribute.name] = value(attribute, table, members)
        }
        return members
    }

    private mutating func value(
        _ attribute: AttributeSchema, _ table: [AttributeSchema], _ members: [String: JSONValue]
    ) -> JSONValue? {
        switch attribute.kind {
        case .line, .text, .fieldName:
            count += 1
            return .string("x\(count)")
        case .flag: return .bool(chance(2))
        case .onlyFlag(let possible, _): return .bool(possible)
        case .whole: return .integer(1)
        case .duration: return .string(["1m", "30m", "4h"].randomElement(using: &random) ?? "1m")
        case .channels: return .array([.string("#a"), .string("#b")])
        case .people: return people()
        case .answer, .answers, .anything: return nil
        case .condition: return .string("request.requester in members(\"sre\")")
        case .choice(let choices):
            return choices.filter(\.isUsable).randomElement(using: &random).map { .string($0.value) }
        case .choices(let choices): return .array(choices.filter(\.isUsable).map { .string($0.value) })
        case .reference(let type): return Self.names[type]?.randomElement(using: &random).map { .string($0) }
        case .references(let type): return .array((Self.names[type] ?? []).shuffled(using: &random).map { .string($0) })
        case .texts: return .object(["a": .string("b"), "c": .integer(7)])
        case .referenceMap: return .object([:])
        case .block(let inner):
            var members = block(inner)
            // An audience that names somebody, and that the directory can make large enough.
            if inner.contains(where: { $0.name == "roles" }) { members["roles"] = .array([.string("admin")]) }
            return .object(members)
        case .blocks(let inner): return blocks(attribute.name, inner)
        case .settings:
            guard case .string(let type)? = members["type"],
                let choice = table.flatMap(\.choices).first(where: { $0.value == type })
            else { return nil }
            if case .attributes(let inner) = choice.settings { return .object(block(inner)) }
            return .object(["region": .string("eu")])
        }
    }

    private mutating func blocks(_ name: String, _ inner: [AttributeSchema]) -> JSONValue {
        .array(
            (0..<Int.random(in: 1...3, using: &random)).map { _ in
                switch name {
                case "rules": .object(rule(inner))
                case "prompt_field": .object(field(inner))
                case "stages":
                    .object(
                        block(inner).merging(["required": .integer(Int64.random(in: 1...2, using: &random))]) { $1 })
                default: .object(block(inner))
                }
            })
    }

    private mutating func rule(_ table: [AttributeSchema]) -> [String: JSONValue] {
        var members = block(table)
        var refused: [String] = givesNothing ? ["targets", "max_duration", "grant_within", "extend"] : []
        members["pending_for"] = members["pending_for"].map { _ in .string("5h") }
        let review = ["pending_for", "allow_self_approval", "require_decision_message"]
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            members["deny"] = .string("No.")
            refused += ["approve", "stages", "max_duration", "grant_within", "extend"] + review
        case 1:
            members["approve"] = .string("automatically")
            refused += ["deny", "stages"] + review
            if case .object(var extend)? = members["extend"] {
                extend["approve"] = .string("automatically")
                members["extend"] = .object(extend)
            }
        default:
            refused += ["deny", "approve"]
            if members["stages"] == nil, let stages = table.first(where: { $0.name == "stages" }) {
                members["stages"] = value(stages, table, members)
            }
        }
        for name in refused { members[name] = nil }
        return members
    }

    private mutating func field(_ table: [AttributeSchema]) -> [String: JSONValue] {
        var members = block(table)
        let answers: [JSONValue]
        switch members["type"] {
        case .string("string"), .string("str_list"): answers = [.string("a"), .string("b")]
        case .string("int"), .string("int_list"): answers = [.integer(1), .string("2")]
        case .string("duration"): answers = [.string("1h"), .string("2h")]
        default: answers = []
        }
        if chance(2), !answers.isEmpty { members["allowed_values"] = .array(answers) }
        if chance(2), ["string", "int", "duration"].map(JSONValue.string).contains(members["type"]) {
            members["default"] = answers[1]
        }
        return members
    }

    private func people() -> JSONValue { .array([.string("ana@example.com"), .string("ben@example.com")]) }
}
