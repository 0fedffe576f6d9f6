import HuJSON

/// Edits of one document, and what a naive editor would make of them.
struct RandomEdits {
    struct Plan {
        var tree: Tree
        var removing: Set<Int> = []
        var elements: [HuJSONLiteral] = []
        var members: [HuJSONNewMember] = []
        var replacement: HuJSONLiteral?

        var edit: HuJSONEdit {
            if let replacement { return .replacing(tree.value, with: replacement) }
            return tree.value.kind == .array
                ? .array(tree.value, removing: removing, appending: elements)
                : .object(tree.value, removing: removing, appending: members)
        }

        var literals: [HuJSONLiteral] { elements + members.map(\.value) + (replacement.map { [$0] } ?? []) }
        var kept: [Tree] { tree.children.indices.filter { !removing.contains($0) }.map { tree.children[$0] } }
        var removed: [Tree] { removing.map { tree.children[$0] } }
    }

    private(set) var plans: [Plan] = []

    init(of tree: Tree, _ choices: inout Choices) throws {
        let all = tree.all
        let containers = all.filter { $0.value.kind == .array || $0.value.kind == .object }
        for _ in 0...choices.below(4) {
            if containers.isEmpty || choices.oneIn(6) {
                let target = all[choices.below(all.count)]
                plans.append(Plan(tree: target, replacement: try Self.literal(&choices)))
            } else {
                plans.append(try Self.plan(for: containers[choices.below(containers.count)], &choices))
            }
        }
    }

    private static func plan(for container: Tree, _ choices: inout Choices) throws -> Plan {
        var plan = Plan(tree: container)
        let all = choices.oneIn(5)
        plan.removing = Set(container.children.indices.filter { _ in all || choices.oneIn(3) })
        for index in 0..<choices.below(3) {
            if container.value.kind == .array {
                plan.elements.append(try literal(&choices))
            } else {
                let taken = container.children.first?.name.map { String(decoding: $0, as: UTF8.self) }
                let name = choices.oneIn(8) ? taken ?? "new" : "new \"\(index)\""
                plan.members.append(HuJSONNewMember(name, try literal(&choices)))
            }
        }
        return plan
    }

    static func literal(_ choices: inout Choices) throws -> HuJSONLiteral {
        switch choices.below(8) {
        case 0: try HuJSONLiteral(Array("17".utf8))
        case 1: try HuJSONLiteral(Array(" {\"a\": [null, // in a literal\n true,], }\r\n".utf8))
        case 2: try HuJSONLiteral(Array("[/* in a literal */]".utf8))
        default: .string("n\(choices.below(9))@example.com")
        }
    }

    /// Whether two of them stand in each other's way.
    var overlap: Bool {
        plans.indices.contains { first in
            plans.indices.contains { second in
                guard first != second else { return false }
                let (one, other) = (plans[first], plans[second])
                if one.tree.value.range == other.tree.value.range { return true }
                if one.replacement != nil, one.tree.value.range.encloses(other.tree.value.range) { return true }
                return one.removed.contains { $0.value.range.encloses(other.tree.value.range) }
            }
        }
    }

    /// Whether a member that is added has the name of another one.
    var takesName: Bool {
        plans.contains { plan in
            var names = plan.kept.compactMap(\.name)
            for member in plan.members {
                let name = Array(member.name.utf8)
                if names.contains(name), plan.tree.value.kind == .object { return true }
                if plan.members.count(where: { Array($0.name.utf8) == name }) > 1 { return true }
                names.append(name)
            }
            return false
        }
    }

    func plan(for value: HuJSONValue) -> Plan? { plans.first { $0.tree.value.range == value.range } }

    /// What the document should say afterwards.
    func decoded(_ tree: Tree, of document: HuJSONDocument) throws -> Decoded {
        let plan = plan(for: tree.value) ?? Plan(tree: tree)
        if let replacement = plan.replacement { return try Decoded(replacement) }
        let kept = try plan.kept.map { (name: $0.name, value: try decoded($0, of: document)) }
        switch tree.value.kind {
        case .array: return .array(kept.map(\.value) + (try plan.elements.map { try Decoded($0) }))
        case .object:
            let added = try plan.members.map {
                Decoded.Member(name: Array($0.name.utf8), value: try Decoded($0.value))
            }
            return .object(kept.map { .init(name: $0.name ?? [], value: $0.value) } + added)
        default: return Decoded(tree.value, of: document)
        }
    }
}

extension Range<Int> {
    func encloses(_ other: Range<Int>) -> Bool {
        lowerBound <= other.lowerBound && other.upperBound <= upperBound
    }
}
