/// Gives every part of an expression its type and its meaning in one flow.
struct ConditionChecker {
    let scope: ConditionScope
    private(set) var groups: Set<String> = []

    init(scope: ConditionScope) { self.scope = scope }

    /// The whole expression: true or false.
    mutating func check(_ syntax: ConditionSyntax) throws(ConditionProblem) -> ConditionFormula {
        let operand = try self.operand(syntax)
        guard case .formula(let formula) = operand else {
            throw ConditionProblem(
                at: syntax.position,
                "the condition is \(operand.type); it must be true or false, such as a comparison")
        }
        return formula
    }

    mutating func operand(_ syntax: ConditionSyntax) throws(ConditionProblem) -> ConditionOperand {
        switch syntax.kind {
        case .flag(let flag): return .formula(.constant(flag))
        case .integer(let integer): return .int(.written(integer))
        case .text(let text):
            return .text(.written(text.value), ConditionOperand.Origin(domain: .any, written: [text]))
        case .list(let elements): return try list(elements)
        case .path(let path): return Self.operand(try fact(path), in: scope)
        case .call(let name, let arguments): return try call(name, arguments, at: syntax.position)
        case .method(let subject, let method, let arguments):
            return .formula(try self.method(method, of: subject, arguments))
        case .not(let inner):
            let operand = try self.operand(inner)
            guard case .formula(let formula) = operand else {
                throw ConditionProblem(
                    at: inner.position,
                    "! takes a bool; this is \(operand.type); put parentheses around what it is to deny")
            }
            return .formula(.not(formula))
        case .relation(let left, let relation, let position, let right):
            return .formula(
                try self.relation(try operand(left), relation, try operand(right), at: position))
        case .all(let parts): return .formula(.all(try formulas(parts, of: "&&")))
        case .any(let parts): return .formula(.any(try formulas(parts, of: "||")))
        }
    }

    private mutating func formulas(
        _ parts: [ConditionSyntax], of operation: String
    ) throws(ConditionProblem) -> [ConditionFormula] {
        var formulas: [ConditionFormula] = []
        for part in parts {
            let operand = try self.operand(part)
            guard case .formula(let formula) = operand else {
                throw ConditionProblem(at: part.position, "\(operation) takes bools; this is \(operand.type)")
            }
            formulas.append(formula)
        }
        return formulas
    }

    private func list(_ elements: [ConditionToken]) throws(ConditionProblem) -> ConditionOperand {
        var texts: [WrittenText] = []
        var integers: [Int64] = []
        for element in elements {
            switch element.kind {
            case .text(let text):
                guard integers.isEmpty else { throw Self.mixed("a string among ints", at: element) }
                texts.append(text)
            case .integer(let integer):
                guard texts.isEmpty else { throw Self.mixed("an int among strings", at: element) }
                integers.append(integer)
            case .name, .sign, .end: break
            }
        }
        guard !texts.isEmpty else { return .ints(.written(integers)) }
        return .texts(.written(texts.map(\.value)), ConditionOperand.Origin(domain: .any, written: texts))
    }

    private static func mixed(_ what: String, at element: ConditionToken) -> ConditionProblem {
        ConditionProblem(at: element.position, "a list holds either texts or whole numbers; this is \(what)")
    }

    mutating func use(group: String) { groups.insert(group) }
}
