@testable import TailnetPolicy

/// A policy file made up from a seed: groups in every layout, and much that only looks like them.
struct RandomPolicy {
    struct Group {
        var name: String
        var logins: [String]
    }

    private(set) var groups: [Group] = []
    private(set) var text = ""
    private var random: SplitMix
    private let lineBreak: String
    private let indent: String

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        lineBreak = Bool.random(using: &random) ? "\n" : "\r\n"
        indent = ["  ", "\t", "", "    "][Int.random(in: 0..<4, using: &random)]
        let names = ["a", "b", "c", "prod", "P-1", "x.y", "é", "long-" + String(repeating: "n", count: 60)]
        groups = names.shuffled(using: &random).prefix(Int.random(in: 1...8, using: &random)).map { name in
            let count = [0, 0, 1, 2, 3, 5, 9][Int.random(in: 0..<7, using: &random)]
            return Group(name: "group:\(name)", logins: (0..<count).map { _ in Self.login(&random) })
        }
        text = write()
    }

    /// Changes of these groups, contradicting and idle ones among them.
    mutating func changes() -> [MembershipChange] {
        (0..<Int.random(in: 1...6, using: &random)).map { _ in
            let group = groups[Int.random(in: 0..<groups.count, using: &random)]
            let known = group.logins.randomElement(using: &random)
            let login = Bool.random(using: &random) ? known ?? "new@x" : Self.login(&random)
            return MembershipChange(Bool.random(using: &random) ? .add : .remove, login, in: group.name)
        }
    }

    /// The logins that the groups must have afterwards, found the slow way.
    func expected(after changes: [MembershipChange]) -> [[String]] {
        groups.map { group in
            var logins = group.logins
            for (index, change) in changes.enumerated() where change.group == group.name {
                let isLast = !changes[(index + 1)...].contains {
                    $0.group == group.name && $0.login.lowercased() == change.login.lowercased()
                }
                guard isLast else { continue }
                let isThere = logins.contains { $0.lowercased() == change.login.lowercased() }
                if change.kind == .remove { logins.removeAll { $0.lowercased() == change.login.lowercased() } }
                if change.kind == .add, !isThere { logins.append(change.login) }
            }
            return logins
        }
    }

    /// A number below `limit`, a byte, whatever the test needs beside.
    mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    private static func login(_ random: inout SplitMix) -> String {
        let name = ["ana", "ben", "cy", "di", "eve", "zoë", "o'neil", "f+g"][Int.random(in: 0..<8, using: &random)]
        let host = ["example.com", "github", "passkey", ""][Int.random(in: 0..<4, using: &random)]
        let login = "\(name)@\(host)"
        return Int.random(in: 0..<4, using: &random) == 0 ? login.uppercased() : login
    }

    private mutating func write() -> String {
        let lists = groups.shuffled(using: &random).map { group in
            literal(group.name) + space() + ":" + space() + list(of: group.logins)
        }
        let section = literal(["groups", "Groups", "GROUPS"][number(below: 3)])
        var members = decoys().shuffled(using: &random).prefix(number(below: 6)).map { $0 }
        members.insert(
            "\(section)\(space()):\(space()){" + joined(lists) + "}", at: number(below: members.count + 1))
        return space() + "{" + joined(members) + "}" + space()
    }

    /// Sections and comments in which a careless reader would find groups.
    private mutating func decoys() -> [String] {
        [
            "\"hosts\":\(space()){\"groups\": \"1.2.3.4\", \"group:a\": \"5.6.7.8\"}",
            "\"acls\": [{\"src\": [\"group:a\", \"group:prod\"], \"groups\": {\"group:a\": [\"ana@x\"]}},\(space())]",
            "\"tagOwners\": {\"tag:x\": [\"group:prod\",\(space())\"group:a\"]}",
            "\"x\": \"\\\"groups\\\": {\\\"group:a\\\": [\"",
            "/* \"groups\": {\"group:a\": [] */ \"y\": [[[{\"groups\": []}]]]",
            "\"nested\":\(space()){\"groups\": {\"group:a\": [\"ben@github\"], \"group:prod\": 1}}",
            "// \"groups\": {\"group:a\": [\(lineBreak)\"z\": -1.5e3",
        ]
    }

    private mutating func list(of logins: [String]) -> String {
        "[" + joined(logins.map { literal($0) }) + "]"
    }

    private mutating func joined(_ parts: [String]) -> String {
        guard !parts.isEmpty else { return space() }
        let onLines = Bool.random(using: &random)
        let text = parts.map { part in
            (onLines ? lineBreak + indent : space()) + part + (number(below: 4) == 0 ? space() : "")
        }.joined(separator: number(below: 5) == 0 ? "," + space() : ",")
        let comma = Bool.random(using: &random) ? "," : ""
        return text + comma + (onLines ? lineBreak : space())
    }

    /// A string, some of its characters escaped.
    private mutating func literal(_ text: String) -> String {
        guard number(below: 4) == 0 else { return "\"\(text)\"" }
        let escaped = text.utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
            let isPlain = unit < 0x80 && number(below: 3) > 0
            let plain = isPlain ? Unicode.Scalar(unit).map(String.init) : nil
            return plain ?? "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"\(escaped.joined())\""
    }

    private mutating func space() -> String {
        let comment = ["note", "é", "\"group:a\": [],", "ana@example.com", "/*", ""][number(below: 6)]
        switch number(below: 14) {
        case 0: return " // \(comment)\(lineBreak)\(indent)"
        case 1: return " /* \(comment) */ "
        case 2: return "\(lineBreak)\(indent)// \(comment)\(lineBreak)\(indent)"
        case 3: return "/*\(comment)\(lineBreak)*/"
        case 4: return lineBreak + lineBreak
        case 5: return "\(lineBreak)\(indent)"
        case 6, 7: return " "
        case 8: return "\t \n"
        default: return ""
        }
    }
}

/// The same numbers for the same seed everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
