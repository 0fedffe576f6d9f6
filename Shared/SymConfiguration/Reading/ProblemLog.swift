/// Collects problems while one text is read.
final class ProblemLog {
    private(set) var problems: [ConfigurationProblem]

    init(_ problems: [ConfigurationProblem] = []) { self.problems = problems }

    func report(line: Int?, path: String, _ message: String) {
        problems.append(ConfigurationProblem(line: line, path: path, message: message))
    }
}

/// A value with its place, so that what is wrong with its meaning can be said where it stands.
struct Located<Value> {
    var value: Value
    var line: Int?
    var path: String
}

extension Located: Equatable where Value: Equatable {}
