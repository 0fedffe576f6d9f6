import Leases
import SymMessages
import Testing

@Suite("A grant is looked at before anything is sent for it")
struct CheckTests {
    private static func holdsChecks(_ effect: Service.Effect) -> Bool {
        if case .check = effect { true } else { false }
    }

    @Test("P8 P9 a grant that is refused fails with that reason, and nothing was written for it")
    func refused() {
        var bench = Bench()
        bench.refuses = { $0.login.rawValue == "ana@example.com" ? "she is not here" : nil }
        bench.order(.grant(terms(1)))
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.settle()
        #expect(bench.outcomes(of: 1).map(\.failed?.reason) == ["she is not here"])
        #expect(bench.members == ["ben@example.com"])
        #expect(bench.ledger.filter { $0.terms.leaseID == leaseID(1) }.allSatisfy { $0.attempt == nil })
        #expect(bench.commits.last == 2)
        bench.pass(milliseconds: 1_000_000)
        #expect(bench.outcomes(of: 1).count == 1 && bench.checks.count == 2)
    }

    @Test("P1 nothing is written before the check has been answered; the order is done without it")
    func waits() {
        var bench = Bench()
        bench.holds = Self.holdsChecks
        bench.order(.grant(terms(1)))
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.pass(milliseconds: 10_000)
        #expect(bench.writes.isEmpty && bench.lease(1)?.phase == .wanted && bench.lease(1)?.attempt == nil)
        #expect(bench.commits.last == 2)
        // It does not go round in circles meanwhile.
        #expect(bench.reads.count <= 2, "\(bench.reads.count)")
        bench.give(.checked(leaseID(2), refusal: nil))
        bench.pass(milliseconds: 1_000)
        #expect(bench.members == ["ben@example.com"])
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.members == ["ben@example.com", "ana@example.com"])
    }

    @Test("P2 ends wait for no check: neither that of another lease, nor that of their own")
    func ends() {
        var bench = Bench()
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.holds = Self.holdsChecks
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.order(.end(terms(1)))
        bench.order(.end(terms(2, login: "ben@example.com")))
        bench.pass(milliseconds: 1_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .removed)
        #expect(bench.outcomes(of: 2).last?.ended?.membership == .neverAdded)
        bench.give(.checked(leaseID(2), refusal: "too late"))
        bench.settle()
        #expect(bench.outcomes(of: 2).count == 1)
    }

    @Test("a grant whose time is over fails though nobody has answered, and a late answer changes nothing")
    func late() {
        var bench = Bench()
        bench.holds = Self.holdsChecks
        bench.order(.grant(terms(1, startBy: at(60_000))))
        bench.pass(milliseconds: 61_000)
        #expect(bench.outcomes(of: 1).last?.failed?.reason.contains("not in place in time") == true)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 1_000)
        #expect(bench.members.isEmpty && bench.outcomes(of: 1).count == 1)
    }

    @Test("after a restart what was not answered is asked again, what was sent for is not")
    func restart() {
        var bench = Bench()
        bench.holds = Self.holdsChecks
        bench.order(.grant(terms(1)))
        bench.pass(milliseconds: 100)
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.give(.checked(leaseID(2), refusal: nil))
        bench.settle()
        bench.restart()
        bench.holds = { _ in false }
        bench.refuses = { _ in "no" }
        let asked = bench.checks.count
        bench.pass(milliseconds: 60_000)
        #expect(bench.checks.dropFirst(asked).map(\.leaseID) == [leaseID(1)] || bench.lease(1)?.attempt != nil)
        #expect(bench.lease(2)?.phase == .confirmed)
    }

    @Test("a refusal that comes before the order stands in the ledger counts as soon as it does")
    func early() {
        var bench = Bench()
        bench.refuses = { _ in "no" }
        bench.holds = { if case .append = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        #expect(bench.ledger.isEmpty)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.outcomes(of: 1).map(\.failed?.reason) == ["no"])
        #expect(bench.writes.isEmpty)
    }
}
