import Leases
import SymMessages
import Testing

@Suite("P3 An end waits until all is read that stood in the topics when it was due, and for 1 s at most")
struct CatchUpTests {
    private static func isCatchUp(_ effect: Service.Effect) -> Bool {
        if case .catchUp = effect { true } else { false }
    }

    /// A minute from 0; what asks for the topics' ends is held back from 59 s on.
    private func almostOver() -> Bench {
        var bench = Bench()
        bench.order(.grant(round(1)))
        bench.pass(milliseconds: 59_000)
        bench.holds = Self.isCatchUp
        return bench
    }

    @Test("P3 an extension that stood there in time opens no gap, though it is read after the end")
    func extensionReadLate() {
        var bench = almostOver()
        bench.pass(milliseconds: 1_400)
        #expect(bench.members == ["ana@example.com"])
        bench.extend()
        bench.holds = { _ in false }
        bench.pass(milliseconds: 5_000)
        #expect(bench.writes.count == 1 && bench.members == ["ana@example.com"])
        #expect(bench.outcomes(ofRound: 2).map(\.confirmed?.endsAt) == [at(160_000)])
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .leased)
    }

    @Test("P2 it ends a second later if Kafka does not say, and not a moment later than that")
    func silence() {
        var bench = almostOver()
        bench.pass(milliseconds: 1_999)
        #expect(bench.members == ["ana@example.com"])
        bench.pass(milliseconds: 1)
        #expect(bench.members.isEmpty)
    }

    @Test("P2 it ends at once when Kafka has said, and no question is asked for what is not over")
    func answered() {
        var bench = almostOver()
        bench.holds = { _ in false }
        bench.pass(milliseconds: 999)
        #expect(bench.members == ["ana@example.com"])
        bench.pass(milliseconds: 1)
        #expect(bench.members.isEmpty)
    }

    @Test("P2 while Kafka says nothing, only the first end waits; once it does, ends wait for it again")
    func onlyTheFirst() {
        var bench = Bench()
        for (number, name) in ["ana", "ben", "cy", "dan"].enumerated() {
            let login = "\(name)@example.com"
            bench.order(.grant(terms(number + 1, login: login, seconds: Int64(60 + 10 * number))))
        }
        bench.pass(milliseconds: 59_000)
        bench.readsInputs = false
        bench.pass(milliseconds: 1_500)
        #expect(bench.members.count == 4)
        bench.pass(milliseconds: 500)
        #expect(bench.members.count == 3)
        bench.pass(milliseconds: 9_000)
        #expect(bench.now == at(70_000) && bench.members.count == 2)
        bench.readsInputs = true
        bench.pass(milliseconds: 5_000)
        bench.holds = Self.isCatchUp
        bench.pass(milliseconds: 5_500)
        #expect(bench.members.count == 2)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.members == ["dan@example.com"])
    }

    @Test("P3 what is over when a process starts waits until its orders are read")
    func atStart() {
        var bench = Bench()
        bench.order(.grant(round(1)))
        bench.pass(milliseconds: 59_000)
        bench.holds = Self.isCatchUp
        bench.now = at(61_000)
        bench.restart()
        bench.pass(milliseconds: 500)
        #expect(bench.members == ["ana@example.com"])
        bench.extend()
        bench.holds = { _ in false }
        bench.pass(milliseconds: 3_000)
        #expect(bench.members == ["ana@example.com"] && bench.writes.count == 1)
        #expect(bench.outcomes(ofRound: 2).map(\.confirmed?.endsAt) == [at(160_000)])
    }

    @Test("P6 a login that another owner took out in time is not taken for removed by somebody meanwhile")
    func takenOutByAnother() {
        var bench = almostOver()
        bench.holds = { Self.isCatchUp($0) || { if case .read = $0 { true } else { false } }($0) }
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.pass(milliseconds: 1_000)
        bench.documents["example.com"] = .init(version: "the other owner's", groups: [group("prod"): []])
        bench.holds = Self.isCatchUp
        bench.settle()
        bench.holds = { _ in false }
        bench.pass(milliseconds: 3_000)
        #expect(bench.outcomes(of: 1).last?.ended?.reason == .expired)
    }

    @Test("An answer to a question of before a take-over says nothing")
    func stale() throws {
        var bench = almostOver()
        bench.pass(milliseconds: 1_000)
        let asked = try #require(bench.effects.last { Self.isCatchUp($0) })
        bench.restart()
        bench.settle()
        guard case .catchUp(let tailnet, _, let ticket) = asked else { return }
        bench.give(.caughtUp(tailnet, ticket, isRead: true))
        bench.pass(milliseconds: 500)
        #expect(bench.members == ["ana@example.com"])
    }
}
