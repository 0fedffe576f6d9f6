/// A checked part of an expression, with its type.
enum ConditionOperand: Sendable {
    case formula(ConditionFormula)
    case int(ConditionNumber)
    case duration(ConditionNumber)
    case text(ConditionText, Origin)
    case texts(ConditionTexts, Origin)
    case ints(ConditionNumbers)

    /// Where texts come from.
    struct Origin: Sendable {
        var domain: TextDomain
        /// Those written out.
        var written: [WrittenText] = []
    }

    var type: ConditionType {
        switch self {
        case .formula: .bool
        case .int: .int
        case .duration: .duration
        case .text: .string
        case .texts: .strings
        case .ints: .ints
        }
    }
}

extension ConditionOperand.Origin {
    /// How texts of two origins are compared; refuses a written one that can never be equal to the other side.
    func compared(with other: Self) throws(ConditionProblem) -> ConditionFormula.Spelling {
        try check(other.written)
        try other.check(written)
        return spelling(with: other)
    }

    func spelling(with other: Self) -> ConditionFormula.Spelling {
        domain == .person || other.domain == .person ? .lowercase : .exact
    }

    private func check(_ texts: [WrittenText]) throws(ConditionProblem) {
        for text in texts {
            if let reason = domain.reason(against: text.value) {
                throw ConditionProblem(at: text.position, reason)
            }
        }
    }
}
