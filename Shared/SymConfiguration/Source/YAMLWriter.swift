import SymMessages

/// Writes resources as YAML that `YAMLReader` reads back to the same: types and attributes in the order of the table,
/// what is short in one line. (A byte order mark at the front of a text is lost by the reader.)
struct YAMLWriter {
    /// Longer lines are broken where that can be.
    private static let width = 110
    /// A key that is longer cannot stand before its colon on one line.
    private static let maximumKey = 900

    private var text = ""

    static func yaml(_ resources: JSONValue) -> String {
        guard case .object(let types) = resources, !types.isEmpty else { return inlined(resources, []) + "\n" }
        var writer = YAMLWriter()
        let known = ResourceType.allCases.map(\.rawValue)
        for (index, type) in ordered(types, known).enumerated() {
            if index > 0 { writer.text += "\n" }
            let table = ResourceType(rawValue: type.key).flatMap { Schema.resource($0)?.attributes } ?? []
            writer.key(type.key, 0)
            guard case .object(let named) = type.value, !named.isEmpty else {
                writer.value(type.value, 0, [])
                continue
            }
            writer.text += "\n"
            for (key, value) in ordered(named, []) {
                writer.key(key, 2)
                writer.value(value, 2, table)
            }
        }
        return writer.text
    }

    /// After a key: the rest of its line, and the lines below it.
    private mutating func value(_ value: JSONValue, _ indent: Int, _ table: [AttributeSchema]) {
        if let short = Self.short(value, Self.width - column, table) {
            text += " \(short)\n"
            return
        }
        switch value {
        case .string(let string) where YAMLScalar.canStandInLines(string):
            text += string.hasSuffix("\n") ? " |\n" : " |-\n"
            lines(string, indent + 2)
        case .object(let members) where !members.isEmpty:
            text += "\n"
            self.members(members, indent + 2, table, isAfterDash: false)
        case .array(let elements) where !elements.isEmpty:
            text += "\n"
            for element in elements { self.element(element, indent + 2, table) }
        default:
            text += " \(Self.inlined(value, table))\n"
        }
    }

    private mutating func element(_ value: JSONValue, _ indent: Int, _ table: [AttributeSchema]) {
        text += String(repeating: " ", count: indent) + "-"
        if case .object(let members) = value, !members.isEmpty,
            Self.short(value, Self.width - column, table) == nil
        {
            text += " "
            self.members(members, indent + 2, table, isAfterDash: true)
        } else {
            self.value(value, indent, table)
        }
    }

    /// - Parameter isAfterDash: the first member stands on the line that was begun.
    private mutating func members(
        _ members: [String: JSONValue], _ indent: Int, _ table: [AttributeSchema], isAfterDash: Bool
    ) {
        let inner = Self.tables(table, members)
        for (index, member) in Self.ordered(members, table.map(\.name)).enumerated() {
            key(member.key, isAfterDash && index == 0 ? 0 : indent, column: indent)
            value(member.value, indent, inner[member.key] ?? [])
        }
    }

    private mutating func key(_ key: String, _ indent: Int, column: Int? = nil) {
        let spelling = YAMLScalar.spelling(of: key)
        text += String(repeating: " ", count: indent)
        if spelling.utf8.count > Self.maximumKey {
            text += "? \(spelling)\n" + String(repeating: " ", count: column ?? indent) + ":"
        } else {
            text += "\(spelling):"
        }
    }

    private mutating func lines(_ string: String, _ indent: Int) {
        let body = string.hasSuffix("\n") ? string.dropLast() : string[...]
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
            text += line.isEmpty ? "\n" : String(repeating: " ", count: indent) + line + "\n"
        }
    }

    /// How much of the line is written.
    private var column: Int {
        text.utf8.reversed().prefix(Self.width).prefix { $0 != UInt8(ascii: "\n") }.count
    }

    /// A value on one line, if it fits.
    private static func short(_ value: JSONValue, _ width: Int, _ table: [AttributeSchema]) -> String? {
        if case .string(let string) = value, YAMLScalar.canStandInLines(string) { return nil }
        guard isShort(value, width) else { return nil }
        let line = inlined(value, table)
        return line.count <= width ? line : nil
    }

    /// Whether it is worth trying: bounds the work by the width.
    private static func isShort(_ value: JSONValue, _ width: Int) -> Bool {
        var left = width
        func take(_ value: JSONValue) -> Bool {
            left -= 1
            switch value {
            case .string(let string): left -= string.utf8.prefix(width + 1).count / 4
            case .array(let elements): for element in elements { guard left >= 0, take(element) else { return false } }
            case .object(let members):
                for (key, value) in members {
                    left -= key.utf8.prefix(width + 1).count / 4
                    guard key.utf8.count < maximumKey, left >= 0, take(value) else { return false }
                }
            case .null, .bool, .integer: break
            }
            return left >= 0
        }
        return take(value)
    }

    private static func inlined(_ value: JSONValue, _ table: [AttributeSchema]) -> String {
        switch value {
        case .null: return "null"
        case .bool(let bool): return String(bool)
        case .integer(let integer): return String(integer)
        case .string(let string): return YAMLScalar.spelling(of: string)
        case .array(let elements):
            return "[" + elements.map { inlined($0, table) }.joined(separator: ", ") + "]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let inner = tables(table, members)
            let parts = ordered(members, table.map(\.name)).map {
                "\(YAMLScalar.spelling(of: $0.key)): \(inlined($0.value, inner[$0.key] ?? []))"
            }
            return "{ \(parts.joined(separator: ", ")) }"
        }
    }

    /// The tables of the blocks in one.
    private static func tables(_ table: [AttributeSchema], _ members: [String: JSONValue]) -> [String:
        [AttributeSchema]]
    {
        var tables: [String: [AttributeSchema]] = [:]
        for attribute in table {
            tables[attribute.name] = attribute.inner
            guard case .settings = attribute.kind, case .string(let type)? = members["type"],
                let choice = table.first(where: { $0.name == "type" })?.choices.first(where: { $0.value == type }),
                case .attributes(let inner) = choice.settings
            else { continue }
            tables[attribute.name] = inner
        }
        return tables
    }

    /// Those that are known first, in their order; then the others by name.
    private static func ordered(
        _ members: [String: JSONValue], _ known: [String]
    ) -> [(key: String, value: JSONValue)] {
        let ranks = Dictionary(known.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        return members.sorted { a, b in
            (ranks[a.key] ?? known.count, a.key) < (ranks[b.key] ?? known.count, b.key)
        }.map { ($0.key, $0.value) }
    }
}

extension ConfigurationSource {
    /// As a YAML text, in the order of types and attributes of `docs/configuration.md`; reads back to the same resources.
    public var yaml: String { YAMLWriter.yaml(resources) }
}
