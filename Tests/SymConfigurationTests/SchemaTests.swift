import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Every attribute of the table")
struct SchemaTests {
    /// Every attribute that is not refused, at least once.
    static let complete = """
        sym_environment:
          main: { name: main, label: Main, runtime_id: here, integrations: { slack_id: talk }, error_logger_id: errors }
        sym_runtime:
          here: { name: here, label: Here, context_id: aws }
        sym_integration:
          talk: { name: talk, label: Talk, type: slack, external_id: T123ABC, settings: {} }
          aws: { type: permission_context, external_id: "1", settings: { region: eu } }
          net:
            type: tailscale
            external_id: example.com
            settings: { api_token_secret: key, tailnet: "-", provisioner: tailscale }
          client: { type: tailscale, external_id: b.com, settings: { oauth_client_id: k1, oauth_client_secret: key } }
          workload: { type: tailscale, external_id: c.com, settings: { oauth_client_id: k2, jwt_file: tokens/tailscale } }
        sym_error_logger:
          errors: { name: errors, label: Errors, integration_id: talk, destination: "#errors" }
        sym_secrets:
          box: { name: box, label: Box, type: env, settings: {} }
          cloud: { type: aws_secrets_manager, settings: { context_id: aws } }
        sym_secret:
          key: { name: key, label: Key, source_id: box, path: TOKEN }
          far: { source_id: cloud, path: main/key, settings: { json_key: token } }
        sym_target:
          prod: { name: prod, label: Prod, type: tailscale_group, settings: { group_name: prod } }
        sym_strategy:
          net: { name: net, label: Net, type: tailscale, integration_id: net, targets: [prod], settings: {} }
        sym_group:
          sre: { name: sre, label: SRE, members: [ana@example.com, ben@example.com] }
          staff: { source: directory }
        sym_flow:
          ssh:
            name: ssh
            label: SSH
            implementation: x
            environment_id: main
            vars: { team: sre }
            params:
              strategy_id: net
              allow_revoke: true
              schedule_deescalation: true
              include_decision_message: true
              allowed_sources: [slack, api, kafka]
              additional_header_text: "*Hello*"
              allow_guest_interaction: true
              prompt_field:
                - { name: ticket, type: string, label: Ticket, required: true, visible: true, default: a,
                    allowed_values: [a, b], prefetch: false, on_change: x }
            rules:
              - { name: never, when: 'request.requester in members("staff")', deny: "No." }
              - { name: at once, approve: automatically }
              - name: all
                requesters: { groups: [staff], users: [cy@example.com], roles: [guest] }
                targets: [prod]
                max_duration: 4h
                grant_within: 15m
                pending_for: 8h
                allow_self_approval: false
                require_decision_message: [deny]
                extend: { times: 1, by: 1h, approve: again }
                stages:
                  - name: sre
                    when: 'request.requester in members("staff")'
                    approvers: { groups: [sre], users: [cy@example.com], roles: [admin] }
                    required: 1
                    notify: { slack: ["#requests"], direct: true, remind_after: 15m }
                    escalate:
                      - { after: 30m, add: { groups: [staff], users: [dee@example.com], roles: [member] },
                          notify: { slack: ["#leads"] } }
        """

    /// A block of the complete configuration, with the table that it is read by.
    struct Block {
        /// From the root; an element of a list by its number.
        var steps: [String]
        /// The same for every block of its kind.
        var kind: String
        var table: [AttributeSchema]
        var members: [String: JSONValue]

        var path: String { steps.reduce("") { $1.hasPrefix("[") || $0.isEmpty ? $0 + $1 : "\($0).\($1)" } }
    }

    static func blocks() throws -> (JSONValue, [Block]) {
        let root = try ConfigurationSource(yaml: complete).resources
        var blocks: [Block] = []
        func walk(_ value: JSONValue?, _ steps: [String], _ kind: String, _ table: [AttributeSchema]) {
            guard case .object(let members)? = value else { return }
            blocks.append(Block(steps: steps, kind: kind, table: table, members: members))
            for attribute in table {
                let value = members[attribute.name]
                let steps = steps + [attribute.name]
                switch attribute.kind {
                case .block(let inner): walk(value, steps, "\(kind).\(attribute.name)", inner)
                case .blocks(let inner):
                    guard case .array(let elements)? = value else { continue }
                    for (index, element) in elements.enumerated() {
                        walk(element, steps + ["[\(index)]"], "\(kind).\(attribute.name)", inner)
                    }
                case .settings:
                    guard case .string(let type)? = members["type"],
                        let choice = table.first(where: { $0.name == "type" })?.choices.first(where: {
                            $0.value == type
                        }),
                        case .attributes(let inner) = choice.settings
                    else { continue }
                    walk(value, steps, "\(kind).settings of \(type)", inner)
                default: continue
                }
            }
        }
        for resource in Schema.resources {
            guard case .object(let named)? = root[resource.type.rawValue] else { continue }
            for (name, value) in named.sorted(by: { $0.key < $1.key }) {
                walk(value, [resource.type.rawValue, name], resource.type.rawValue, resource.attributes)
            }
        }
        return (root, blocks)
    }

    /// The configuration with one attribute of a block replaced.
    static func setting(_ value: JSONValue?, _ name: String, at steps: [String], in root: JSONValue) -> JSONValue {
        guard let step = steps.first else {
            guard case .object(var members) = root else { return root }
            members[name] = value
            return .object(members)
        }
        let rest = Array(steps.dropFirst())
        switch root {
        case .object(var members):
            members[step] = members[step].map { setting(value, name, at: rest, in: $0) }
            return .object(members)
        case .array(var elements):
            guard let index = Int(step.dropFirst().dropLast()) else { return root }
            elements[index] = setting(value, name, at: rest, in: elements[index])
            return .array(elements)
        default: return root
        }
    }

    private static func problems(_ resources: JSONValue) -> [ConfigurationProblem] {
        do {
            _ = try Configuration(resources: resources)
            return []
        } catch {
            return error.problems
        }
    }

    @Test("the complete configuration has every attribute that can be used, and no problem")
    func completeness() throws {
        let (root, blocks) = try Self.blocks()
        let problems = Self.problems(root)
        #expect(problems.isEmpty, "\(problems)")
        for (kind, blocks) in Dictionary(grouping: blocks, by: \.kind) {
            for attribute in blocks[0].table where !attribute.standing.isRefused {
                #expect(
                    blocks.contains { $0.members[attribute.name] != nil },
                    "\(kind).\(attribute.name) is missing in the test's configuration")
            }
        }
        let kinds = Set(blocks.map(\.kind))
        for resource in Schema.resources where !resource.standing.isRefused {
            #expect(kinds.contains(resource.type.rawValue))
            for attribute in resource.attributes where !attribute.inner.isEmpty {
                #expect(kinds.contains("\(resource.type.rawValue).\(attribute.name)"))
            }
        }
    }

    @Test("missing: told where it is required")
    func missing() throws {
        let (root, blocks) = try Self.blocks()
        var count = 0
        for block in blocks {
            for attribute in block.table where attribute.presence == .required && !attribute.standing.isRefused {
                let problems = Self.problems(Self.setting(nil, attribute.name, at: block.steps, in: root))
                let message = "is missing; it \(attribute.meaning)"
                #expect(
                    problems.contains { $0.path == "\(block.path).\(attribute.name)" && $0.message == message },
                    "\(block.path).\(attribute.name): \(problems)")
                count += 1
            }
        }
        #expect(count > 30)
    }

    @Test("of the wrong type, and without a value: told at its place")
    func wrongType() throws {
        let (root, blocks) = try Self.blocks()
        for block in blocks {
            for attribute in block.table where block.members[attribute.name] != nil {
                let path = "\(block.path).\(attribute.name)"
                let wrong: JSONValue =
                    switch attribute.kind {
                    case .channels, .people, .answers, .choices, .references, .texts, .referenceMap, .block, .blocks,
                        .settings:
                        .integer(7)
                    default: .array([])
                    }
                for value in [wrong, .null] {
                    let problems = Self.problems(Self.setting(value, attribute.name, at: block.steps, in: root))
                    #expect(problems.contains { $0.path == path }, "\(path): \(problems)")
                }
            }
        }
    }

    @Test("with a neighbour's name: told with the right one")
    func neighbours() throws {
        let (root, blocks) = try Self.blocks()
        for block in blocks {
            for attribute in block.table where attribute.name.utf8.count > 2 && !attribute.standing.isRefused {
                let name = "\(attribute.name)x"
                let problems = Self.problems(Self.setting(.integer(1), name, at: block.steps, in: root))
                #expect(
                    problems.map(\.description) == [
                        "\(block.path).\(name): is not an attribute that this version knows; did you mean "
                            + "\"\(attribute.name)\""
                    ])
            }
        }
    }

    @Test("refused: told with what to use instead")
    func refused() throws {
        let (root, blocks) = try Self.blocks()
        var count = 0
        for block in blocks {
            for attribute in block.table {
                if case .refused(let reason) = attribute.standing {
                    let changed = Self.setting(.string("x"), attribute.name, at: block.steps, in: root)
                    #expect(
                        Self.problems(changed).map(\.description) == ["\(block.path).\(attribute.name): \(reason)"])
                    count += 1
                }
                if case .onlyFlag(let possible, let reason) = attribute.kind, block.members[attribute.name] != nil {
                    let changed = Self.setting(.bool(!possible), attribute.name, at: block.steps, in: root)
                    #expect(
                        Self.problems(changed).map(\.description) == ["\(block.path).\(attribute.name): \(reason)"])
                }
                for choice in attribute.choices {
                    guard case .refused(let reason) = choice.standing else { continue }
                    var value = JSONValue.string(choice.value)
                    if case .choices = attribute.kind { value = .array([value]) }
                    let problems = Self.problems(Self.setting(value, attribute.name, at: block.steps, in: root))
                    #expect(problems.contains { $0.message == "\(choice.value) \(reason)" }, "\(problems)")
                    count += 1
                }
            }
        }
        #expect(count > 50)
        for resource in Schema.resources {
            guard case .refused(let reason) = resource.standing else { continue }
            #expect(
                Self.problems(.object([resource.type.rawValue: .object([:])])).map(\.description) == [
                    "\(resource.type.rawValue): \(reason)"
                ])
        }
    }

    @Test("without effect: warned of")
    func withoutEffect() throws {
        let (root, blocks) = try Self.blocks()
        let warnings = try Configuration.check(resources: root).warnings
        for block in blocks {
            for attribute in block.table where block.members[attribute.name] != nil {
                guard case .withoutEffect(let reason) = attribute.standing else { continue }
                #expect(warnings.contains { $0.path == "\(block.path).\(attribute.name)" && $0.message == reason })
            }
        }
    }

    @Test("a default is what it would be if written")
    func defaults() throws {
        let (root, blocks) = try Self.blocks()
        for block in blocks {
            for attribute in block.table {
                guard case .defaulted(let value) = attribute.presence, value != .object([:]),
                    block.members[attribute.name] != nil
                else { continue }
                let without = Self.setting(nil, attribute.name, at: block.steps, in: root)
                let with = Self.setting(value, attribute.name, at: block.steps, in: root)
                #expect(try Configuration(resources: without) == Configuration(resources: with), "\(block.path)")
            }
        }
    }
}
