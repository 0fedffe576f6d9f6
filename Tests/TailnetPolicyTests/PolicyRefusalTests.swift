import TailnetPolicy
import Testing

@Suite("P9 a file that cannot be edited safely is left alone")
struct PolicyRefusalTests {
    @Test(arguments: [
        ("", PolicyRefusal.notHuJSON(line: 1, column: 1, reason: "the text ends where a value is expected")),
        ("{\n  \"groups\": {]", .notHuJSON(line: 2, column: 14, reason: "a name in double quotes is expected here")),
        ("[]", .notAnObject), ("{}", .groupsMissing), (#"{"groups": []}"#, .groupsNotAnObject),
        (#"{"groups": {"group:prod": []}, "Groups": {}}"#, .duplicateGroupsSection),
        (#"{"groups": {"group:prod": []}, "group\u0073": {}}"#, .duplicateGroupsSection),
        ("{\"groups\": {\"group:prod\": []}, \"group\u{17F}\": {}}", .duplicateGroupsSection),
        // Go's second JSON reader, told to ignore case, ignores these as well.
        (#"{"groups": {"group:prod": []}, "gro-ups_": {}}"#, .duplicateGroupsSection),
        (#"{"_groups": {"group:prod": []}}"#, .groupsSpeltOtherwise),
        ("\u{FEFF}{}", .notHuJSON(line: 1, column: 1, reason: "it begins with a byte order mark")),
        (#"{"groups": {"group:prod": [], "group:\u0070rod": []}}"#, .duplicateGroup("group:prod")),
        ("{\"groups\": {\"group:prod\": [], \"\u{17F}\": 0, \"group:p\u{72}od\": []}}", .duplicateGroup("group:prod")),
        (#"{"groups": {"group:other": []}}"#, .groupMissing("group:prod")),
        (#"{"groups": {"group:PROD": []}}"#, .groupSpeltOtherwise("group:prod", inFile: "group:PROD")),
        (#"{"groups": {"group:prod": [], "group:prod": []}}"#, .duplicateGroup("group:prod")),
        (#"{"groups": {"group:prod": [], "Group:Prod": []}}"#, .duplicateGroup("group:prod")),
        (#"{"groups": {"group:prod": {}}}"#, .groupNotAList("group:prod")),
        (#"{"groups": {"group:prod": "ana@x"}}"#, .groupNotAList("group:prod")),
        (#"{"groups": {"group:prod": ["ana@x", 7]}}"#, .memberNotAString("group:prod")),
        (#"{"groups": {"group:prod": ["ana@x", ["b@x"]]}}"#, .memberNotAString("group:prod")),
        (#"{"groups": {"group:prod": ["Group:other"]}}"#, .nestedGroup("group:prod")),
    ])
    func refused(_ text: String, because refusal: PolicyRefusal) throws {
        let file = try PolicyFile(text)
        #expect(throws: refusal) { try file.draft(applying: [.add("ana@x")]) }
        #expect(throws: refusal) { try file.draft(applying: [.remove("ana@x")]) }
        #expect(throws: refusal) { try file.members(of: "group:prod") }
    }

    @Test(
        "groups that cannot be in the file",
        arguments: [
            ("group:eng@example.com", PolicyRefusal.syncedGroup("group:eng@example.com")),
            ("prod", .notAGroupName("prod")), ("group:", .notAGroupName("group:")),
            ("autogroup:admin", .notAGroupName("autogroup:admin")),
        ])
    func badGroup(_ group: String, because refusal: PolicyRefusal) throws {
        let file = try PolicyFile(#"{"groups": {"group:eng@example.com": [], "autogroup:admin": [], "prod": []}}"#)
        #expect(throws: refusal) { try file.draft(applying: [.init(.add, "ana@x", in: group)]) }
        #expect(refusal.group == group)
    }

    @Test(
        "only the login of one person is added",
        arguments: [
            "", "ana", "@x", "user:*@x", "*@x", "group:a@x", "tag:prod", "autogroup:member", "a b@x", "a@b@c", "a@x\n",
            "a\"@x",
            "a@x,b@x", "a\u{A0}@x",
        ])
    func badLogin(_ login: String) throws {
        let file = try PolicyFile.withGroup("[]")
        #expect(throws: PolicyRefusal.notALogin(group: "group:prod")) { try file.draft(applying: [.add(login)]) }
    }

    @Test("one bad group refuses the whole draft and is named")
    func oneOfSeveral() throws {
        let file = try PolicyFile(#"{"groups": {"group:a": [], "group:b": [1]}}"#)
        #expect(throws: PolicyRefusal.memberNotAString("group:b")) {
            try file.draft(applying: [.init(.add, "ana@x", in: "group:a"), .init(.add, "ana@x", in: "group:b")])
        }
    }

    @Test("what is not in the way does not matter")
    func elsewhere() throws {
        let file = try PolicyFile(
            #"{"acls": 1, "acls": [2,], "groups": {"group:x": 3, "group:y": [], "group:y": {}, "group:prod": []}}"#)
        #expect(
            try file.text(after: .add("ana@x"))
                == #"{"acls": 1, "acls": [2,], "groups": {"group:x": 3, "group:y": [], "group:y": {}, "group:prod": ["ana@x"]}}"#
        )
    }

    @Test("text that is not UTF-8")
    func notUTF8() throws {
        let text =
            Array("{\"a\": \"é\",\n\"b\": \"".utf8) + [0xFF] + Array("\", \"groups\": {\"group:prod\": []}}".utf8)
        let refusal = PolicyRefusal.notUTF8(line: 2, column: 7)
        #expect(throws: refusal) { try PolicyFile(text).draft(applying: [.add("ana@x")]) }
    }

    @Test("a file of another kind is said to be that, not to have a wrong first letter")
    func otherKind() throws {
        let utf16: [UInt8] = [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]
        #expect(throws: PolicyRefusal.notUTF8(line: 1, column: 1)) {
            try PolicyFile(utf16).members(of: "group:prod")
        }
    }

    @Test("a file over 8 MB, and one that would become so")
    func tooLarge() throws {
        let frame = (#"{"groups": {"group:prod": []}}"#, "\n")
        func padded(to size: Int) -> [UInt8] {
            Array(frame.0.utf8) + [UInt8](repeating: 0x20, count: size - frame.0.utf8.count)
        }
        #expect(throws: PolicyRefusal.tooLarge(bytes: PolicyFile.sizeLimit + 1)) {
            try PolicyFile(padded(to: PolicyFile.sizeLimit + 1)).members(of: "group:prod")
        }
        #expect(throws: PolicyRefusal.tooLarge(bytes: PolicyFile.sizeLimit + 7)) {
            try PolicyFile(padded(to: PolicyFile.sizeLimit)).draft(applying: [.add("ana@x")])
        }
        #expect(throws: Never.self) { try PolicyFile(padded(to: PolicyFile.sizeLimit)).members(of: "group:prod") }
    }

    @Test("P10 the sentences hold no text of the file")
    func sentences() throws {
        let file = try PolicyFile(#"{"groups": {"group:prod": ["secret-person@example.com", "group:secret"]} }"#)
        let refusal = #expect(throws: PolicyRefusal.self) { try file.draft(applying: [.add("ana@example.com")]) }
        let sentence = try #require(refusal?.description)
        #expect(!sentence.contains("secret"))
        #expect(sentence.contains("group:prod"))
    }
}
