import Testing

@testable import Sandbox

@Suite("The diff that the demo shows")
struct LineDiffTests {
    @Test("a changed line with its neighbours, the old one first")
    func change() {
        let lines = LineDiff(from: "a\nb\nc\nd\ne", to: "a\nb\nX\nd\ne").lines
        #expect(lines == [.kept("b"), .removed("c"), .added("X"), .kept("d")])
    }

    @Test("lines at the ends")
    func ends() {
        #expect(LineDiff(from: "a\nb", to: "b").lines == [.removed("a"), .kept("b")])
        #expect(LineDiff(from: "a", to: "a\nb").lines == [.kept("a"), .added("b")])
    }

    @Test("equal texts have none")
    func equal() {
        #expect(LineDiff(from: "a\nb", to: "a\nb").lines.isEmpty)
    }

    /// Applying the changes to the old text gives the new one: nothing is left out, nothing made up.
    @Test("is complete", arguments: 0..<50)
    func complete(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func random(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        let old = (0..<random(8) + 1).map { _ in "line \(random(4))" }
        let new = (0..<random(8) + 1).map { _ in "line \(random(4))" }
        let lines = LineDiff(from: old.joined(separator: "\n"), to: new.joined(separator: "\n")).lines
        var added: [String] = []
        var removed: [String] = []
        for line in lines {
            switch line {
            case .added(let text): added.append(text)
            case .removed(let text): removed.append(text)
            case .kept: break
            }
        }
        #expect((old + added).sorted() == (new + removed).sorted(), "seed \(seed)")
    }
}
