import HuJSON
import TailnetPolicy
import Testing

@Suite("P4 only our bytes change: random policy files")
struct PolicyDraftProperties {
    @Test("the groups become what was asked for, and nothing else changes")
    func random() throws {
        for seed in UInt64(1)...2_000 {
            var random = SplitMix(state: seed)
            let groups = (0..<Int.random(in: 1...4, using: &random)).map { index in
                (
                    name: "group:g\(index)",
                    logins: (0..<Int.random(in: 0...4, using: &random)).map { _ in Self.login(&random) }
                )
            }
            let file = try PolicyFile(Self.write(groups, &random))
            let changes = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                MembershipChange(
                    Bool.random(using: &random) ? .add : .remove, Self.login(&random),
                    in: "group:g\(Int.random(in: 0..<groups.count, using: &random))")
            }
            let context: Comment = "seed \(seed)"

            var expected = groups.map(\.logins)
            for change in Self.lastOfEach(changes) {
                let index = Int(change.group.dropFirst(7)) ?? 0
                let login = change.login.lowercased()
                let isThere = groups[index].logins.contains { $0.lowercased() == login }
                if change.kind == .remove { expected[index].removeAll { $0.lowercased() == login } }
                if change.kind == .add, !isThere { expected[index].append(change.login) }
            }

            let draft = try file.draft(applying: changes)
            #expect((draft == nil) == (expected == groups.map(\.logins)), context)
            let after = try PolicyFile(draft?.text ?? file.text)
            for (group, logins) in zip(groups, expected) {
                #expect(try after.members(of: group.name) == logins, context)
            }
            #expect(try Self.outsideOfGroups(after) == Self.outsideOfGroups(file), context)
        }
    }

    private static func lastOfEach(_ changes: [MembershipChange]) -> [MembershipChange] {
        changes.enumerated().filter { index, change in
            !changes[(index + 1)...].contains {
                $0.group == change.group && $0.login.lowercased() == change.login.lowercased()
            }
        }.map(\.element)
    }

    private static func login(_ random: inout SplitMix) -> String {
        let name = ["ana", "ben", "cy", "di", "eve"][Int.random(in: 0...4, using: &random)]
        return (Int.random(in: 0...3, using: &random) == 0 ? name.uppercased() : name) + "@example.com"
    }

    private static func write(_ groups: [(name: String, logins: [String])], _ random: inout SplitMix) -> String {
        let spaces = ["", " ", "\n  ", "\n\t", " // note\n ", " /* é */ ", "\r\n"]
        func space() -> String { spaces[Int.random(in: 0..<spaces.count, using: &random)] }
        let lists = groups.map { group in
            let logins = group.logins.map { "\"\($0)\"" + space() }
            let comma = !logins.isEmpty && Bool.random(using: &random) ? "," + space() : ""
            return "\"\(group.name)\":" + space() + "[" + space() + logins.joined(separator: "," + space()) + comma
                + "]"
        }
        return space() + "{" + space() + "\"Groups\"" + space() + ": {" + lists.joined(separator: "," + space()) + "},"
            + space() + "\"acls\": [1, \"[]\"," + space() + "]" + space() + "}" + space()
    }

    private static func outsideOfGroups(_ file: PolicyFile) throws -> [[UInt8]] {
        let document = try HuJSONDocument(file.text)
        let lists = document.members(of: document.members(of: document.root)[0].value).map(\.value.range)
        let starts = [0] + lists.map(\.upperBound)
        let ends = lists.map(\.lowerBound) + [file.text.count]
        return zip(starts, ends).map { Array(file.text[$0..<$1]) }
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
