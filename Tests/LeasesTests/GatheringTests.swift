import Leases
import SymMessages
import Testing

@Suite("What arrives within 50 ms after a write goes into the next one")
struct GatheringTests {
    private static let people = ["ben", "cy", "dan", "eve"]

    /// A grant has just been written, at 0.
    private func written() -> Bench {
        var bench = Bench(gathersFor: 50)
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        return bench
    }

    @Test("The first goes at once; those that come in the next 50 ms go together at the end of them")
    func together() {
        var bench = written()
        #expect(bench.writes.count == 1)
        for (number, name) in Self.people.enumerated() {
            bench.order(.grant(terms(number + 2, login: "\(name)@example.com")))
            bench.pass(milliseconds: 10)
        }
        #expect(bench.writes.count == 1)
        bench.pass(milliseconds: 9)
        #expect(bench.writes.count == 1)
        bench.pass(milliseconds: 1)
        #expect(bench.writes.count == 2 && bench.members.count == 5)
        for number in 2...5 { #expect(bench.outcomes(of: number).last?.confirmed != nil) }
    }

    @Test("What comes later goes at once")
    func later() {
        var bench = written()
        bench.pass(milliseconds: 50)
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.settle()
        #expect(bench.writes.count == 2)
    }

    @Test("P2 an end waits for nothing, and what has gathered comes soon after it")
    func ends() {
        var bench = written()
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.pass(milliseconds: 20)
        #expect(bench.writes.count == 1)
        bench.order(.end(terms(1, seconds: 60)))
        bench.settle()
        #expect(bench.members.isEmpty && bench.writes.count == 2)
        bench.pass(milliseconds: 50)
        #expect(bench.members == ["ben@example.com"] && bench.writes.count == 3)
    }

    @Test("A clock that is set back by a little makes nobody wait for longer")
    func clock() {
        var bench = written()
        bench.now = at(-3_000)
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.settle()
        #expect(bench.members.count == 2)
    }
}
