/// Where the values of one resource stand: path → line.
struct LineIndex {
    private let lines: [String: Int]
    private let first: Int?

    init(_ node: SourceNode) {
        var lines: [String: Int] = [:]
        Self.add(node, "", to: &lines)
        self.lines = lines
        first = node.line
    }

    /// The line of a path such as `rules[2].stages[0].approvers`; where it was not written, that of what it would stand
    /// in.
    func line(of path: String) -> Int? {
        var path = path[...]
        while !path.isEmpty {
            if let line = lines[String(path)] { return line }
            path = path.prefix(upTo: path.lastIndex { ".[".contains($0) } ?? path.startIndex)
        }
        return first
    }

    private static func add(_ node: SourceNode, _ path: String, to lines: inout [String: Int]) {
        switch node.content {
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                let inner = "\(path)[\(index)]"
                if let line = element.line { lines[inner] = line }
                add(element, inner, to: &lines)
            }
        case .map(let members):
            for member in members {
                let inner = path.isEmpty ? member.key : "\(path).\(member.key)"
                if let line = member.line { lines[inner] = line }
                add(member.value, inner, to: &lines)
            }
        case .null, .bool, .integer, .text, .unreadable: break
        }
    }
}
