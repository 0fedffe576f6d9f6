import TailnetPolicy
import Testing

@Suite("P4 only our bytes change: the policy file")
struct PolicyDraftTests {
    @Test("granting ana in the seed's example changes the list and no other byte, and ending restores the file")
    func seedExample() throws {
        let before = try Fixture.policy()
        let granted = try #require(try PolicyFile(before).draft(applying: [.add("ana@example.com")]))
        let expected = String(decoding: before, as: UTF8.self)
            .split(separator: #""group:prod": []"#, omittingEmptySubsequences: false)
        #expect(expected.count == 2)
        #expect(
            String(decoding: granted.text, as: UTF8.self)
                == expected[0] + #""group:prod": ["ana@example.com"]"# + expected[1])

        let ended = try #require(try PolicyFile(granted.text).draft(applying: [.remove("ana@example.com")]))
        #expect(ended.text == before)
    }

    @Test("a draft names the version it was computed from and the changes it makes")
    func draftContents() throws {
        let file = try PolicyFile("{\"groups\": {\"group:prod\": [\"ben@x\"]}}", etag: "\"abc\"")
        let changes: [MembershipChange] = [.add("ana@x"), .add("Ben@x"), .remove("cy@x")]
        let draft = try #require(try file.draft(applying: changes))
        #expect(draft.base.opaque == "abc")
        #expect(draft.changes == [.add("ana@x")])
    }

    @Test("comments stay with the member they speak of")
    func comments() throws {
        let file = try PolicyFile.withGroup(
            """
            [
                // until Friday
                "ana@x",
                "ben@x", // on call
                // asked for by ops
                "cy@x"
              ]
            """)
        #expect(
            try file.text(after: .remove("ana@x"), .add("di@x"))
                == """
                {
                  "groups": { "group:prod": [
                    "ben@x", // on call
                    // asked for by ops
                    "cy@x",
                    "di@x"
                  ] }, // end
                }

                """)
    }

    @Test(
        "who is there already, in whatever case, is not added; who is not there is not removed",
        arguments: [
            MembershipChange.add("ana@example.com"), .add("Ana@Example.COM"), .remove("ben@example.com"),
        ])
    func nothingToChange(_ change: MembershipChange) throws {
        let file = try PolicyFile.withGroup(#"["aNa@example.com"]"#)
        #expect(try file.draft(applying: [change]) == nil)
    }

    @Test("all spellings of a login are removed, escaped ones too, and the key is kept")
    func duplicates() throws {
        let file = try PolicyFile.withGroup(#"["ana@x", "ben@x", "ANA@X", "\u0061na\u0040x", "Ána@x"]"#)
        let text = try file.text(after: .remove("Ana@x"))
        #expect(text == #"{\#n  "groups": { "group:prod": ["ben@x", "Ána@x"] }, // end\#n}\#n"#)
        let emptied = try PolicyFile.withGroup(#"["ana@x", "ANA@x"]"#).text(after: .remove("ana@x"))
        #expect(emptied?.contains(#""group:prod": [] }"#) == true)
    }

    @Test(
        "logins are compared as Go folds them",
        arguments: [
            ("\u{212A}arl@x", "karl@x"), ("\u{17F}am@x", "SAM@x"), ("ÉVA@x", "éva@x"),
            ("no\u{3C2}@x", "NO\u{3A3}@x"), ("no\u{3C2}@x", "no\u{3C3}@x"), ("\u{B5}@x", "\u{3BC}@x"),
            ("stra\u{1E9E}e@x", "stra\u{DF}e@x"),
        ])
    func folding(spelt: String, asked: String) throws {
        let file = try PolicyFile.withGroup("[\"\(spelt)\"]")
        #expect(try file.contains(asked, in: "group:prod"))
        #expect(try file.text(after: .remove(asked)) != nil)
    }

    @Test(
        "and no further",
        arguments: [("\u{131}da@x", "Ida@x"), ("\u{130}da@x", "i\u{307}da@x"), ("e\u{301}va@x", "\u{E9}va@x")])
    func notFolded(spelt: String, asked: String) throws {
        let file = try PolicyFile.withGroup("[\"\(spelt)\"]")
        #expect(try !file.contains(asked, in: "group:prod"))
        #expect(try file.text(after: .remove(asked)) == nil)
    }

    @Test("the section is found whatever its case", arguments: ["groups", "Groups", "GROUPS"])
    func sectionCase(key: String) throws {
        let file = try PolicyFile.withGroup("[]", key: key)
        #expect(try file.text(after: .add("ana@x")) == "{\n  \"\(key)\": { \"group:prod\": [\"ana@x\"] }, // end\n}\n")
    }

    @Test("several changes of several groups are one draft, and of contradicting ones the last counts")
    func several() throws {
        let file = try PolicyFile(#"{"groups": {"group:a": ["x@x"], "group:b": [], "group:c": ["z@x"]}}"#)
        let draft = try #require(
            try file.draft(applying: [
                .init(.add, "y@x", in: "group:b"), .init(.remove, "x@x", in: "group:a"),
                .init(.add, "q@x", in: "group:c"), .init(.remove, "Q@x", in: "group:c"),
                .init(.remove, "z@x", in: "group:c"), .init(.add, "z@x", in: "group:c"),
                .init(.add, "w@x", in: "group:b"), .init(.add, "W@x", in: "group:b"),
            ]))
        #expect(
            String(decoding: draft.text, as: UTF8.self)
                == #"{"groups": {"group:a": [], "group:b": ["y@x", "W@x"], "group:c": ["z@x"]}}"#)
        #expect(draft.changes.map(\.login) == ["y@x", "x@x", "W@x"])
    }

    @Test("members are read as they are spelt")
    func members() throws {
        let file = try PolicyFile.withGroup(#"["Ana@x", /* c */ "\u0062en@x",]"#)
        #expect(try file.members(of: "group:prod") == ["Ana@x", "ben@x"])
        #expect(try PolicyFile.withGroup("[]").members(of: "group:prod") == [])
    }

    @Test(
        "versions have one pair of quotes",
        arguments: [
            ("\"abc\"", "abc"), ("abc", "abc"), ("\"\"abc\"\"", "abc"), ("W/\"abc\"", "abc"),
            (" \"ts-default\" ", "ts-default"),
        ])
    func etags(header: String, opaque: String) {
        #expect(ETag(header)?.opaque == opaque)
        #expect(ETag(header)?.headerValue == "\"\(opaque)\"")
    }

    @Test("what is no version is not taken for one", arguments: ["", "\"\"", "W/\"\"", "a b", "a\r\nb", "a\"b", "é"])
    func noETag(header: String) {
        #expect(ETag(header) == nil)
    }
}
