import SymMessages

/// Reads blocks by their tables: unknown and missing attributes, values of the wrong kind, what is refused or without
/// effect, and references to nothing are told here, so that whoever uses the values asks only what they mean together.
struct SchemaReader {
    /// The names of what was written, by type.
    let declared: [ResourceType: Set<String>]
    let log: ProblemLog

    /// `nil`, with the problem reported, if the node is no map.
    func read(_ node: SourceNode, _ table: [AttributeSchema], path: String) -> Attributes? {
        AttributeReader(node, path: path, log: log).map { read($0, table) }
    }

    private func read(_ block: AttributeReader, _ table: [AttributeSchema]) -> Attributes {
        var block = block
        let before = log.problems.count
        var values: [String: Attributes.Value] = [:]
        for attribute in table {
            if case .settings = attribute.kind {
                values[attribute.name] = settings(attribute, &block, of: values["type"], table)
            } else {
                values[attribute.name] = read(attribute, &block)
            }
        }
        block.finish()
        return Attributes(reader: block, values: values, isClean: log.problems.count == before)
    }

    private func read(_ attribute: AttributeSchema, _ block: inout AttributeReader) -> Attributes.Value? {
        let name = attribute.name
        switch attribute.standing {
        case .refused(let reason):
            block.refuse(name, reason)
            return nil
        case .withoutEffect(let reason):
            if block.has(name) { block.warn(name, reason) }
        case .asInSym, .withOurMeaning, .ours: break
        }
        if attribute.presence == .required { block.missing(name, attribute.meaning) }
        let path = block.path(of: name)
        if let node = block.node(name), let value = value(node, attribute.kind, path: path, block) { return value }
        guard case .defaulted(let json) = attribute.presence else { return nil }
        var node = SourceNode(json)
        node.line = block.line
        return value(node, attribute.kind, path: path, block)
    }

    /// The settings that belong to the resource's type, if that could be read.
    private func settings(
        _ attribute: AttributeSchema, _ block: inout AttributeReader, of type: Attributes.Value?,
        _ table: [AttributeSchema]
    ) -> Attributes.Value? {
        let name = attribute.name
        let node = block.node(name)
        guard case .text(let type)? = type,
            let choice = table.first(where: { $0.name == "type" })?.choices.first(where: { $0.value == type.value })
        else { return nil }
        let path = block.path(of: name)
        switch choice.settings {
        case .free: return node.flatMap { value($0, .texts, path: path, block) }
        case .attributes(let inner):
            if let node { return value(node, .block(inner), path: path, block) }
            if let needed = inner.first(where: { $0.presence == .required }) {
                block.missing(name, "holds \(needed.name), which \(needed.meaning)")
            }
            return nil
        }
    }

    private func value(
        _ node: SourceNode, _ kind: ValueKind, path: String, _ block: AttributeReader
    ) -> Attributes.Value? {
        switch kind {
        case .line, .fieldName: return line(node, kind, path, block)
        case .text(let limit): return block.text(node, path: path, atMost: limit).map { .text($0) }
        case .condition:
            return block.text(node, path: path, atMost: ConfigurationReader.maximumCondition).map { .text($0) }
        case .flag: return block.flag(node, path: path).map { .flag($0) }
        case .onlyFlag(let possible, let reason):
            guard let flag = block.flag(node, path: path) else { return nil }
            if flag != possible { log.report(line: node.line, path: path, reason) }
            return .flag(flag)
        case .whole(let range): return block.whole(node, path: path, in: range).map { .whole($0) }
        case .duration(let limit):
            return block.duration(node, path: path, atMost: limit).map { .duration($0.value) }
        case .channels: return block.list(node, path: path).map { .texts(block.texts($0)) }
        case .people: return block.list(node, path: path).map { .people(block.people(block.texts($0))) }
        case .answer: return .nodes([Located(value: node, line: node.line, path: path)])
        case .answers: return block.list(node, path: path).map { .nodes($0) }
        case .choice(let choices):
            return block.text(node, path: path).flatMap { choice($0, among: choices) }.map { .text($0) }
        case .choices(let choices):
            return block.list(node, path: path).map { elements in
                .texts(block.texts(elements).compactMap { choice($0, among: choices) })
            }
        case .reference(let type): return block.text(node, path: path).flatMap { resolved($0, type) }.map { .text($0) }
        case .references(let type):
            return block.list(node, path: path).map { elements in
                .texts(block.texts(elements).compactMap { resolved($0, type) })
            }
        case .texts: return map(node, path: path) { entry, inner in text(entry.value, entry.path, inner) }
        case .referenceMap(let type):
            return map(node, path: path) { entry, inner in
                inner.text(entry.value, path: entry.path).flatMap { resolved($0, type) }?.value
            }
        case .block(let inner): return read(node, inner, path: path).map { .block($0) }
        case .blocks(let inner):
            return block.list(node, path: path).map { elements in
                .blocks(elements.compactMap { read($0.value, inner, path: $0.path) })
            }
        case .settings, .anything: return nil
        }
    }

    private func line(
        _ node: SourceNode, _ kind: ValueKind, _ path: String, _ block: AttributeReader
    ) -> Attributes.Value? {
        guard let text = block.text(node, path: path) else { return nil }
        if case .fieldName = kind, !Self.isFieldName(text.value) {
            log.report(
                line: text.line, path: text.path,
                "\"\(text.value)\" is not a field's name: 1 to 64 letters (a-z, A-Z), digits, hyphens and underscores, "
                    + "beginning with a letter")
            return nil
        }
        return .text(text)
    }

    /// A text, or what Terraform makes a text of.
    private func text(_ node: SourceNode, _ path: String, _ block: AttributeReader) -> String? {
        let text: String
        switch node.content {
        case .integer(let integer): text = String(integer)
        case .bool(let bool): text = String(bool)
        case .text(""): return ""
        case .text, .null, .list, .map, .unreadable: return block.text(node, path: path, atMost: 1_000)?.value
        }
        log.warn(line: node.line, path: path, "is taken for the text \"\(text)\"; write it in quotes")
        return text
    }

    private func map(
        _ node: SourceNode, path: String,
        _ value: (Located<SourceNode>, AttributeReader) -> String?
    ) -> Attributes.Value? {
        guard let inner = AttributeReader(node, path: path, log: log) else { return nil }
        return .map(
            inner.all.compactMap { entry in
                let node = Located(value: entry.value.value, line: entry.line, path: entry.path)
                return value(node, inner).map {
                    Located(value: (entry.value.key, $0), line: entry.line, path: entry.path)
                }
            })
    }

    private func choice(_ text: Located<String>, among choices: [Choice]) -> Located<String>? {
        guard let choice = choices.first(where: { $0.value == text.value }) else {
            let usable = choices.filter(\.isUsable).map(\.value)
            log.report(
                line: text.line, path: text.path,
                "\"\(text.value)\" is not one of \(usable.joined(separator: ", "))"
                    + log.suggestion(for: text.value, among: choices.map(\.value)))
            return nil
        }
        switch choice.standing {
        case .refused(let reason):
            log.report(line: text.line, path: text.path, "\(text.value) \(reason)")
            return nil
        case .withoutEffect(let reason):
            log.warn(line: text.line, path: text.path, "\(text.value) \(reason)")
        case .asInSym, .withOurMeaning, .ours: break
        }
        return text
    }

    /// The reference, if it names something that was written.
    private func resolved(_ reference: Located<String>, _ type: ResourceType) -> Located<String>? {
        let names = declared[type] ?? []
        if names.contains(reference.value) { return reference }
        guard !reference.value.looksLikeSecret else {
            log.report(
                line: reference.line, path: reference.path,
                .secretInConfiguration(write: "the name of the \(type.rawValue) that says where it is kept"))
            return nil
        }
        let hint = log.suggestion(for: reference.value, among: names)
        log.report(
            line: reference.line, path: reference.path, "there is no \(type.rawValue) \"\(reference.value)\"\(hint)")
        return nil
    }

    private static func isFieldName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.first.map { (97...122).contains($0) || (65...90).contains($0) } ?? false
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95
            }
    }
}
