import HuJSON

/// A policy file, or a list of tests, with its sections at hand. The service matches names whatever their case.
struct TailnetPolicyText: Sendable {
    /// An object in a list, such as a rule.
    struct Entry: Sendable {
        let value: HuJSONValue
        /// By name in lower case; of two with the same name the last, as Go reads it.
        let members: [String: HuJSONValue]

        subscript(name: String) -> HuJSONValue? { members[name] }
    }

    let document: HuJSONDocument

    /// Nil if the text is not HuJSON.
    init?(_ text: [UInt8]) {
        guard let document = try? HuJSONDocument(text) else { return nil }
        self.document = document
    }

    init(_ document: HuJSONDocument) { self.document = document }

    /// The members of a section that is an object.
    func section(_ name: String) -> [(name: String, value: HuJSONValue)] {
        sections(name).flatMap { members(of: $0) }
    }

    /// A section; of two with the same name the last.
    func sectionValue(_ name: String) -> HuJSONValue? { sections(name).last }

    /// The entries of a section that is a list.
    func entries(_ name: String) -> [Entry] { sections(name).flatMap { entries(of: $0) } }

    func entries(of list: HuJSONValue) -> [Entry] {
        document.elements(of: list).map { value in
            Entry(
                value: value,
                members: Dictionary(
                    members(of: value).map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
            )
        }
    }

    func members(of object: HuJSONValue) -> [(name: String, value: HuJSONValue)] {
        document.members(of: object).map { (document.name(of: $0), $0.value) }
    }

    /// The strings of a list; none of anything else.
    func strings(_ list: HuJSONValue?) -> [String] {
        list.map { document.elements(of: $0).compactMap(document.string) } ?? []
    }

    func string(_ value: HuJSONValue?) -> String? { value.flatMap(document.string) }

    /// The line on which a value begins, counted from 1.
    func line(of value: HuJSONValue) -> Int {
        document.bytes[..<value.range.lowerBound].count { $0 == UInt8(ascii: "\n") } + 1
    }

    /// Whom and what the rules speak of.
    var namesInRules: [String] {
        let inACLs = entries("acls").flatMap { rule in
            strings(rule["src"]) + strings(rule["users"])
                + (strings(rule["dst"]) + strings(rule["ports"])).map(\.withoutPorts)
        }
        let others = ["grants", "ssh", "nodeAttrs"].flatMap(entries).flatMap { rule in
            ["src", "dst", "target"].flatMap { strings(rule[$0]) }
        }
        return inACLs + others
    }

    /// The text as JSON: without comments, white space and trailing commas.
    static func withoutComments(_ text: [UInt8]) -> [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(text.count)
        var position = 0
        var isInString = false
        while position < text.count {
            let byte = text[position]
            if isInString {
                json.append(byte)
                if byte == UInt8(ascii: "\\"), position + 1 < text.count {
                    position += 1
                    json.append(text[position])
                }
                isInString = byte != UInt8(ascii: "\"")
            } else if byte == UInt8(ascii: "/") {
                position = endOfComment(in: text, from: position)
                continue
            } else if !byte.isWhiteSpace {
                if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}"), json.last == UInt8(ascii: ",") {
                    json.removeLast()
                }
                json.append(byte)
                isInString = byte == UInt8(ascii: "\"")
            }
            position += 1
        }
        return json
    }

    private static func endOfComment(in text: [UInt8], from start: Int) -> Int {
        let isLine = text[start...].dropFirst().first == UInt8(ascii: "/")
        var position = start + 2
        while position < text.count {
            if isLine, text[position] == UInt8(ascii: "\n") { return position }
            if !isLine, text[position] == UInt8(ascii: "/"), text[position - 1] == UInt8(ascii: "*"),
                position > start + 2
            {
                return position + 1
            }
            position += 1
        }
        return text.count
    }

    private func sections(_ name: String) -> [HuJSONValue] {
        members(of: document.root).filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}

extension UInt8 {
    fileprivate var isWhiteSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
