import ArgumentParser
import SymConfiguration
import SymMessages

/// Answers to the questions of a flow.
struct FieldOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The answer to one more question of the flow; several of one name are a list. It is read as what "
                + "the question asks for.", valueName: "name=value"))
    var field: [String] = []

    /// `nil` when none was given.
    var values: [String: FieldValue]? {
        get throws(Failure) {
            var given: [String: [FieldValue]] = [:]
            for text in field {
                guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                    throw Failure(.usage, "\(text.onTerminal) is not an answer. Write --field name=value.")
                }
                given[String(text[..<sign]), default: []].append(Self.value(String(text[text.index(after: sign)...])))
            }
            var values: [String: FieldValue] = [:]
            for (name, answers) in given { values[name] = answers.count == 1 ? answers[0] : Self.list(answers) }
            return values.isEmpty ? nil : values
        }
    }

    private static func value(_ text: String) -> FieldValue {
        if text == "true" || text == "false" { return .flag(text == "true") }
        if let number = Int64(text), String(number) == text { return .integer(number) }
        let isQuoted = text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
        return .text(isQuoted ? String(text.dropFirst().dropLast()) : text)
    }

    private static func list(_ answers: [FieldValue]) -> FieldValue {
        let integers = answers.compactMap { if case .integer(let integer) = $0 { integer } else { nil } }
        if integers.count == answers.count { return .integers(integers) }
        return .texts(
            answers.map { answer in
                switch answer {
                case .text(let text): text
                case .integer(let integer): String(integer)
                case .flag(let flag): String(flag)
                case .texts, .integers: ""
                }
            })
    }
}

/// A duration as people write it.
func seconds(_ text: String) throws(Failure) -> Seconds {
    guard let seconds = Seconds(parsing: text) else {
        throw Failure(
            .usage, "\(text.onTerminal) is not a duration. Write a number and s, m, h, d or mo, such as 30m.")
    }
    return seconds
}
