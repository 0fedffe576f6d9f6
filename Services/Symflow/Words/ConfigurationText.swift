import SymMessages

/// Resources as YAML that `apply` reads back as the same.
struct ConfigurationText {
    let resources: JSONValue

    init(_ resources: JSONValue) { self.resources = resources }

    var yaml: String {
        guard case .object(let members) = resources, !members.isEmpty else { return "{}\n" }
        var text = ""
        Self.write(.object(members), at: 0, to: &text)
        return text
    }

    private static func write(_ value: JSONValue, at depth: Int, to text: inout String) {
        let indent = String(repeating: " ", count: depth)
        switch value {
        case .object(let members) where !members.isEmpty:
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                text += "\(indent)\(plain(key) ? key : quoted(key)):"
                writeBehind(member, at: depth + 2, to: &text)
            }
        case .array(let elements) where !elements.isEmpty:
            for element in elements {
                text += "\(indent)-"
                writeBehind(element, at: depth + 2, to: &text)
            }
        default: text += "\(indent)\(scalar(value))\n"
        }
    }

    /// Behind a `:` or a `-`: on the same line if it fits there.
    private static func writeBehind(_ value: JSONValue, at depth: Int, to text: inout String) {
        switch value {
        case .object(let members) where !members.isEmpty:
            text += "\n"
            write(value, at: depth, to: &text)
        case .array(let elements) where !elements.isEmpty:
            text += "\n"
            write(value, at: depth, to: &text)
        default: text += " \(scalar(value))\n"
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        if case .string(let string) = value, plain(string) { return string }
        return String(decoding: value.canonical, as: UTF8.self)
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).canonical, as: UTF8.self)
    }

    /// Whether a text means itself without quotes in every version of YAML: a name that is no number and no word with a
    /// meaning.
    private static func plain(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first | 0x20), text.utf8.count <= 64 else {
            return false
        }
        let words: Set = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        return !words.contains(text.lowercased())
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
    }
}
