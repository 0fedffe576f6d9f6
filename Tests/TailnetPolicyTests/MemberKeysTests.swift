import TailnetPolicy
import Testing

@Suite("P3 the keys of a group's members: whatever the case they are written in, and however")
struct MemberKeysTests {
    @Test("Plain, escaped and beyond ASCII")
    func spellings() throws {
        // The second has an escape, the third begins with a Kelvin sign, the fourth is there twice.
        let file = try PolicyFile.withGroup(
            #"["Ana@Example.com", "b\u0045n@example.com", "\#u{212A}im@example.com", "zoe@x.y", /* */ "ZOE@X.Y", "[@`{"]"#
        )
        let keys: Set = ["ana@example.com", "ben@example.com", "kim@example.com", "zoe@x.y", "[@`{"]
        #expect(try file.memberKeys(of: "group:prod") == keys)
        #expect(try PolicyFile.withGroup("[]").memberKeys(of: "group:prod").isEmpty)
    }

    @Test("A group that cannot be edited has none", arguments: [#"["a@x.y", 1]"#, #"["a@x.y", "Group:x"]"#, "1"])
    func refused(list: String) throws {
        let file = try PolicyFile.withGroup(list)
        #expect(throws: PolicyRefusal.self) { try file.memberKeys(of: "group:prod") }
    }
}
