import SymMessages

/// What could be read of one resource or block by its table: every value is of its kind, what was left out has its
/// default, and what is wrong was reported.
struct Attributes {
    enum Value {
        case text(Located<String>)
        case texts([Located<String>])
        case flag(Bool)
        case whole(Int)
        case duration(Seconds)
        case people(Set<PersonID>)
        case nodes([Located<SourceNode>])
        case map([Located<(key: String, value: String)>])
        case block(Attributes)
        case blocks([Attributes])
    }

    /// For its names, places and reports.
    private let reader: AttributeReader
    private let values: [String: Value]
    /// Whether nothing was reported while it was read.
    let isClean: Bool

    init(reader: AttributeReader, values: [String: Value], isClean: Bool) {
        self.reader = reader
        self.values = values
        self.isClean = isClean
    }

    var log: ProblemLog { reader.log }
    var path: String { reader.path }
    var line: Int? { reader.line }

    /// Whether an attribute was written, readable or not.
    func isWritten(_ name: String) -> Bool { reader.has(name) }

    func isEmptyList(_ name: String) -> Bool { reader.isEmptyList(name) }

    func report(_ name: String, _ message: String) { reader.report(name, message) }

    func warn(_ name: String, _ message: String) { reader.warn(name, message) }

    /// Reports that an attribute is needed here that the table allows to be left out.
    func missing(_ name: String, _ meaning: String) { reader.missing(name, meaning) }

    func text(_ name: String) -> Located<String>? {
        if case .text(let text)? = values[name] { text } else { nil }
    }

    func texts(_ name: String) -> [Located<String>]? {
        if case .texts(let texts)? = values[name] { texts } else { nil }
    }

    /// `false` where there is none.
    func flag(_ name: String) -> Bool { if case .flag(let flag)? = values[name] { flag } else { false } }

    func whole(_ name: String) -> Int? { if case .whole(let whole)? = values[name] { whole } else { nil } }

    func duration(_ name: String) -> Seconds? {
        if case .duration(let duration)? = values[name] { duration } else { nil }
    }

    func people(_ name: String) -> Set<PersonID>? {
        if case .people(let people)? = values[name] { people } else { nil }
    }

    func nodes(_ name: String) -> [Located<SourceNode>]? {
        if case .nodes(let nodes)? = values[name] { nodes } else { nil }
    }

    func map(_ name: String) -> [Located<(key: String, value: String)>] {
        if case .map(let map)? = values[name] { map } else { [] }
    }

    func block(_ name: String) -> Attributes? {
        if case .block(let block)? = values[name] { block } else { nil }
    }

    func blocks(_ name: String) -> [Attributes] {
        if case .blocks(let blocks)? = values[name] { blocks } else { [] }
    }

    /// The text of an element of a list.
    func line(_ node: Located<SourceNode>) -> Located<String>? { reader.text(node.value, path: node.path) }

    func duration(_ node: Located<SourceNode>, atMost limit: Seconds) -> Located<Seconds>? {
        reader.duration(node.value, path: node.path, atMost: limit)
    }
}
