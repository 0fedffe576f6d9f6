import SymMessages

/// One evaluation: what it has read so far, and the work it took.
struct ConditionEvaluation {
    private let facts: FactReader
    private(set) var used: [FactUsed] = []
    private var known: Set<FactUsed> = []
    /// Bytes compared and states tried; `docs/when.md` says how many there can be.
    private(set) var steps = 0

    init(_ facts: ConditionFacts) { self.facts = FactReader(facts: facts) }

    mutating func holds(_ formula: ConditionFormula) throws(ConditionFailure) -> Bool {
        steps += 1
        switch formula {
        case .constant(let value): return value
        case .flag(let fact):
            let flag = try facts.flag(fact)
            use(fact.spelling, "\(flag)")
            return flag
        case .present(let fact):
            let isThere = facts.has(fact)
            use("has(\(fact.spelling))", "\(isThere)")
            return isThere
        case .not(let inner): return try !holds(inner)
        case .all(let parts):
            for part in parts where try !holds(part) { return false }
            return true
        case .any(let parts):
            for part in parts where try holds(part) { return true }
            return false
        case .flags(let a, let areEqual, let b):
            let first = try holds(a)
            let second = try holds(b)
            return (first == second) == areEqual
        case .numbers(let a, let order, let b):
            let first = try number(a)
            let second = try number(b)
            return order.holds(first, second)
        case .texts(let a, let areEqual, let b, let spelling):
            let first = try text(a, spelling)
            let second = try text(b, spelling)
            return first.utf8.elementsEqual(second.utf8) == areEqual
        case .textIsIn(let a, let list, let spelling): return try contains(list, try text(a, spelling), spelling)
        case .numberIsIn(let a, let list):
            let number = try number(a)
            return try numbers(list).contains(number)
        case .begins(let a, let b, let spelling):
            let text = try text(a, spelling)
            let beginning = try self.text(b, spelling)
            return text.utf8.starts(with: beginning.utf8)
        case .ends(let a, let b, let spelling):
            let text = try text(a, spelling)
            let ending = try self.text(b, spelling)
            return text.utf8.reversed().starts(with: ending.utf8.reversed())
        case .matches(let a, let pattern, let spelling):
            let text = try text(a, spelling)
            return pattern.matches(text, steps: &steps)
        case .businessHours(let hours): return try holds(hours)
        }
    }

    private mutating func holds(_ hours: BusinessHours) throws(ConditionFailure) -> Bool {
        guard let (holds, local) = hours.contain(facts.facts.time) else {
            throw ConditionFailure(
                message: "the time of the request is in no calendar, so business_hours cannot be told")
        }
        use("business_hours(\"\(hours.name)\")", "\(holds), \(local)")
        return holds
    }

    // MARK: - Values

    private mutating func number(_ number: ConditionNumber) throws(ConditionFailure) -> Int64 {
        steps += 1
        switch number {
        case .written(let value): return value
        case .fact(let fact):
            let value = try facts.number(fact)
            use(fact.spelling, fact.type == .duration ? Seconds(value).description : "\(value)")
            return value
        case .sizeOfText(let part): return Int64(try text(part, .exact).unicodeScalars.count)
        case .sizeOfTexts(.members(let group)):
            let members = try facts.members(group)
            use("members(\"\(group)\")", members.count == 1 ? "1 person" : "\(members.count) people")
            return Int64(members.count)
        case .sizeOfTexts(let list): return Int64(try texts(list, .exact).count)
        case .sizeOfNumbers(let list): return Int64(try numbers(list).count)
        }
    }

    private mutating func text(
        _ text: ConditionText, _ spelling: ConditionFormula.Spelling
    ) throws(ConditionFailure) -> String {
        let value: String
        switch text {
        case .written(let written): value = written
        case .fact(let fact):
            value = try facts.text(fact)
            use(fact.spelling, value)
        }
        steps += value.utf8.count
        return spelling.apply(value)
    }

    private mutating func texts(
        _ list: ConditionTexts, _ spelling: ConditionFormula.Spelling
    ) throws(ConditionFailure) -> [String] {
        let values: [String]
        switch list {
        case .written(let written): values = written
        case .fact(let fact):
            values = try facts.texts(fact)
            use(fact.spelling, FactReader.joined(values))
        // Asked for by their size or by a person, never as a list.
        case .members: values = []
        }
        for value in values { steps += 1 + value.utf8.count }
        return values.map(spelling.apply)
    }

    private mutating func numbers(_ list: ConditionNumbers) throws(ConditionFailure) -> [Int64] {
        let values: [Int64]
        switch list {
        case .written(let written): values = written
        case .fact(let fact):
            values = try facts.numbers(fact)
            use(fact.spelling, FactReader.joined(values.lazy.map { "\($0)" }))
        }
        steps += values.count
        return values
    }

    private mutating func contains(
        _ list: ConditionTexts, _ text: String, _ spelling: ConditionFormula.Spelling
    ) throws(ConditionFailure) -> Bool {
        guard case .members(let group) = list else {
            return try texts(list, spelling).contains { $0.utf8.elementsEqual(text.utf8) }
        }
        let members = try facts.members(group)
        let isMember = PersonID(rawValue: text).map(members.contains) ?? false
        use("members(\"\(group)\")", "\(isMember ? "contains" : "does not contain") \(text)")
        return isMember
    }

    private mutating func use(_ name: String, _ value: String) {
        let fact = FactUsed(name: name, value: FactReader.excerpt(value))
        if known.insert(fact).inserted { used.append(fact) }
    }
}

extension ConditionFormula.Spelling {
    func apply(_ text: String) -> String { self == .lowercase ? text.lowercased() : text }
}
