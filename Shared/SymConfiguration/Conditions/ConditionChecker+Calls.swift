import SymMessages

extension ConditionChecker {
    private enum Function: String, CaseIterable {
        case size, has, members, duration
        case businessHours = "business_hours"
    }

    private enum Method: String, CaseIterable {
        case startsWith, endsWith, matches
    }

    mutating func call(
        _ name: String, _ arguments: [ConditionSyntax], at position: Int
    ) throws(ConditionProblem) -> ConditionOperand {
        guard let function = Function(rawValue: name) else {
            if Method(rawValue: name) != nil {
                throw ConditionProblem(
                    at: position, "\(name) is written after what it asks about, such as request.reason.\(name)(\"…\")")
            }
            let known = Function.allCases.map(\.rawValue)
            let names = known.dropLast().joined(separator: ", ") + " and \(known.last ?? "")"
            let hint = NearestName.nearest(to: name, among: known).map { "did you mean \($0)" } ?? "there are \(names)"
            throw ConditionProblem(at: position, "there is no function \(name.prefix(60)); \(hint)")
        }
        guard arguments.count == 1 else {
            throw ConditionProblem(at: position, "\(name) takes one argument, not \(arguments.count)")
        }
        let argument = arguments[0]
        switch function {
        case .size: return .int(try size(argument))
        case .has: return .formula(.present(try optionalFact(argument)))
        case .members:
            let group = try written(argument, "members takes the name of a group, in quotes")
            guard scope.groups.contains(group.value) else {
                let hint = NearestName.suggestion(for: group.value, among: scope.groups)
                throw ConditionProblem(
                    at: group.position, "there is no sym_group \"\(group.value.prefix(60))\"\(hint)")
            }
            use(group: group.value)
            return .texts(.members(group.value), ConditionOperand.Origin(domain: .person))
        case .duration:
            let text = try written(argument, "duration takes a text, such as \"30m\"")
            guard let duration = Seconds(parsing: text.value) else {
                throw ConditionProblem(
                    at: text.position,
                    "\"\(text.value.prefix(60))\" is no duration; write a whole number and s, m, h, d or mo, such as "
                        + "\"30m\"")
            }
            return .duration(.written(duration.count))
        case .businessHours:
            let zone = try written(argument, "business_hours takes a time zone, such as \"Europe/Berlin\"")
            guard let hours = BusinessHours(zone: zone.value) else {
                let hint = BusinessHours.suggestion(for: zone.value)
                throw ConditionProblem(
                    at: zone.position,
                    "\"\(zone.value.prefix(60))\" is no time zone"
                        + (hint.isEmpty ? "; write one such as \"Europe/Berlin\"" : hint))
            }
            return .formula(.businessHours(hours))
        }
    }

    private mutating func size(_ argument: ConditionSyntax) throws(ConditionProblem) -> ConditionNumber {
        let operand = try self.operand(argument)
        switch operand {
        case .text(let text, _): return .sizeOfText(text)
        case .texts(let texts, _): return .sizeOfTexts(texts)
        case .ints(let numbers): return .sizeOfNumbers(numbers)
        case .formula, .int, .duration:
            throw ConditionProblem(
                at: argument.position, "size takes a string or a list; this is \(operand.type)")
        }
    }

    private func optionalFact(_ argument: ConditionSyntax) throws(ConditionProblem) -> ConditionFact {
        guard case .path(let path) = argument.kind else {
            throw ConditionProblem(at: argument.position, "has takes a fact, such as request.reason")
        }
        let fact = try self.fact(path)
        guard fact.absence != nil else {
            throw ConditionProblem(
                at: argument.position, "\(fact.spelling) is always there; has is for facts that may be missing")
        }
        return fact
    }

    private func written(_ argument: ConditionSyntax, _ expected: String) throws(ConditionProblem) -> WrittenText {
        guard case .text(let text) = argument.kind else { throw ConditionProblem(at: argument.position, expected) }
        return text
    }

    mutating func method(
        _ part: ConditionSyntax.Part, of subject: ConditionSyntax, _ arguments: [ConditionSyntax]
    ) throws(ConditionProblem) -> ConditionFormula {
        guard let method = Method(rawValue: part.name) else {
            let hint =
                NearestName.nearest(to: part.name, among: Method.allCases.map(\.rawValue)).map { "did you mean \($0)" }
                ?? "there are startsWith, endsWith and matches"
            throw ConditionProblem(at: part.position, "there is no method \(part.name.prefix(60)); \(hint)")
        }
        let operand = try self.operand(subject)
        guard case .text(let text, let origin) = operand else {
            throw ConditionProblem(at: subject.position, "\(method) asks about a string; this is \(operand.type)")
        }
        guard arguments.count == 1 else {
            throw ConditionProblem(at: part.position, "\(method) takes one argument, not \(arguments.count)")
        }
        if method == .matches {
            let pattern = try written(arguments[0], "matches takes its pattern as a text written out, in quotes")
            return .matches(
                text, try self.pattern(pattern, for: origin.domain), origin.domain == .person ? .lowercase : .exact)
        }
        let argument = try self.operand(arguments[0])
        guard case .text(let part, let other) = argument else {
            throw ConditionProblem(
                at: arguments[0].position, "\(method) takes a string; this is \(argument.type)")
        }
        let spelling = origin.spelling(with: other)
        return method == .startsWith ? .begins(text, with: part, spelling) : .ends(text, with: part, spelling)
    }

    private func pattern(_ written: WrittenText, for domain: TextDomain) throws(ConditionProblem) -> Pattern {
        let pattern: Pattern
        do {
            pattern = try Pattern(parsing: written.value)
        } catch {
            throw ConditionProblem(at: written.positions[error.index], error.message)
        }
        if domain == .person, let index = pattern.firstUppercase {
            let letter = Array(written.value.unicodeScalars)[index]
            throw ConditionProblem(
                at: written.positions[index],
                "people are compared in lower case; write \"\(letter.properties.lowercaseMapping)\"")
        }
        return pattern
    }
}
