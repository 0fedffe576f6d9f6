import Yams

/// Reads YAML text into nodes with lines. Stays linear whatever the text: no anchors, limited size and depth.
struct YAMLReader {
    static let maximumBytes = 2_000_000
    static let maximumDepth = 32
    /// Open brackets and braces, those in quotes and comments among them; the parser's time for a word grows with it.
    static let maximumOpen = 200

    private(set) var problems: [ConfigurationProblem] = []

    /// The text's only document; problems that leave the rest readable are collected in `problems`.
    mutating func read(_ yaml: String) throws(ConfigurationErrors) -> SourceNode {
        let size = yaml.utf8.count
        guard size <= Self.maximumBytes else {
            throw ConfigurationErrors("has \(size) bytes, more than the \(Self.maximumBytes) that are read")
        }
        if let line = Self.lineOfDeepNesting(yaml.utf8) {
            throw ConfigurationErrors(line: line, "is nested more than \(Self.maximumOpen) brackets deep")
        }
        if let line = Self.lineOfReusedAnchor(Array(yaml.utf8)) {
            throw ConfigurationErrors(
                line: line,
                "anchors and aliases (&name … *name) are not accepted; write the value out, or in a text put a space "
                    + "after the &")
        }
        let (document, parser) = try Self.compose(yaml)
        guard let root = document else { throw ConfigurationErrors("has nothing in it") }
        // Nodes refer to their anchors weakly; the parser owns them.
        return withExtendedLifetime(parser) { node(root, path: "", depth: 0) }
    }

    private static func compose(_ yaml: String) throws(ConfigurationErrors) -> (Node?, Parser) {
        // Yams keeps a pointer into the string's storage, so the string must have some: a short one lives in its own
        // value. Empty lines at the end change nothing.
        var text = yaml.utf8.count < 64 ? yaml + String(repeating: "\n", count: 64) : yaml
        text.makeContiguousUTF8()
        do {
            // Without rules, for ours differ; with the encoding, which Yams would else take from the environment.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            return (try parser.singleRoot(), parser)
        } catch let error as YamlError {
            var problem = problem(error)
            // Empty lines that were put at the end are nobody's.
            problem.line = problem.line.map { min($0, 1 + yaml.utf8.count { $0 == UInt8(ascii: "\n") }) }
            throw ConfigurationErrors([problem])
        } catch {
            throw ConfigurationErrors("cannot be read as YAML")
        }
    }

    private static func problem(_ error: YamlError) -> ConfigurationProblem {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            let situation = context.map { " \($0.text)" } ?? ""
            return ConfigurationProblem(line: mark.line, path: "", message: "is not YAML: \(problem)\(situation)")
        case .composer(let context, let problem, let mark, _):
            let message =
                context == nil ? "is not YAML: \(problem)" : "a second document begins here; only one is read"
            return ConfigurationProblem(line: mark.line, path: "", message: message)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "\"\($0.prefix(100))\"" }.prefix(10).joined(separator: ", ")
            return ConfigurationProblem(
                line: context.mark.line, path: "",
                message: "\(names) is written more than once in the same place; the first time is here")
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { offset in 1 + yaml.utf8.prefix(offset).count { $0 == UInt8(ascii: "\n") } }
            return ConfigurationProblem(line: line, path: "", message: "is not YAML: \(problem)")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return ConfigurationProblem(line: nil, path: "", message: "cannot be read as YAML")
        }
    }

    private mutating func node(_ node: Node, path: String, depth: Int) -> SourceNode {
        let line = node.mark?.line
        guard depth < Self.maximumDepth else {
            return unreadable(line, path, "is nested more than \(Self.maximumDepth) levels deep")
        }
        guard node.anchor == nil else { return unreadable(line, path, "anchors (&name) are not accepted") }
        switch node {
        case .scalar(let scalar):
            return self.scalar(scalar, path: path)
        case .sequence(let sequence):
            guard sequence.tag == .implicit else { return tagged(line, path) }
            let elements = sequence.enumerated().map { index, element in
                self.node(element, path: "\(path)[\(index)]", depth: depth + 1)
            }
            return SourceNode(.list(elements), line: line)
        case .mapping(let mapping):
            guard mapping.tag == .implicit else { return tagged(line, path) }
            let members = mapping.compactMap { key, value in
                member(key, value, path: path, depth: depth)
            }
            return SourceNode(.map(members), line: line)
        case .alias:
            return unreadable(line, path, "aliases (*name) are not accepted; write the value out")
        }
    }

    private mutating func member(_ key: Node, _ value: Node, path: String, depth: Int) -> SourceNode.Member? {
        guard case .scalar(let name) = key, name.anchor == nil else {
            _ = unreadable(key.mark?.line, path, "has a key that is not a plain name")
            return nil
        }
        let inner = path.isEmpty ? name.string : "\(path).\(name.string)"
        return SourceNode.Member(
            key: name.string, line: name.mark?.line, value: node(value, path: inner, depth: depth + 1))
    }

    private mutating func scalar(_ scalar: Node.Scalar, path: String) -> SourceNode {
        let line = scalar.mark?.line
        guard scalar.style == .plain else {
            return scalar.tag.rawValue == Tag.Name.str.rawValue
                ? SourceNode(.text(scalar.string), line: line) : tagged(line, path)
        }
        guard scalar.tag == .implicit else { return tagged(line, path) }
        switch YAMLScalar(plain: scalar.string) {
        case .null: return SourceNode(.null, line: line)
        case .bool(let bool): return SourceNode(.bool(bool), line: line)
        case .integer(let integer): return SourceNode(.integer(integer), line: line)
        case .text: return SourceNode(.text(scalar.string), line: line)
        case .unusual:
            return unreadable(
                line, path,
                "\(scalar.string.prefix(40)) looks like a number but is not a plain whole one; put it in quotes if it "
                    + "is a text")
        case .tooLarge: return unreadable(line, path, "\(scalar.string.prefix(40)) is too large a number")
        }
    }

    private mutating func tagged(_ line: Int?, _ path: String) -> SourceNode {
        unreadable(line, path, "tags (!name) are not accepted")
    }

    private mutating func unreadable(_ line: Int?, _ path: String, _ message: String) -> SourceNode {
        problems.append(ConfigurationProblem(line: line, path: path, message: message))
        return SourceNode(.unreadable, line: line)
    }

    /// The line of the first `&name`, if a `*name` follows anywhere, where YAML could mean anchor and alias.
    ///
    /// Runs before the parser, for aliases of aliases as keys cost it exponential time. It knows nothing of quotes, so
    /// that nothing can be hidden from it; a text with both is refused too.
    private static func lineOfReusedAnchor(_ text: [UInt8]) -> Int? {
        var anchor: Int?
        var line = 1
        var previous = UInt8(ascii: "\n")
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), " \t\r\n[{,:".utf8.contains(previous),
                index + 1 < text.count, isNameByte(text[index + 1])
            {
                if byte == UInt8(ascii: "&") {
                    anchor = anchor ?? line
                } else if let anchor {
                    return anchor
                }
            }
            // A mark at the beginning of the text and the line separators of Unicode end in bytes beyond ASCII.
            previous = byte < 0x80 ? byte : UInt8(ascii: "\n")
            if byte == UInt8(ascii: "\n") { line += 1 }
        }
        return nil
    }

    private static func lineOfDeepNesting(_ text: String.UTF8View) -> Int? {
        var open = 0
        var line = 1
        for byte in text {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): open = max(0, open - 1)
            case UInt8(ascii: "\n"): line += 1
            default: break
            }
            if open > maximumOpen { return line }
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || (65...90).contains(byte) || byte == 45 || byte == 95
    }
}
