import Leases
import SymMessages
import Testing

@Suite("Extensions: ended early, taken out by others, delivered twice")
struct ExtensionEndTests {
    @Test("P8 an end ends the lease and what extends it, before or after the first has run out, and is done only then")
    func revoked() {
        for seconds in [Int64(10), 100] {
            var bench = Bench.started()
            bench.extend()
            bench.pass(milliseconds: seconds * 1_000)
            bench.restart()
            bench.settle()
            bench.holds = { Bench.isAppend(of: 2, $0) }
            bench.order(.end(round(1)))
            bench.pass(milliseconds: 1_000)
            #expect(bench.commits.last == 2)
            bench.holds = { _ in false }
            bench.settle()
            #expect(bench.members.isEmpty && bench.commits.last == 3)
            #expect(bench.outcomes(ofRound: 2).last?.ended?.reason == .revoked)
            #expect(bench.outcomes(of: 1).last?.ended?.reason == (seconds == 10 ? .revoked : .expired))
        }
    }

    @Test("P8 an end that comes while the extension is on its way to the ledger ends it too")
    func revokedOnItsWay() {
        var bench = Bench.started()
        bench.order(.grant(terms(9)))
        bench.holds = { Bench.isAppend(of: 2, $0) }
        bench.extend()
        bench.order(.end(round(1)))
        bench.pass(milliseconds: 5_000)
        #expect(bench.outcomes(of: 1).last?.ended?.reason == .revoked && bench.commits.last == 2)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.outcomes(ofRound: 2).map(\.ended?.reason) == [.revoked] && bench.commits.last == 4)
        // Another lease of hers goes on.
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("P8 an end that overtakes the confirmation, and one while the extension waits, leave nobody in")
    func revokedEarly() {
        var unread = Bench.started()
        unread.holds = { if case .read = $0 { true } else { false } }
        unread.extend()
        unread.pass(milliseconds: 55_000)
        unread.order(.end(round(2, seconds: 100)))
        unread.holds = { _ in false }
        unread.pass(milliseconds: 2_000)
        #expect(unread.members.isEmpty)
        #expect(unread.outcomes(ofRound: 2).map(\.ended?.reason) == [.revoked])

        var waiting = Bench()
        waiting.holds = { if case .write = $0 { true } else { false } }
        waiting.order(.grant(round(1)))
        waiting.extend()
        waiting.settle()
        waiting.order(.end(round(1)))
        waiting.holds = { _ in false }
        waiting.pass(milliseconds: 5_000)
        #expect(waiting.members.isEmpty && waiting.commits.last == 3)
        #expect(waiting.outcomes(ofRound: 2).map(\.ended?.membership) == [.neverAdded])
    }

    @Test("P3 the end of an extension alone leaves the other its time; one that came before the extension ends it")
    func endOfExtensionAlone() {
        var bench = Bench.started()
        bench.extend()
        bench.settle()
        bench.order(.end(round(2, seconds: 100)))
        bench.pass(milliseconds: 49_999)
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.outcomes(ofRound: 2).last?.ended?.membership == .leased)
        bench.pass(milliseconds: 1)
        #expect(bench.members.isEmpty)

        var early = Bench.started()
        early.order(.end(round(2, seconds: 100)))
        early.extend()
        early.pass(milliseconds: 50_000)
        #expect(early.members.isEmpty && early.commits.last == 3)
        #expect(early.outcomes(ofRound: 2).allSatisfy { $0.ended?.membership == .neverAdded })
    }

    @Test("P3 a member that somebody removed is not put back for an extension, confirmed or not")
    func takenOut() {
        for isConfirmed in [true, false] {
            var bench = Bench.started()
            if !isConfirmed { bench.holds = { if case .read = $0 { true } else { false } } }
            bench.extend()
            bench.settle()
            bench.documents["example.com"] = .init(version: "theirs", groups: [group("prod"): []])
            bench.holds = { _ in false }
            bench.order(.grant(terms(9, login: "ben@example.com")))
            bench.pass(milliseconds: 2_000)
            #expect(bench.outcomes(of: 1).last?.ended?.reason == .gone)
            let last = bench.outcomes(ofRound: 2).last
            #expect(isConfirmed ? last?.ended?.reason == .gone : last?.failed != nil, "\(String(describing: last))")
            bench.pass(milliseconds: 200_000)
            #expect(bench.members == ["ben@example.com"])
        }
    }

    @Test("P8 delivered twice, or again after a restart at whatever step, it is one lease with one end")
    func restarts() {
        let orders: [Order] = [.grant(round(1)), .extend(round(2, seconds: 100), extends: round(1).leaseID)]
        for cut in 0..<40 {
            var bench = Bench.started()
            let steps = Steps(limit: cut)
            bench.holds = { _ in !steps.isLeft }
            bench.extend()
            bench.settle()
            bench.holds = { _ in false }
            bench.restart(orders: Array(orders.dropFirst(Int(bench.commits.last ?? 0))))
            bench.pass(milliseconds: 5_000)
            bench.extend()
            bench.pass(milliseconds: 144_999)
            let outcomes = bench.outcomes(ofRound: 2)
            #expect(bench.members == ["ana@example.com"] && bench.writes.count == 1, "cut after \(cut)")
            #expect(Set(outcomes.map(\.id)) == ["\(round(2).leaseID).confirmed"], "cut after \(cut)")
            #expect(outcomes.allSatisfy { $0.confirmed?.endsAt == at(160_000) }, "cut after \(cut)")
            bench.pass(milliseconds: 1)
            #expect(bench.members.isEmpty, "cut after \(cut)")
        }
    }

    @Test("P8 a restart at whatever step while it waits changes nothing either")
    func restartsWhileWaiting() throws {
        let orders: [Order] = [.grant(round(1)), .extend(round(2, seconds: 100), extends: round(1).leaseID)]
        for cut in 0..<40 {
            var bench = Bench()
            let steps = Steps(limit: cut)
            bench.holds = { _ in !steps.isLeft }
            for order in orders { bench.order(order) }
            bench.settle()
            bench.holds = { _ in false }
            bench.restart(orders: Array(orders.dropFirst(Int(bench.commits.last ?? 0))))
            bench.pass(milliseconds: 10_000)
            let first = try #require(bench.outcomes(of: 1).last?.confirmed, "cut after \(cut)")
            let second = try #require(bench.outcomes(ofRound: 2).last?.confirmed, "cut after \(cut)")
            #expect(second.endsAt == first.endsAt + Seconds(100), "cut after \(cut)")
            bench.pass(milliseconds: second.endsAt.milliseconds(since: bench.now))
            #expect(bench.members.isEmpty && bench.writes.count == 2, "cut after \(cut)")
        }
    }
}

/// So many effects are carried out, and no more.
private final class Steps {
    private var left: Int

    init(limit: Int) { left = limit }

    /// Counts one.
    var isLeft: Bool {
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
