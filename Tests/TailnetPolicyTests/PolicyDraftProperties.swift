import HuJSON
import Testing

@testable import TailnetPolicy

@Suite("P4 only our bytes change: random policy files")
struct PolicyDraftProperties {
    @Test("the groups become what was asked for, and nothing else changes")
    func random() throws {
        for seed in UInt64(1)...2_000 {
            var policy = RandomPolicy(seed: seed)
            let changes = policy.changes()
            let context: Comment = "seed \(seed)"
            let file = try PolicyFile(policy.text)
            for group in policy.groups {
                #expect(try file.members(of: group.name) == group.logins, context)
            }

            let expected = policy.expected(after: changes)
            let draft: PolicyDraft?
            do {
                draft = try file.draft(applying: changes)
            } catch {
                Issue.record(error, context)
                continue
            }
            #expect((draft == nil) == (expected == policy.groups.map(\.logins)), context)
            let after = try PolicyFile(draft?.text ?? file.text)
            for (group, logins) in zip(policy.groups, expected) {
                #expect(try after.members(of: group.name) == logins, context)
            }
            #expect(try Self.outsideOfGroups(after) == Self.outsideOfGroups(file), context)
            #expect(try after.draft(applying: changes) == nil, context)
        }
    }

    @Test("so they do when many changes concern one group")
    func many() throws {
        for seed in UInt64(50_001)...50_300 {
            var policy = RandomPolicy(seed: seed)
            var changes: [MembershipChange] = []
            while changes.count < 80 { changes += policy.changes() }
            let file = try PolicyFile(policy.text)
            let expected = policy.expected(after: changes)
            let after = try PolicyFile(file.draft(applying: changes)?.text ?? file.text)
            for (group, logins) in zip(policy.groups, expected) {
                #expect(try after.members(of: group.name) == logins, "seed \(seed)")
            }
        }
    }

    @Test("what is added and taken out again leaves the file as it was")
    func restored() throws {
        for seed in UInt64(10_001)...11_000 {
            let policy = RandomPolicy(seed: seed)
            let file = try PolicyFile(policy.text)
            let names = policy.groups.map(\.name)
            let added = try #require(
                try file.draft(applying: names.map { .init(.add, "somebody@else.example", in: $0) }))
            let restored = try PolicyFile(added.text)
                .draft(applying: names.map { .init(.remove, "Somebody@Else.example", in: $0) })
            #expect(restored?.text == file.text, "seed \(seed)")
        }
    }

    @Test("a comment is lost only with the member it speaks of, and none is new")
    func comments() throws {
        for seed in UInt64(20_001)...21_000 {
            var policy = RandomPolicy(seed: seed)
            let changes = policy.changes()
            let file = try PolicyFile(policy.text)
            guard let draft = try file.draft(applying: changes) else { continue }
            let (before, after) = (Self.comments(in: file.text), Self.comments(in: draft.text))
            var rest = before[...]
            let isSubsequence = after.allSatisfy { comment in
                guard let place = rest.firstIndex(of: comment) else { return false }
                rest = rest[(place + 1)...]
                return true
            }
            #expect(isSubsequence, "seed \(seed)")
            if draft.changes.allSatisfy({ $0.kind == .add }) { #expect(before == after, "seed \(seed)") }
        }
    }

    @Test("a text spoilt after the edit is refused, or its groups and comments are the wanted ones all the same")
    func spoilt() throws {
        let bytes = Array("\"\\/*,:[]{} \n\r@a".utf8)
        for seed in UInt64(30_001)...31_000 {
            var policy = RandomPolicy(seed: seed)
            let changes = policy.changes()
            let sabotage = try Sabotage(policy.text, changes)
            for _ in 0..<5 {
                var text = sabotage.edited
                let position = policy.number(below: text.count)
                let byte = bytes[policy.number(below: bytes.count)]
                switch policy.number(below: 3) {
                case 0: text[position] = byte
                case 1: text.insert(byte, at: position)
                default: text.removeSubrange(position..<min(text.count, position + 1 + policy.number(below: 9)))
                }
                do throws(PolicyRefusal) {
                    try sabotage.prove(text)
                } catch {
                    continue
                }
                let spoilt = try PolicyFile(text)
                for (group, logins) in zip(policy.groups, policy.expected(after: changes)) {
                    #expect(try spoilt.members(of: group.name) == logins, "seed \(seed)")
                }
                #expect(try Self.outsideOfGroups(spoilt) == Self.outsideOfGroups(try PolicyFile(policy.text)))
                #expect(Self.comments(in: text) == Self.comments(in: sabotage.edited), "seed \(seed)")
            }
        }
    }

    @Test("the report finds every group, on its line")
    func reported() throws {
        for seed in UInt64(40_001)...40_500 {
            let policy = RandomPolicy(seed: seed)
            let report = try PolicyReport(of: PolicyText(Array(policy.text.utf8)))
            #expect(report.groups.allSatisfy { $0.refusal == nil }, "seed \(seed)")
            let counts = policy.groups.map { "\($0.name) \($0.logins.count)" }.sorted()
            #expect(report.groups.map { "\($0.name) \($0.memberCount ?? -1)" }.sorted() == counts, "seed \(seed)")
            // By bytes: to a `String`, a CRLF is no line feed.
            let lines = policy.text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
            #expect(
                report.groups.allSatisfy { group in
                    group.line.map { lines[$0 - 1].contains(UInt8(ascii: "\"")) } ?? false
                },
                "seed \(seed)")
        }
    }

    private static func outsideOfGroups(_ file: PolicyFile) throws -> [[UInt8]] {
        let groups = try PolicyGroups(text: file.text)
        let lists = groups.groups.map(\.value.range)
        let starts = [0] + lists.map(\.upperBound)
        let ends = lists.map(\.lowerBound) + [file.text.count]
        return zip(starts, ends).map { Array(file.text[$0..<$1]) }
    }

    private static func comments(in text: [UInt8]) -> [[UInt8]] {
        var reader = TokenReader(text)
        var comments: [[UInt8]] = []
        while let token = reader.next() {
            if token.kind == .comment { comments.append(Array(text[token.range])) }
        }
        return comments
    }
}
