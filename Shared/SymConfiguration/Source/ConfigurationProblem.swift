/// One thing that is wrong in a configuration or directory file, for the person who wrote it.
public struct ConfigurationProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line of the YAML text, from 1; absent for a configuration that was read from a record.
    public var line: Int?
    /// The resource and attribute, such as `sym_flow.ssh.params.strategy_id`; empty for the whole file.
    public var path: String
    /// What is wrong and what to write instead, without a full stop.
    public var message: String

    public init(line: Int?, path: String, message: String) {
        self.line = line
        self.path = path
        self.message = message
    }

    /// `line 12: sym_flow.ssh.params: …`.
    public var description: String {
        [line.map { "line \($0)" }, path.isEmpty ? nil : path, message].compactMap { $0 }.joined(separator: ": ")
    }

    /// The form that editors and terminals understand: `Examples/sym.yaml:12: sym_flow.ssh.params: …`.
    ///
    /// - Parameter file: the file's name as the user gave it.
    public func description(file: String) -> String {
        let place = line.map { "\(file):\($0)" } ?? file
        return [place, path.isEmpty ? nil : path, message].compactMap { $0 }.joined(separator: ": ")
    }
}

/// Everything that is wrong in one configuration or directory file, in the order of its lines.
public struct ConfigurationErrors: Error, Sendable, Hashable, CustomStringConvertible {
    /// Never empty, and at most 200.
    public let problems: [ConfigurationProblem]

    static let limit = 200

    init(_ problems: [ConfigurationProblem]) {
        var sorted = problems.enumerated().sorted { a, b in
            (a.element.line ?? 0, a.offset) < (b.element.line ?? 0, b.offset)
        }.map(\.element)
        if sorted.count > Self.limit {
            let left = sorted.count - Self.limit + 1
            sorted.removeSubrange((Self.limit - 1)...)
            sorted.append(ConfigurationProblem(line: nil, path: "", message: "and \(left) more problems"))
        }
        self.problems = sorted
    }

    init(line: Int? = nil, path: String = "", _ message: String) {
        problems = [ConfigurationProblem(line: line, path: path, message: message)]
    }

    /// One problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
