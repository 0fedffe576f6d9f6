import SymMessages

/// Values of a configuration as a plan's lines show them: short, on one line, nothing a terminal would act on.
enum PlanText {
    /// In characters; the rest is left out.
    static let limit = 80

    static func of(_ value: JSONValue) -> String {
        var text = ""
        write(value, to: &text)
        return text.count > limit ? text.prefix(limit - 1) + "…" : text
    }

    /// A text in quotes, as a path has names.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result + "\""
    }

    private static func write(_ value: JSONValue, to text: inout String) {
        // What will not be shown need not be written.
        guard text.utf8.count <= 4 * limit else { return }
        switch value {
        case .null: text += "null"
        case .bool(let bool): text += String(bool)
        case .integer(let integer): text += String(integer)
        case .string(let string): text += isPlain(string) ? string : quoted(String(string.prefix(limit)))
        case .array(let elements):
            text += "["
            for (index, element) in elements.prefix(limit).enumerated() {
                if index > 0 { text += ", " }
                write(element, to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).prefix(limit).enumerated() {
                if index > 0 { text += ", " }
                text += (isPlain(member.key) ? member.key : quoted(String(member.key.prefix(limit)))) + ": "
                write(member.value, to: &text)
            }
            text += "}"
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                    || "-_.@#/+".utf8.contains($0)
            }
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
