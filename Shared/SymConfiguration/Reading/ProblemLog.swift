/// Collects problems while one text is read.
final class ProblemLog {
    private(set) var problems: [ConfigurationProblem]
    /// What may stay as it is, and should be known.
    private(set) var warnings: [ConfigurationProblem] = []

    init(_ problems: [ConfigurationProblem] = []) { self.problems = problems }

    /// Whether more would not be told: a search for what somebody meant is then wasted time.
    var isFull: Bool { problems.count >= ConfigurationErrors.limit }

    /// `; did you mean "…"`, or nothing.
    func suggestion(for name: String, among candidates: some Sequence<String>) -> String {
        isFull ? "" : NearestName.suggestion(for: name, among: candidates)
    }

    func report(line: Int?, path: String, _ message: String) {
        problems.append(ConfigurationProblem(line: line, path: path, message: message))
    }

    func warn(line: Int?, path: String, _ message: String) {
        warnings.append(ConfigurationProblem(line: line, path: path, message: message))
    }
}

/// A value with its place, so that what is wrong with its meaning can be said where it stands.
struct Located<Value> {
    var value: Value
    var line: Int?
    var path: String
}

extension Located: Equatable where Value: Equatable {}
