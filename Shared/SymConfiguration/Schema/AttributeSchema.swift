import SymMessages

/// What the table says of one attribute.
struct AttributeSchema: Sendable {
    enum Presence: Sendable, Hashable {
        case required
        case optional
        /// What counts where it is left out.
        case defaulted(JSONValue)
    }

    let name: String
    let kind: ValueKind
    let presence: Presence
    let standing: Standing
    /// Completes "it …", without a full stop.
    let meaning: String

    init(_ name: String, _ kind: ValueKind, _ presence: Presence, _ standing: Standing, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.presence = presence
        self.standing = standing
        self.meaning = meaning
    }

    /// As in Sym.
    init(_ name: String, _ kind: ValueKind, _ presence: Presence, _ meaning: String) {
        self.init(name, kind, presence, .asInSym, meaning)
    }

    /// As in Sym, and optional.
    init(_ name: String, _ kind: ValueKind, _ meaning: String) {
        self.init(name, kind, .optional, .asInSym, meaning)
    }

    /// The attributes of the block or blocks that are its value.
    var inner: [AttributeSchema] {
        switch kind {
        case .block(let attributes), .blocks(let attributes): attributes
        default: []
        }
    }

    /// The values that it can have, where they are words.
    var choices: [Choice] {
        switch kind {
        case .choice(let choices), .choices(let choices): choices
        default: []
        }
    }
}

/// One of the words that an attribute can have.
struct Choice: Sendable {
    enum Settings: Sendable {
        case attributes([AttributeSchema])
        /// Any map of texts.
        case free
    }

    let value: String
    let standing: Standing
    let meaning: String
    /// What `settings` holds where this is the `type`.
    let settings: Settings

    init(_ value: String, _ standing: Standing, _ meaning: String, settings: Settings = .attributes([])) {
        self.value = value
        self.standing = standing
        self.meaning = meaning
        self.settings = settings
    }

    /// Whether there is a reason to write it.
    var isUsable: Bool {
        switch standing {
        case .asInSym, .withOurMeaning, .ours: true
        case .withoutEffect, .refused: false
        }
    }

    /// As in Sym.
    init(_ value: String, _ meaning: String, settings: Settings = .attributes([])) {
        self.init(value, .asInSym, meaning, settings: settings)
    }
}

/// What may be written as an attribute's value.
indirect enum ValueKind: Sendable {
    /// A text of one line, at most 1,000 bytes.
    case line
    /// A text of any number of lines, at most so many bytes.
    case text(atMost: Int)
    /// A prompt field's name.
    case fieldName
    case flag
    /// `true` or `false`, of which one is refused, with the reason.
    case onlyFlag(Bool, otherwise: String)
    case whole(ClosedRange<Int>)
    case duration(atMost: Seconds)
    /// A channel of Slack, each once.
    case channels
    /// E-mail addresses, each once.
    case people
    /// One answer to a prompt field, or a list of them: what its type says.
    case answer
    case answers
    /// A condition of `docs/when.md`.
    case condition
    case choice([Choice])
    case choices([Choice])
    case reference(ResourceType)
    case references(ResourceType)
    /// A map of free keys to texts; whole numbers, `true` and `false` are taken for texts, with a warning.
    case texts
    /// A map of free keys to resources.
    case referenceMap(ResourceType)
    case block([AttributeSchema])
    case blocks([AttributeSchema])
    /// The block that belongs to the resource's `type`.
    case settings
    /// Only in Sym: nothing here reads it.
    case anything
}
