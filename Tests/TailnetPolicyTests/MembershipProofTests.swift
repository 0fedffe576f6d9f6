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
            ("x@x", "X@x"),
            ("n@x\"", "n@x\", \"m@x\""), ("\"n@x\"", "\"n@x\" /* new */"), ("\"n@x\"", "\"n@x\", 1"), ("y@x", "q@x"),
            ("// Y", "// y"), ("]", ""), ("\"n@x\"", "\"N@x\""), ("\"n@x\"", "\"group:b\""),
            (", \"n@x\"", ""), ("\"acls\"", "\"groups\""),
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

    /// Adds n@x to group:a, lets `tamper` change the text, and moves the splice along as a broken editor would.
    private func check(_ tamper: (String) -> String) throws {
        let groups = try PolicyGroups(text: Array(Self.text.utf8))
        let plans = try MembershipPlan.plans(for: [.init(.add, "n@x", in: "group:a")], in: groups)
        let edited = try groups.document.edited(plans.map(\.edit))
        let tampered = Array(tamper(String(decoding: edited.bytes, as: UTF8.self)).utf8)
        let splice = try #require(edited.splices.first)
        // The splice ends as far from the end of the text as the list ended before.
        let end = max(splice.new.lowerBound, tampered.count - (groups.document.bytes.count - splice.old.upperBound))
        let moved = HuJSONEditedText(
            bytes: tampered, splices: [.init(old: splice.old, new: splice.new.lowerBound..<end)])
        try MembershipProof(old: groups, plans: plans).check(moved)
    }
}
