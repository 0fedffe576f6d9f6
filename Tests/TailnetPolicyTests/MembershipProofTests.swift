import Testing

@testable import HuJSON
@testable import TailnetPolicy

/// Each case hands the proof what a broken editor might have made of the file.
@Suite("P4 only our bytes change: the proof")
struct MembershipProofTests {
    private static let text = """
        {
          "groups": {
            "group:a": ["x@x" /* X */],
            "group:b": ["y@x", // Y
              "z@x"] // end
          }, "acls": []
        }

        """

    @Test("what the editor made is proven")
    func proven() throws {
        #expect(throws: Never.self) { try check { $0 } }
    }

    @Test(
        "what a broken editor might make is not",
        arguments: [
            ("", ""), ("\"acls\"", "\"Acls\""), ("// end", "// enD"), ("  \"groups\"", "\"groups\""),
            ("{\n", "// c\n{\n"),
            ("group:b", "group:c"), ("/* X */, ", ", /* X */ "), ("/* X */", ""), ("/* X */", "/* Y */"),
            ("x@x", "X@x"), ("x@x", "\\u0078@x"), ("n@x", "\\u006e@x"),
            ("n@x\"", "n@x\", \"m@x\""), ("\"n@x\"", "\"n@x\" /* new */"), ("\"n@x\"", "\"n@x\", 1"), ("y@x", "q@x"),
            ("// Y", "// y"), ("]", ""), ("\"n@x\"", "\"N@x\""), ("\"n@x\"", "\"group:b\""),
            (", \"n@x\"", ""), ("\"acls\"", "\"groups\""), ("\"n@x\"", "\"n@x\","), ("\"n@x\"", "\"n@x\", \"n@x\""),
            ("\"x@x\" /* X */, \"n@x\"", "\"n@x\", \"x@x\" /* X */"), ("\"n@x\"]", "\"n@x\"]]"),
            ("\"n@x\"]", "\"n@x\"], \"group:n\": []"), ("\"group:a\"", "\"group:n\": [], \"group:a\""),
        ])
    func unproven(part: String, replacement: String) throws {
        #expect(throws: PolicyRefusal.self) {
            try check { edited in
                guard !part.isEmpty else { return "" }
                #expect(edited.contains(part))
                return edited.replacing(part, with: replacement, maxReplacements: 1)
            }
        }
    }

    /// Adds n@x to group:a and lets `tamper` change the text.
    private func check(_ tamper: (String) -> String) throws {
        let edit = try Sabotage(Self.text, [.init(.add, "n@x", in: "group:a")])
        try edit.prove(Array(tamper(String(decoding: edit.edited, as: UTF8.self)).utf8))
    }
}

/// An edit, with a way in between the editor and the proof. Only what is `internal` is needed for that, so nothing outside
/// of the module can do it.
struct Sabotage {
    let edited: [UInt8]
    private let proof: MembershipProof

    init(_ text: String, _ changes: [MembershipChange]) throws {
        let groups = try PolicyGroups(text: Array(text.utf8))
        edited = try groups.document.edited(MembershipPlan(for: changes, in: groups).edits).bytes
        proof = MembershipProof(old: groups, changes: changes)
    }

    func prove(_ text: [UInt8]) throws(PolicyRefusal) { try proof.check(text) }
}
