import SymMessages

/// Reads the file of `symflow rules test`.
struct RuleTestsReader {
    private static let channels: [Submission.Channel] = [.slack, .api, .kafka]

    let log: ProblemLog
    /// The people, bots and groups of the file.
    private(set) var directory = Directory()
    private var time: Timestamp?

    init(log: ProblemLog) { self.log = log }

    /// The cases of the file, in its order; to be used only if no problem was reported.
    mutating func read(_ root: SourceNode) -> [RuleTests.Case] {
        guard var file = AttributeReader(root, path: "", log: log) else { return [] }
        file.missing("given", "has the people, and the groups of the directory")
        file.missing("cases", "lists what is asked and what is expected")
        if var given = file.block("given") {
            read(given: &given)
            given.finish()
        }
        var cases: [RuleTests.Case] = []
        for var block in file.blocks("cases") ?? [] {
            if let test = test(&block) { cases.append(test) }
            block.finish()
        }
        if file.isEmptyList("cases") { file.report("cases", "is empty; nothing would be tested") }
        file.finish()
        return cases
    }

    private mutating func read(given: inout AttributeReader) {
        time = moment("time", &given)
        for var block in given.blocks("people") ?? [] {
            block.missing("email", "is the person's name")
            let role =
                block.text("role").flatMap { block.choice($0, among: DirectoryRecord.Person.Role.allCases) } ?? .member
            if let person = block.text("email").flatMap({ block.person($0) }) {
                if directory.person(person.value) != nil { block.report("email", "is in the list already") }
                directory.apply(.person(.init(id: person.value, role: role, origin: .file)))
            }
            block.finish()
        }
        for var block in given.blocks("bots") ?? [] {
            bot(&block)
            block.finish()
        }
        for (name, block) in groups(&given) {
            var block = block
            let end = moment("valid_until", &block)
            block.missing("members", "lists people by their e-mail")
            let members = block.people("members") ?? []
            block.finish()
            guard let author = BotName(rawValue: "rules-test") else { continue }
            directory.apply(
                .group(
                    .init(
                        name: name, members: members, validUntil: end, by: .bot(author),
                        at: Timestamp(milliseconds: 0))))
        }
    }

    private func groups(_ given: inout AttributeReader) -> [(ResourceName, AttributeReader)] {
        given.map("groups").compactMap { entry in
            let text = Located(value: entry.value.key, line: entry.line, path: entry.path)
            guard let name = given.parse(text, as: ResourceName.self, "a group's name")?.value,
                let block = AttributeReader(entry.value.value, path: entry.path, log: log)
            else { return nil }
            return (name, block)
        }
    }

    private mutating func bot(_ block: inout AttributeReader) {
        block.missing("name", "is the bot's name")
        let name = block.text("name").flatMap { block.parse($0, as: BotName.self, "a bot's name") }
        let flows = (block.texts("flows") ?? []).compactMap {
            block.parse($0, as: ResourceName.self, "a flow's name")?.value
        }
        let people = block.people("people") ?? []
        let isAutomatic = block.flag("automatic", default: false)
        guard let name else { return }
        directory.apply(
            .bot(
                .init(
                    name: name.value, flows: Set(flows), people: people, allowsAutomatic: isAutomatic, origin: .file)))
    }

    private func test(_ block: inout AttributeReader) -> RuleTests.Case? {
        block.missing("name", "is told with the result")
        block.missing("flow", "names what is asked for")
        block.missing("expect", "says what should come of it: refused, automatic, review, or a map")
        let name = block.text("name")
        let caller = caller(&block)
        let beneficiary = block.text("for").flatMap { block.person($0) }
        let flow = block.text("flow").flatMap { block.parse($0, as: ResourceName.self, "a flow's name") }
        let target = block.text("target").flatMap { block.parse($0, as: ResourceName.self, "a target's name") }
        let duration = block.node("duration").flatMap {
            block.duration($0, path: block.path(of: "duration"), atMost: Schema.maximumDuration)
        }
        let reason = block.text("reason")
        let fields = fields(&block)
        let channel = block.text("source").flatMap { block.choice($0, among: Self.channels) }
        let moment = moment("at", &block) ?? time
        if moment == nil {
            block.report("at", "is missing; give a time such as 2026-03-02T10:00:00Z, or given.time for all")
        }
        let expected = expectation(&block)
        guard let name, let caller, let flow, let moment, let expected else { return nil }
        return RuleTests.Case(
            name: name.value, line: block.line,
            question: RuleQuestion(
                caller: caller, beneficiary: beneficiary?.value, channel: channel ?? .api, flow: flow.value,
                target: target?.value, duration: duration?.value, reason: reason?.value, fields: fields),
            time: moment, expected: expected)
    }

    private func caller(_ block: inout AttributeReader) -> Caller? {
        let person = block.text("person").flatMap { block.person($0) }
        let bot = block.text("bot").flatMap { block.parse($0, as: BotName.self, "a bot's name") }
        guard block.has("person") != block.has("bot") else {
            block.report("person", "or bot must say who asks, one of them")
            return nil
        }
        return person.map { .person($0.value) } ?? bot.map { .bot($0.value) }
    }

    private func moment(_ name: String, _ block: inout AttributeReader) -> Timestamp? {
        guard let text = block.text(name) else { return nil }
        let moment = Timestamp(text.value)
        if moment == nil { block.report(name, "must be a time such as 2026-03-02T10:00:00Z") }
        return moment
    }

    private func fields(_ block: inout AttributeReader) -> [String: FieldValue] {
        var fields: [String: FieldValue] = [:]
        for entry in block.map("fields") {
            if let value = FieldValue(entry.value.value) {
                fields[entry.value.key] = value
            } else {
                log.report(
                    line: entry.line, path: entry.path,
                    "must be a text, a whole number, true or false, or a list of texts or of whole numbers")
            }
        }
        return fields
    }

    private func expectation(_ block: inout AttributeReader) -> RuleTests.Expectation? {
        guard let node = block.node("expect") else { return nil }
        if case .text = node.content {
            return block.text("expect").flatMap { block.choice($0, among: Explanation.Verdict.allCases) }
                .map { RuleTests.Expectation(verdict: $0) }
        }
        guard var map = block.block("expect") else { return nil }
        let reason = map.text("refused")
        let isAutomatic = map.flag("automatic", default: false)
        let rule = map.text("rule")
        var stages: [RuleTests.Expectation.Stage]?
        if let blocks = map.blocks("stages") {
            stages = blocks.compactMap { block in
                var block = block
                return stage(&block)
            }
        }
        map.finish()
        if map.names.isEmpty { block.report("expect", "says nothing") }
        if map.has("refused"), isAutomatic { map.report("automatic", "and refused cannot both be expected") }
        if map.has("refused") || isAutomatic, stages != nil {
            map.report("stages", "are expected only where people decide")
        }
        return RuleTests.Expectation(
            verdict: map.has("refused") ? .refused : isAutomatic ? .automatic : .review, reason: reason?.value,
            rule: rule?.value, stages: stages)
    }

    private func stage(_ block: inout AttributeReader) -> RuleTests.Expectation.Stage? {
        defer { block.finish() }
        block.missing("name", "is the stage's name")
        let name = block.text("name")
        let approvers = block.people("approvers")
        let required = block.node("required").flatMap { block.whole($0, path: block.path(of: "required"), in: 1...100) }
        return name.map { RuleTests.Expectation.Stage(name: $0.value, required: required, approvers: approvers) }
    }
}

extension FieldValue {
    /// `nil` for what is none, such as a map.
    fileprivate init?(_ node: SourceNode) {
        switch node.content {
        case .text(let text): self = .text(text)
        case .integer(let integer): self = .integer(integer)
        case .bool(let bool): self = .flag(bool)
        case .list(let elements):
            let texts = elements.compactMap { if case .text(let text) = $0.content { text } else { nil } }
            let integers = elements.compactMap { if case .integer(let integer) = $0.content { integer } else { nil } }
            if texts.count == elements.count {
                self = .texts(texts)
            } else if integers.count == elements.count {
                self = .integers(integers)
            } else {
                return nil
            }
        case .null, .map, .unreadable: return nil
        }
    }
}
