import SymMessages

/// The table as a document: `docs/configuration.md` is this text.
public enum ConfigurationReference {
    /// Markdown; the same for the same version.
    public static let markdown: String = introduction + Schema.resources.map(section).joined(separator: "\n")

    private static let introduction = """
        # Configuration

        Generated from the table in `Shared/SymConfiguration/Schema`; `SYM_WRITE_DOCS=1 swift test --filter
        ConfigurationReferenceTests` writes it anew.

        A configuration is a YAML file in the shape of Terraform's JSON: resource type → name → attributes. The attributes are
        spelled as in Sym's provider 3.6.0; where one takes another resource's id, it holds that resource's name here. Durations
        are a whole number and one of s, m, h, d, mo (30 days). Whatever is not listed here is an error. Conditions (`when`) are
        written as in [when.md](when.md).

        The column *here* says how an attribute stands to Sym:

        - **as in Sym**
        - **our meaning**: in Sym too, with the difference that is told
        - **ours**: not in Sym
        - **no effect**: kept, and warned of
        - **refused**: an error that says what to use instead


        """

    private static func section(_ resource: ResourceSchema) -> String {
        var text = "## \(resource.type.rawValue)\n\n\(sentence(resource.meaning)) \(standing(resource.standing))\n\n"
        text += table(resource.attributes)
        for block in blocks(of: resource.attributes, "") {
            text += "\n### \(resource.type.rawValue): \(block.path)\n\n" + table(block.attributes)
        }
        for attribute in resource.attributes where attribute.name == "type" && !attribute.choices.isEmpty {
            text += "\n### \(resource.type.rawValue): types\n\n" + types(attribute.choices)
            for choice in attribute.choices where !choice.standing.isRefused {
                if case .attributes(let inner) = choice.settings, !inner.isEmpty {
                    text += "\n### \(resource.type.rawValue): settings of \(choice.value)\n\n" + table(inner)
                }
            }
        }
        return text
    }

    private static func table(_ attributes: [AttributeSchema]) -> String {
        "| attribute | value | default | here | it … |\n|---|---|---|---|---|\n"
            + attributes.map { attribute in
                row([
                    "`\(attribute.name)`", value(attribute.kind), presence(attribute.presence),
                    standing(attribute.standing), attribute.meaning,
                ])
            }.joined()
    }

    private static func types(_ choices: [Choice]) -> String {
        "| type | settings | here | is |\n|---|---|---|---|\n"
            + choices.map { choice in
                let settings =
                    switch choice.settings {
                    case .free: "any texts"
                    case .attributes(let inner): inner.map { "`\($0.name)`" }.joined(separator: ", ")
                    }
                return row(["`\(choice.value)`", settings, standing(choice.standing), choice.meaning])
            }.joined()
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }

    /// Every block below some attributes, each under its path.
    private static func blocks(
        of attributes: [AttributeSchema], _ path: String
    ) -> [(path: String, attributes: [AttributeSchema])] {
        attributes.flatMap { attribute -> [(path: String, attributes: [AttributeSchema])] in
            guard !attribute.inner.isEmpty else { return [] }
            let inner = path + attribute.name
            return [(inner, attribute.inner)] + blocks(of: attribute.inner, inner + ".")
        }
    }

    private static func presence(_ presence: AttributeSchema.Presence) -> String {
        switch presence {
        case .required: "**required**"
        case .optional: ""
        case .defaulted(.object): ""
        case .defaulted(.string(let text)): "`\(text)`"
        case .defaulted(let json): "`\(String(decoding: json.canonical, as: UTF8.self).replacing("\"", with: ""))`"
        }
    }

    private static func standing(_ standing: Standing) -> String {
        switch standing {
        case .asInSym: "As in Sym."
        case .withOurMeaning(let difference): "Our meaning: \(difference)."
        case .ours: "Ours."
        case .withoutEffect(let reason): "No effect: \(reason)."
        case .refused(let reason): "Refused: \(reason)."
        }
    }

    private static func value(_ kind: ValueKind) -> String {
        switch kind {
        case .line: "text of a line, at most 1000 bytes"
        case .text(let limit): "text, at most \(limit) bytes"
        case .fieldName: "letters, digits, `-` and `_`, at most 64"
        case .flag: "`true` or `false`"
        case .onlyFlag(let possible, _): "`\(possible)`"
        case .whole(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .duration(let limit): "duration, at most \(limit)"
        case .channels: "list of channels"
        case .people: "list of e-mail addresses"
        case .answer: "an answer of the field's type"
        case .answers: "list of answers of the field's type"
        case .condition: "condition"
        case .choice(let choices) where choices.count > 9: "see *types*"
        case .choice(let choices): words(choices)
        case .choices(let choices): "list of \(words(choices))"
        case .reference(let type): "name of a `\(type.rawValue)`"
        case .references(let type): "list of names of `\(type.rawValue)`"
        case .texts: "map of texts"
        case .referenceMap(let type): "map of names of `\(type.rawValue)`"
        case .block: "block"
        case .blocks: "list of blocks"
        case .settings: "block, see *types*"
        case .anything: ""
        }
    }

    private static func words(_ choices: [Choice]) -> String {
        choices.filter { !$0.standing.isRefused }.map { "`\($0.value)`" }.joined(separator: ", ")
    }

    private static func sentence(_ meaning: String) -> String { "It \(meaning)." }
}
