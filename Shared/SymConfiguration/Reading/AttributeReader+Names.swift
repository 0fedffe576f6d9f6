import SymMessages

extension AttributeReader {
    /// A text that one of our name types accepts.
    ///
    /// - Parameter expected: completes "is not …".
    func parse<Value: Name>(_ text: Located<String>, as type: Value.Type, _ expected: String) -> Located<Value>? {
        guard let value = Value(rawValue: text.value) else {
            log.report(line: text.line, path: text.path, "\"\(text.value)\" is not \(expected)")
            return nil
        }
        return Located(value: value, line: text.line, path: text.path)
    }

    func person(_ text: Located<String>) -> Located<PersonID>? {
        parse(text, as: PersonID.self, "an e-mail address")
    }

    /// People by e-mail, each once.
    mutating func people(_ name: String) -> Set<PersonID>? {
        texts(name).map { people($0) }
    }

    func people(_ texts: [Located<String>]) -> Set<PersonID> {
        var people: Set<PersonID> = []
        for person in texts.compactMap({ person($0) }) where !people.insert(person.value).inserted {
            log.report(line: person.line, path: person.path, "\(person.value) is in the list already")
        }
        return people
    }

    /// One of the texts that this version knows.
    ///
    /// - Parameter others: texts that exist in Sym or later, with what to do instead.
    func choice<Value: RawRepresentable>(
        _ text: Located<String>, among values: [Value], others: [String: String] = [:]
    ) -> Value? where Value.RawValue == String {
        let names = values.map(\.rawValue)
        if let value = values.first(where: { $0.rawValue == text.value }) { return value }
        let message =
            others[text.value]
            ?? "\"\(text.value)\" is not one of \(names.joined(separator: ", "))"
            + log.suggestion(for: text.value, among: names)
        log.report(line: text.line, path: text.path, message)
        return nil
    }
}
