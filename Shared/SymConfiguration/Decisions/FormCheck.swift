import SymMessages

/// Checks what was filled in against the questions of a flow.
struct FormCheck {
    /// The longest answer to a question for text, in bytes of UTF-8.
    static let maximumText = 2_000
    /// The most entries of an answer that is a list.
    static let maximumEntries = 100
    /// The most that all answers have together, in bytes of UTF-8: they stand in every event of a request.
    static let maximumFields = 50_000

    let flow: Configuration.Flow
    let directory: Directory
    /// Whether everything that the flow requires must be there.
    let isComplete: Bool

    func check(_ duration: Seconds?) throws(Refusal) {
        let offered = flow.durations
        guard flow.strategy != nil else {
            guard duration == nil || !isComplete else {
                throw Refusal(
                    .invalid, field: "duration_seconds",
                    "The flow \"\(flow.name)\" asks for a decision and gives nothing, so nothing lasts. Leave it out.")
            }
            return
        }
        guard let duration else {
            guard isComplete else { return }
            throw Refusal(
                .invalid, field: "duration_seconds",
                "For how long? The flow \"\(flow.name)\" offers \(Self.list(offered.map { "\($0) (\($0.count))" })).")
        }
        guard offered.contains(duration) else {
            throw Refusal(
                .invalid, field: "duration_seconds",
                "\(duration) is not offered. The flow \"\(flow.name)\" offers "
                    + "\(Self.list(offered.map { "\($0) (\($0.count))" })).")
        }
    }

    /// The reason, or the default where none was given.
    func checked(reason: String?) throws(Refusal) -> String? {
        let prompt = flow.prompts.first { $0.name == Configuration.Prompt.reasonName }
        if let reason, reason.utf8.count > Facts.maximumReason {
            throw Refusal(
                .invalid, field: "reason",
                "The reason has \(reason.utf8.count) bytes. At most \(Facts.maximumReason) are kept.")
        }
        // White space says nothing, to conditions neither.
        let reason = reason.flatMap { Self.isBlank($0) ? nil : $0 }
        if isComplete, flow.requiresReason, prompt?.isVisible != false, reason == nil {
            throw Refusal(.invalid, field: "reason", "The flow \"\(flow.name)\" asks for a reason. Say why.")
        }
        guard let reason else {
            guard case .text(let text)? = prompt?.defaultValue, prompt?.isRequired == false else { return nil }
            return text
        }
        if case .text(let allowed)? = prompt?.kind, !allowed.isEmpty {
            try check(reason, among: allowed, of: "reason", "The reason")
        }
        return reason
    }

    /// The answers as they are kept, with the defaults of optional questions that were not answered.
    func checked(fields: [String: FieldValue]) throws(Refusal) -> [String: FieldValue] {
        // Of what was written: it stands in the request's first event, whatever is made of it.
        let written = AccessRequest.size(of: fields)
        guard written <= Self.maximumFields else {
            throw Refusal(
                .invalid, field: "fields",
                "The fields have \(written) bytes together. At most \(Self.maximumFields) are kept.")
        }
        let prompts = flow.prompts.filter { !Self.special.keys.contains($0.name) }
        try checkNames(of: fields, prompts)
        var checked: [String: FieldValue] = [:]
        for prompt in prompts {
            if let answer = fields[prompt.name], !Self.isEmpty(answer) {
                checked[prompt.name] = try self.checked(answer, prompt)
            } else if prompt.isRequired, prompt.isVisible {
                guard !isComplete else {
                    throw Self.refusal(
                        prompt.name, "The flow \"\(flow.name)\" asks for \"\(prompt.name)\". Fill it in.")
                }
            } else if let value = prompt.defaultValue {
                checked[prompt.name] = value
            }
        }
        return checked
    }

    /// What is a part of every request, with where it goes.
    private static let special = [
        Configuration.Prompt.reasonName: "reason", Configuration.Prompt.durationName: "duration_seconds",
        Configuration.Prompt.targetName: "target",
    ]

    private func checkNames(of fields: [String: FieldValue], _ prompts: [Configuration.Prompt]) throws(Refusal) {
        let known = Set(prompts.map(\.name))
        guard let name = fields.keys.filter({ !known.contains($0) }).min() else { return }
        let shown = String(name.prefix(100))
        if let place = Self.special[name] {
            throw Self.refusal(shown, "\"\(shown)\" is not one of the fields: give it as \"\(place)\", beside them.")
        }
        let hint = NearestName.suggestion(for: name, among: known)
        throw Self.refusal(shown, "The flow \"\(flow.name)\" does not ask for \"\(shown)\"\(hint).")
    }

    private func checked(_ answer: FieldValue, _ prompt: Configuration.Prompt) throws(Refusal) -> FieldValue {
        let name = prompt.name
        let label = "\"\(name)\""
        let answer = Self.read(answer, as: prompt.kind)
        switch (prompt.kind, answer) {
        case (.text(let allowed), .text(let text)):
            try checkLength(of: text, name)
            try check(text, among: allowed, of: "fields.\(name)", label)
        case (.integer(let allowed), .integer(let integer)):
            try check(integer, among: allowed, of: "fields.\(name)", label)
        case (.flag, .flag): break
        case (.duration(let allowed), .integer(let count)):
            return try duration(Seconds(count), among: allowed, name)
        case (.duration(let allowed), .text(let text)):
            guard let duration = Seconds(parsing: text) else {
                throw Self.refusal(name, "\(label) must be a duration, such as 1800 (seconds) or \"30m\".")
            }
            return try self.duration(duration, among: allowed, name)
        case (.person, .text(let text)): return .text(try person(text, name))
        case (.people, .texts(let texts)):
            try checkCount(of: texts, name)
            var people: [String] = []
            var seen: Set<String> = []
            for text in texts {
                let person = try person(text, name)
                if seen.insert(person).inserted { people.append(person) }
            }
            return .texts(people)
        case (.texts(let allowed), .texts(let texts)):
            try checkCount(of: texts, name)
            for text in texts {
                try checkLength(of: text, name)
                try check(text, among: allowed, of: "fields.\(name)", label)
            }
        case (.integers(let allowed), .integers(let integers)):
            try checkCount(of: integers, name)
            for integer in integers { try check(integer, among: allowed, of: "fields.\(name)", label) }
        default: throw Self.refusal(name, "\(label) must be \(Self.description(of: prompt.kind)).")
        }
        return answer
    }

    /// An answer as the question means it: who types one cannot tell a number from its digits, nor one of a list from a
    /// list of one.
    private static func read(_ answer: FieldValue, as kind: Configuration.Prompt.Kind) -> FieldValue {
        switch (kind, answer) {
        case (.text, .integer(let integer)): .text(String(integer))
        case (.text, .flag(let flag)): .text(String(flag))
        case (.integer, .text(let text)): Int64(text).map { .integer($0) } ?? answer
        case (.flag, .text(let text)): Bool(text).map { .flag($0) } ?? answer
        case (.texts, .text(let text)), (.people, .text(let text)): .texts([text])
        case (.texts, .integers(let integers)): .texts(integers.map { String($0) })
        case (.integers, .integer(let integer)): .integers([integer])
        default: answer
        }
    }

    /// Kept in seconds, as `duration_seconds` is.
    private func duration(
        _ duration: Seconds, among allowed: [Seconds], _ name: String
    ) throws(Refusal) -> FieldValue {
        guard duration.count > 0 else { throw Self.refusal(name, "\"\(name)\" must be longer than nothing.") }
        try check(duration, among: allowed, of: "fields.\(name)", "\"\(name)\"")
        return .integer(duration.count)
    }

    private func person(_ text: String, _ name: String) throws(Refusal) -> String {
        guard let id = PersonID(rawValue: text) else {
            throw Self.refusal(name, "\"\(name)\" must name people by their e-mail.")
        }
        guard directory.person(id) != nil else {
            throw Self.refusal(name, "\(id) in \"\(name)\" is not in the directory.")
        }
        return id.rawValue
    }

    private func check<Value: Equatable>(
        _ value: Value, among allowed: [Value], of field: String, _ label: String
    ) throws(Refusal) {
        guard !allowed.isEmpty, !allowed.contains(value) else { return }
        throw Refusal(
            .invalid, field: field,
            "\(label) cannot be \"\(String("\(value)".prefix(100)))\". It is one of \(Self.list(allowed.map { "\($0)" }))."
        )
    }

    private func checkLength(of text: String, _ name: String) throws(Refusal) {
        guard text.utf8.count > Self.maximumText else { return }
        throw Self.refusal(name, "\"\(name)\" has \(text.utf8.count) bytes. At most \(Self.maximumText) are kept.")
    }

    private func checkCount(of list: [some Any], _ name: String) throws(Refusal) {
        guard list.count > Self.maximumEntries else { return }
        throw Self.refusal(name, "\"\(name)\" has \(list.count) entries. At most \(Self.maximumEntries) are kept.")
    }

    static func list(_ names: [String]) -> String {
        names.isEmpty ? "empty" : names.prefix(20).joined(separator: ", ")
    }

    private static func refusal(_ name: String, _ reason: String) -> Refusal {
        Refusal(.invalid, field: "fields.\(name)", reason)
    }

    private static func isEmpty(_ answer: FieldValue) -> Bool {
        switch answer {
        case .text(let text): isBlank(text)
        case .texts(let texts): texts.isEmpty
        case .integers(let integers): integers.isEmpty
        case .integer, .flag: false
        }
    }

    private static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
    }

    private static func description(of kind: Configuration.Prompt.Kind) -> String {
        switch kind {
        case .text: "a text"
        case .integer: "a whole number"
        case .flag: "true or false"
        case .duration: "a duration, such as 1800 (seconds) or \"30m\""
        case .person: "a person's e-mail"
        case .people: "a list of people's e-mails"
        case .texts: "a list of texts"
        case .integers: "a list of whole numbers"
        }
    }
}
