/// A checked expression: by its form nothing in it can be of a wrong type.
indirect enum ConditionFormula: Sendable, Hashable {
    case constant(Bool)
    case flag(ConditionFact)
    case present(ConditionFact)
    case not(ConditionFormula)
    case all([ConditionFormula])
    case any([ConditionFormula])
    case flags(ConditionFormula, areEqual: Bool, ConditionFormula)
    case numbers(ConditionNumber, Order, ConditionNumber)
    case texts(ConditionText, areEqual: Bool, ConditionText, Spelling)
    case textIsIn(ConditionText, ConditionTexts, Spelling)
    case numberIsIn(ConditionNumber, ConditionNumbers)
    case begins(ConditionText, with: ConditionText, Spelling)
    case ends(ConditionText, with: ConditionText, Spelling)
    case matches(ConditionText, Pattern, Spelling)
    case businessHours(BusinessHours)

    enum Order: Sendable, Hashable {
        case equal, unequal, less, atMost, greater, atLeast

        func holds(_ a: Int64, _ b: Int64) -> Bool {
            switch self {
            case .equal: a == b
            case .unequal: a != b
            case .less: a < b
            case .atMost: a <= b
            case .greater: a > b
            case .atLeast: a >= b
            }
        }
    }

    /// Whether letters' case counts.
    enum Spelling: Sendable, Hashable {
        case exact
        /// As people are compared.
        case lowercase
    }
}

/// An int, or a duration in seconds.
enum ConditionNumber: Sendable, Hashable {
    case written(Int64)
    case fact(ConditionFact)
    case sizeOfText(ConditionText)
    case sizeOfTexts(ConditionTexts)
    case sizeOfNumbers(ConditionNumbers)
}

enum ConditionText: Sendable, Hashable {
    case written(String)
    case fact(ConditionFact)
}

enum ConditionTexts: Sendable, Hashable {
    case written([String])
    case fact(ConditionFact)
    case members(String)
}

enum ConditionNumbers: Sendable, Hashable {
    case written([Int64])
    case fact(ConditionFact)
}
