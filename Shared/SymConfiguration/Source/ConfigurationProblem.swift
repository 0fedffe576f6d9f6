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
    /// What would have been warned of besides; at most 200.
    public let warnings: [ConfigurationProblem]

    static let limit = 200

    init(_ problems: [ConfigurationProblem], warnings: [ConfigurationProblem] = []) {
        self.problems = Self.inOrder(problems, "problems")
        self.warnings = Self.inOrder(warnings, "warnings")
    }

    init(line: Int? = nil, path: String = "", _ message: String) {
        self.init([ConfigurationProblem(line: line, path: path, message: message)])
    }

    /// In the order of the lines, those of one line as they were found, and not too many.
    static func inOrder(_ problems: [ConfigurationProblem], _ noun: String) -> [ConfigurationProblem] {
        var sorted = problems.enumerated().sorted { a, b in
            (a.element.line ?? 0, a.offset) < (b.element.line ?? 0, b.offset)
        }.map(\.element)
        if sorted.count > limit {
            let left = sorted.count - limit + 1
            sorted.removeSubrange((limit - 1)...)
            sorted.append(ConfigurationProblem(line: nil, path: "", message: "and \(left) more \(noun)"))
        }
        return sorted
    }

    /// One problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
