import SymMessages

extension ConditionChecker {
    func relation(
        _ left: ConditionOperand, _ relation: ConditionSyntax.Relation, _ right: ConditionOperand, at position: Int
    ) throws(ConditionProblem) -> ConditionFormula {
        switch relation {
        case .equal, .unequal:
            let areEqual = relation == .equal
            switch (left, right) {
            case (.formula(let a), .formula(let b)): return .flags(a, areEqual: areEqual, b)
            case (.text(let a, let from), .text(let b, let to)):
                return .texts(a, areEqual: areEqual, b, try from.compared(with: to))
            case (.int(let a), .int(let b)), (.duration(let a), .duration(let b)):
                return .numbers(a, areEqual ? .equal : .unequal, b)
            default: throw Self.mismatch(relation, left, right, at: position)
            }
        case .contained:
            switch (left, right) {
            case (.text(let a, let from), .texts(let b, let to)):
                return .textIsIn(a, b, try from.compared(with: to))
            case (.int(let a), .ints(let b)): return .numberIsIn(a, b)
            default: throw Self.mismatch(relation, left, right, at: position)
            }
        case .less, .atMost, .greater, .atLeast:
            switch (left, right) {
            case (.int(let a), .int(let b)), (.duration(let a), .duration(let b)):
                return .numbers(a, relation.order, b)
            default: throw Self.mismatch(relation, left, right, at: position)
            }
        }
    }

    private static func mismatch(
        _ relation: ConditionSyntax.Relation, _ left: ConditionOperand, _ right: ConditionOperand, at position: Int
    ) -> ConditionProblem {
        let types = (left.type, right.type)
        let sign = relation.rawValue
        let isDuration = (types.0 == .duration) != (types.1 == .duration)
        let hint = isDuration ? "; write durations as duration(\"30m\")" : ""
        switch relation {
        case .equal, .unequal:
            if types.0 == types.1 {
                return ConditionProblem(
                    at: position, "\(sign) does not compare lists; ask whether one thing is in a list")
            }
            return ConditionProblem(
                at: position, "\(sign) compares two of one type, not \(types.0) with \(types.1)\(hint)")
        case .contained:
            let hint = types == (.string, .string) ? "; for a part of a text use .matches(\"…\")" : ""
            return ConditionProblem(
                at: position,
                "in looks for a string in a list of strings or an int in a list of ints, not for \(types.0) in "
                    + "\(types.1)\(hint)")
        case .less, .atMost, .greater, .atLeast:
            if isDuration {
                return ConditionProblem(
                    at: position,
                    "\(sign) compares int with int and duration with duration, not \(types.0) with \(types.1)\(hint)")
            }
            return ConditionProblem(
                at: position, "\(sign) compares ints and durations, not \(types.0) with \(types.1)")
        }
    }
}

extension ConditionSyntax.Relation {
    fileprivate var order: ConditionFormula.Order {
        switch self {
        case .equal, .contained: .equal
        case .unequal: .unequal
        case .less: .less
        case .atMost: .atMost
        case .greater: .greater
        case .atLeast: .atLeast
        }
    }
}

extension TextDomain {
    /// Why a written text can never be one of these; `nil` if it can.
    func reason(against text: String) -> String? {
        let cited = "\"\(text.prefix(60))\""
        switch self {
        case .any: return nil
        case .person:
            return PersonID(rawValue: text) == nil
                ? "\(cited) is not an e-mail, so this can never be equal to a person" : nil
        case .oneOf(let values):
            guard !values.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else { return nil }
            let list = values.prefix(10).map { String($0.prefix(60)) }.joined(separator: ", ")
            return "\(cited) is none of \(list)\(values.count > 10 ? ", …" : ""), so this can never be equal"
                + NearestName.suggestion(for: text, among: values)
        }
    }
}
