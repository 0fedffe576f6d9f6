/// Reads the grammar of `docs/when.md`. Linear in the number of tokens, and never deeper than `maximumDepth`.
struct ConditionParser {
    static let maximumDepth = 32

    private let tokens: [ConditionToken]
    private var index = 0
    private var depth = 0

    static func parse(_ text: String) throws(ConditionProblem) -> ConditionSyntax {
        var parser = ConditionParser(tokens: try ConditionLexer.tokens(of: text))
        guard parser.token.kind != .end else {
            throw ConditionProblem(at: 0, "the condition is empty; leave it out where it is always to hold")
        }
        let syntax = try parser.condition()
        guard parser.token.kind == .end else { throw parser.unexpected("an operator or the end") }
        return syntax
    }

    private init(tokens: [ConditionToken]) { self.tokens = tokens }

    private mutating func condition() throws(ConditionProblem) -> ConditionSyntax {
        let first = try conjunction()
        var parts = [first]
        while take(.or) { parts.append(try conjunction()) }
        return parts.count == 1 ? first : ConditionSyntax(kind: .any(parts), position: first.position)
    }

    private mutating func conjunction() throws(ConditionProblem) -> ConditionSyntax {
        let first = try relation()
        var parts = [first]
        while take(.and) { parts.append(try relation()) }
        return parts.count == 1 ? first : ConditionSyntax(kind: .all(parts), position: first.position)
    }

    private mutating func relation() throws(ConditionProblem) -> ConditionSyntax {
        let left = try unary()
        guard let operation = relationHere else { return left }
        let position = token.position
        index += 1
        let right = try unary()
        guard relationHere == nil else {
            throw ConditionProblem(at: token.position, "comparisons do not chain; combine two with &&")
        }
        return ConditionSyntax(kind: .relation(left, operation, at: position, right), position: left.position)
    }

    private var relationHere: ConditionSyntax.Relation? {
        switch token.kind {
        case .sign(let sign): ConditionSyntax.Relation(rawValue: sign.rawValue)
        case .name("in"): .contained
        default: nil
        }
    }

    private mutating func unary() throws(ConditionProblem) -> ConditionSyntax {
        let position = token.position
        guard take(.not) else { return try call() }
        try enter(at: position)
        defer { depth -= 1 }
        return ConditionSyntax(kind: .not(try unary()), position: position)
    }

    private mutating func call() throws(ConditionProblem) -> ConditionSyntax {
        let outer = depth
        defer { depth = outer }
        var value = try primary()
        while case .sign(.dot) = token.kind {
            index += 1
            let part = try self.part("a method: startsWith, endsWith or matches")
            let open = token.position
            guard take(.open) else { throw unexpected("( after the method \(part.name.prefix(60))") }
            // What stands before a chain of calls is nested in them.
            try enter(at: part.position)
            value = ConditionSyntax(
                kind: .method(value, part, try arguments(opened: open)), position: value.position)
        }
        return value
    }

    private mutating func primary() throws(ConditionProblem) -> ConditionSyntax {
        let here = token
        switch here.kind {
        case .name("true"), .name("false"):
            index += 1
            return ConditionSyntax(kind: .flag(here.kind == .name("true")), position: here.position)
        case .name("request"), .name("flow"): return try path()
        case .name(let name):
            index += 1
            let open = token.position
            guard take(.open) else { throw Self.unknown(name, at: here.position) }
            try enter(at: here.position)
            defer { depth -= 1 }
            return ConditionSyntax(kind: .call(name, try arguments(opened: open)), position: here.position)
        case .integer(let integer):
            index += 1
            return ConditionSyntax(kind: .integer(integer), position: here.position)
        case .text(let text):
            index += 1
            return ConditionSyntax(kind: .text(text), position: here.position)
        case .sign(.openList): return try list()
        case .sign(.open):
            index += 1
            try enter(at: here.position)
            defer { depth -= 1 }
            let inner = try condition()
            try close(.close, opened: here)
            return inner
        default: throw unexpected("a value")
        }
    }

    private mutating func path() throws(ConditionProblem) -> ConditionSyntax {
        let root = try part("a fact")
        guard take(.dot) else { throw unexpected(". and the name of a fact") }
        var path = ConditionSyntax.Path(root: root, name: try part("the name of a fact"))
        let next = token
        if next.kind == .sign(.dot), !isMethodHere {
            index += 1
            path.member = try part("a name")
        } else if take(.openList) {
            guard case .text(let text) = token.kind else { throw unexpected("a text in quotes") }
            path.member = ConditionSyntax.Part(name: text.value, position: text.position)
            index += 1
            try close(.closeList, opened: next)
        }
        return ConditionSyntax(kind: .path(path), position: root.position)
    }

    /// Whether `.name(` stands here.
    private var isMethodHere: Bool {
        guard index + 2 < tokens.count, case .name = tokens[index + 1].kind else { return false }
        return tokens[index + 2].kind == .sign(.open)
    }

    private mutating func list() throws(ConditionProblem) -> ConditionSyntax {
        let open = token
        index += 1
        try enter(at: open.position)
        defer { depth -= 1 }
        var elements: [ConditionToken] = []
        if take(.closeList) { throw ConditionProblem(at: open.position, "an empty list contains nothing") }
        repeat {
            switch token.kind {
            case .integer, .text: elements.append(token)
            case .end: throw ConditionProblem(at: open.position, "this [ is not closed")
            default:
                throw ConditionProblem(
                    at: token.position,
                    "a list holds texts or whole numbers, written out; \(token.cited) is neither")
            }
            index += 1
        } while take(.comma)
        try close(.closeList, opened: open)
        return ConditionSyntax(kind: .list(elements), position: open.position)
    }

    private mutating func arguments(opened position: Int) throws(ConditionProblem) -> [ConditionSyntax] {
        if take(.close) { return [] }
        var arguments: [ConditionSyntax] = []
        repeat { arguments.append(try condition()) } while take(.comma)
        try close(.close, opened: ConditionToken(kind: .sign(.open), position: position))
        return arguments
    }

    private mutating func part(_ expected: String) throws(ConditionProblem) -> ConditionSyntax.Part {
        guard case .name(let name) = token.kind else { throw unexpected(expected) }
        defer { index += 1 }
        return ConditionSyntax.Part(name: name, position: token.position)
    }

    // MARK: - Tokens

    /// `end` is the last and is never passed.
    private var token: ConditionToken { tokens[min(index, tokens.count - 1)] }

    private mutating func take(_ sign: ConditionToken.Sign) -> Bool {
        guard token.kind == .sign(sign) else { return false }
        index += 1
        return true
    }

    private mutating func close(_ sign: ConditionToken.Sign, opened: ConditionToken) throws(ConditionProblem) {
        if take(sign) { return }
        if token.kind == .end { throw ConditionProblem(at: opened.position, "this \(opened.cited) is not closed") }
        throw unexpected("an operator or \(sign.rawValue)")
    }

    private mutating func enter(at position: Int) throws(ConditionProblem) {
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw ConditionProblem(at: position, "is nested more than \(Self.maximumDepth) levels deep")
        }
    }

    private func unexpected(_ expected: String) -> ConditionProblem {
        switch token.kind {
        case .name("and"): ConditionProblem(at: token.position, "write && instead of and")
        case .name("or"): ConditionProblem(at: token.position, "write || instead of or")
        default: ConditionProblem(at: token.position, "expected \(expected), found \(token.cited)")
        }
    }

    private static func unknown(_ name: String, at position: Int) -> ConditionProblem {
        if name == "not" { return ConditionProblem(at: position, "write ! instead of not") }
        if name == "and" || name == "or" || name == "in" {
            return ConditionProblem(at: position, "nothing stands before this \(name)")
        }
        let known = ConditionFact.plain.map(\.spelling) + ["request.fields", "flow.vars"]
        let near = known.first { $0.hasSuffix(".\(name)") } ?? NearestName.nearest(to: name, among: known)
        let hint = near.map { "did you mean \($0)" } ?? "facts begin with request. or flow., and texts stand in quotes"
        return ConditionProblem(at: position, "\"\(name.prefix(60))\" is not known; \(hint)")
    }
}
