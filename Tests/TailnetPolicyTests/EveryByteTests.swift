import Testing

@testable import TailnetPolicy

/// A flipped bit, a byte too many or too few, anywhere between the editor and the proof.
@Suite("P4 only our bytes change: every byte of the text is proven")
struct EveryByteTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var changes: [MembershipChange]
        /// What stands around the change afterwards; in it, white space may differ, for how a new line is begun is the
        /// editor's to choose.
        var seam: String

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "added to a line",
            text: "{\"groups\": { /* é */ \"group:prod\": [\"a@x\", \"b@x\" /* b */] }} // e\n",
            changes: [.add("n@x")], seam: ", \"n@x\"]"),
        Case(
            name: "added on a line of its own",
            text: "{ \"acls\": [1],\n\"groups\": {\n \"group:prod\": [\n  // a\n  \"a@x\", // A\n ],\n} }\n",
            changes: [.add("n@x")], seam: "\n  \"n@x\",\n ]"),
        Case(
            name: "added to an empty list", text: "{\"groups\": {\"group:prod\": [], \"group:q\": [\"a@x\"]}}",
            changes: [.add("n@x")], seam: "[\"n@x\"]"),
        Case(
            name: "the last one removed", text: "{\"groups\": {\"group:prod\": [\"a@x\"]}, \"tests\": [{}]}",
            changes: [.remove("a@x")], seam: "[]"),
        Case(
            name: "one of several removed",
            text: "{\"groups\": {\"group:prod\": [\n \"a@x\", // A\n // b\n \"b@x\", // B\n // c\n \"c@x\"\n]}}",
            changes: [.remove("b@x")], seam: "\n // c"),
        Case(
            name: "replaced", text: "{\"groups\": {\"group:prod\": [\"a@x\", \"A@x\", \"b@x\"]}}",
            changes: [.remove("a@x"), .add("n@x")], seam: "[\"b@x\", \"n@x\"]"),
        Case(
            name: "in two groups",
            text: "{\"groups\": {\"group:o\": [\"o@x\"],\"group:prod\": [\"a@x\",\"b@x\"],\"group:p\":[/*p*/]}}",
            changes: [.init(.remove, "b@x", in: "group:prod"), .init(.remove, "q@x", in: "group:o")],
            seam: "\"a@x\"]"),
    ]

    @Test("no byte can change without being noticed", arguments: cases)
    func everyByte(_ example: Case) throws {
        let edit = try Sabotage(example.text, example.changes)
        #expect(throws: Never.self) { try edit.prove(edit.edited) }
        let seam = try #require(Self.place(of: Array(example.seam.utf8), in: edit.edited))
        var unnoticed = 0
        func expectRefused(_ text: [UInt8], at position: Int, _ what: Comment) {
            guard text != edit.edited else { return }
            do throws(PolicyRefusal) {
                try edit.prove(text)
                unnoticed += 1
                let isSpaceOfSeam = Self.isSpaceDifference(text, edit.edited, in: seam)
                #expect(isSpaceOfSeam, "\(what) at \(position)")
            } catch {}
        }
        for position in edit.edited.indices {
            let flipped = (0..<8).map { edit.edited[position] ^ 1 << $0 }
            for byte in flipped + Self.bytes {
                var text = edit.edited
                text[position] = byte
                expectRefused(text, at: position, "\(byte) in place of \(edit.edited[position])")
                text = edit.edited
                text.insert(byte, at: position)
                expectRefused(text, at: position, "\(byte) inserted")
            }
            var text = edit.edited
            text.remove(at: position)
            expectRefused(text, at: position, "\(edit.edited[position]) removed")
            expectRefused(Array(edit.edited[..<position]), at: position, "all behind removed")
            expectRefused(Array(edit.edited[position...]), at: position, "all before removed")
            expectRefused(edit.edited[..<position] + edit.edited[position...] + [0x20], at: position, "a space behind")
        }
        // The white space of the seam is all that this test lets pass: it does see the proof pass something.
        #expect(unnoticed > 0)
    }

    /// What the language is made of, and what it forbids.
    private static let bytes = Array("\"\\/*,:[]{} \t\n\r@ax0-".utf8) + [0x00, 0x7F, 0x80, 0xA9, 0xC3, 0xFF]

    private static func place(of part: [UInt8], in text: [UInt8]) -> Range<Int>? {
        let starts = text.indices.filter { text[$0...].starts(with: part) }
        guard let start = starts.first, starts.count == 1 else { return nil }
        return start..<start + part.count
    }

    private static func isSpaceDifference(_ text: [UInt8], _ edited: [UInt8], in seam: Range<Int>) -> Bool {
        let behind = edited.count - seam.upperBound
        guard text.count - behind >= seam.lowerBound else { return false }
        func dense(_ part: ArraySlice<UInt8>) -> [UInt8] { part.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } }
        return text[..<seam.lowerBound] == edited[..<seam.lowerBound] && text.suffix(behind) == edited.suffix(behind)
            && dense(text[seam.lowerBound..<text.count - behind]) == dense(edited[seam])
    }
}
