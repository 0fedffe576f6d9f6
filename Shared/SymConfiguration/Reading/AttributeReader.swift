import SymMessages

/// Reads the attributes of one resource or block, each under its name, and reports what it was not asked for.
///
/// A getter that reports a problem returns `nil` (or the default): whoever reads goes on, and the whole is thrown away in
/// the end.
struct AttributeReader {
    let path: String
    let line: Int?
    let log: ProblemLog
    private let members: [String: SourceNode.Member]
    private var known: Set<String> = []

    /// `nil`, with the problem reported, if the node is no map.
    init?(_ node: SourceNode, path: String, log: ProblemLog) {
        switch node.content {
        case .map(let list):
            members = Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        case .unreadable:
            return nil
        case .null, .bool, .integer, .text, .list:
            log.report(line: node.line, path: path, "must be a map of attributes")
            return nil
        }
        self.path = path
        line = node.line
        self.log = log
    }

    /// The names that were written, sorted.
    var names: [String] { members.keys.sorted() }

    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func report(_ message: String) { log.report(line: line, path: path, message) }

    /// Reports a problem of an attribute at its line, or at the block's where it is absent.
    func report(_ name: String, _ message: String) {
        log.report(line: members[name]?.line ?? line, path: path(of: name), message)
    }

    func warn(_ name: String, _ message: String) {
        log.warn(line: members[name]?.line ?? line, path: path(of: name), message)
    }

    /// The attribute's value if it was written and readable.
    mutating func node(_ name: String) -> SourceNode? {
        known.insert(name)
        guard let member = members[name] else { return nil }
        switch member.value.content {
        case .unreadable: return nil
        case .null:
            report(name, "has no value; give one or remove the line")
            return nil
        case .bool, .integer, .text, .list, .map: return member.value
        }
    }

    func has(_ name: String) -> Bool { members[name] != nil }

    func isEmptyList(_ name: String) -> Bool {
        if case .list(let elements)? = members[name]?.value.content { elements.isEmpty } else { false }
    }

    /// How many elements a list was written with; 0 if absent.
    func count(of name: String) -> Int {
        if case .list(let elements)? = members[name]?.value.content { elements.count } else { 0 }
    }

    /// Reports that a mandatory attribute is absent.
    ///
    /// - Parameter meaning: what it says, completing "it …".
    func missing(_ name: String, _ meaning: String) {
        if members[name] == nil { log.report(line: line, path: path(of: name), "is missing; it \(meaning)") }
    }

    /// Reports an attribute that exists in Sym or in a later version, and cannot be used here.
    mutating func refuse(_ name: String, _ reason: String) {
        known.insert(name)
        if members[name] != nil { report(name, reason) }
    }

    /// Reports every attribute that was never asked for.
    func finish() {
        for name in names where !known.contains(name) {
            let hint = log.suggestion(for: name, among: known)
            report(name, "is not an attribute that this version knows\(hint)")
        }
    }
}

extension AttributeReader {
    mutating func text(_ name: String) -> Located<String>? {
        node(name).flatMap { text($0, path: path(of: name)) }
    }

    mutating func flag(_ name: String, default value: Bool) -> Bool {
        node(name).flatMap { flag($0, path: path(of: name)) } ?? value
    }

    func flag(_ node: SourceNode, path: String) -> Bool? {
        guard case .bool(let bool) = node.content else {
            log.report(line: node.line, path: path, "must be true or false")
            return nil
        }
        return bool
    }

    func whole(_ node: SourceNode, path: String, in range: ClosedRange<Int>) -> Int? {
        guard case .integer(let integer) = node.content, let number = Int(exactly: integer), range.contains(number)
        else {
            log.report(
                line: node.line, path: path,
                "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    func duration(_ node: SourceNode, path: String, atMost limit: Seconds) -> Located<Seconds>? {
        if case .unreadable = node.content { return nil }
        guard case .text(let text) = node.content, let seconds = Seconds(parsing: text) else {
            log.report(line: node.line, path: path, "must be a duration such as 45s, 30m, 4h, 2d or 1mo")
            return nil
        }
        guard seconds <= limit else {
            log.report(line: node.line, path: path, "\(text) is longer than the \(limit) that this version allows")
            return nil
        }
        return Located(value: seconds, line: node.line, path: path)
    }

    /// A list; `nil` if absent or no list.
    mutating func list(_ name: String) -> [Located<SourceNode>]? {
        node(name).flatMap { list($0, path: path(of: name)) }
    }

    func list(_ node: SourceNode, path: String) -> [Located<SourceNode>]? {
        guard case .list(let elements) = node.content else {
            log.report(line: node.line, path: path, "must be a list")
            return nil
        }
        return elements.enumerated().map { index, element in
            Located(value: element, line: element.line, path: "\(path)[\(index)]")
        }
    }

    /// A list of texts without repetitions.
    mutating func texts(_ name: String) -> [Located<String>]? {
        list(name).map { texts($0) }
    }

    func texts(_ elements: [Located<SourceNode>]) -> [Located<String>] {
        var seen: Set<String> = []
        return elements.compactMap { element in
            guard let text = text(element.value, path: element.path) else { return nil }
            guard seen.insert(text.value).inserted else {
                log.report(line: element.line, path: element.path, "\"\(text.value)\" is in the list already")
                return nil
            }
            return text
        }
    }

    mutating func block(_ name: String) -> AttributeReader? {
        node(name).flatMap { AttributeReader($0, path: path(of: name), log: log) }
    }

    /// A map whose keys are free, in the order of the keys.
    mutating func map(_ name: String) -> [Located<(key: String, value: SourceNode)>] {
        guard let block = block(name) else { return [] }
        return block.members.values.sorted { $0.key < $1.key }.map { member in
            Located(value: (member.key, member.value), line: member.line, path: block.path(of: member.key))
        }
    }

    mutating func blocks(_ name: String) -> [AttributeReader]? {
        list(name)?.compactMap { AttributeReader($0.value, path: $0.path, log: log) }
    }

    /// All of a map whose keys are free, in the order of the keys.
    var all: [Located<(key: String, value: SourceNode)>] {
        members.values.sorted { $0.key < $1.key }.map { member in
            Located(value: (member.key, member.value), line: member.line, path: path(of: member.key))
        }
    }

    /// A text of any number of lines: not empty, at most so many bytes.
    func text(_ node: SourceNode, path: String, atMost limit: Int) -> Located<String>? {
        let problem: String
        switch node.content {
        case .unreadable: return nil
        case .text(let text) where text.isEmpty: problem = "is empty"
        case .text(let text) where text.utf8.count > limit:
            problem = "has \(text.utf8.count) bytes; at most \(limit) are kept"
        case .text(let text): return Located(value: text, line: node.line, path: path)
        case .integer(let integer): problem = "must be a text; write \"\(integer)\" in quotes"
        case .bool(let bool): problem = "must be a text; write \"\(bool)\" in quotes"
        case .null, .list, .map: problem = "must be a text"
        }
        log.report(line: node.line, path: path, problem)
        return nil
    }

    /// Text of a line: not empty, at most 1,000 bytes, no control characters.
    func text(_ node: SourceNode, path: String) -> Located<String>? {
        let problem: String
        switch node.content {
        case .unreadable: return nil
        case .text(let text):
            guard !text.isEmpty else {
                problem = "is empty"
                break
            }
            guard text.utf8.count <= 1_000 else {
                problem = "has \(text.utf8.count) bytes; at most 1000 are kept"
                break
            }
            guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
                problem = "has a line break or another control character in it"
                break
            }
            return Located(value: text, line: node.line, path: path)
        case .integer(let integer): problem = "must be a text; write \"\(integer)\" in quotes"
        case .bool(let bool): problem = "must be a text; write \"\(bool)\" in quotes"
        case .null, .list, .map: problem = "must be a text"
        }
        log.report(line: node.line, path: path, problem)
        return nil
    }
}
