import SymMessages
import Testing

@testable import Leases

@Suite("How many calls a tailnet is sent")
struct CallBudgetTests {
    @Test("Asked to wait: calls go until only the reserve is left, then one each half second; ends may use the reserve")
    func bucket() {
        var budget = CallBudget()
        budget.slowDown(at: at(0))
        for _ in 0..<30 {
            #expect(budget.wait(for: 1, .others, at: at(0)) == 0)
            budget.spend(1, at: at(0))
        }
        #expect(budget.wait(for: 1, .others, at: at(0)) == 500)
        for _ in 0..<10 {
            #expect(budget.wait(for: 1, .ends, at: at(0)) == 0)
            budget.spend(1, at: at(0))
        }
        #expect(budget.wait(for: 1, .ends, at: at(0)) == 500)
        #expect(budget.wait(for: 1, .ends, at: at(400)) == 100)
        #expect(budget.wait(for: 1, .ends, at: at(500)) == 0)
        #expect(budget.wait(for: 3, .others, at: at(500)) == 6_000)
        // A day later: ten times as fast.
        #expect(budget.wait(for: 40, .others, at: at(86_400_000)) == 500)
        // Set back an hour.
        #expect(budget.wait(for: 3, .others, at: at(82_800_000)) == 0)
    }

    @Test("A stream of grants is sent in ever larger writes once the service asked us to wait; none is left behind")
    func stream() {
        var bench = Bench()
        bench.readFailures = [.unavailable("too many requests", retryAfter: 100)]
        for number in 1...1_200 {
            bench.order(.grant(terms(number, login: "p\(number)@example.com")))
            bench.pass(milliseconds: 100)
        }
        let calls = bench.reads.count + bench.writes.count
        #expect(calls <= 40 + 240 + 4, "\(calls)")
        bench.pass(milliseconds: 10_000)
        #expect(bench.members.count == 1_200)
    }

    @Test("P2 an end goes at once where grants wait for the limit; they go later")
    func endsFirst() {
        var bench = Bench()
        bench.readFailures = [.unavailable("too many requests", retryAfter: 0)]
        bench.order(.grant(terms(1, login: "p1@example.com")))
        bench.pass(milliseconds: 1_000)
        for number in 2...10 {
            bench.order(.grant(terms(number, login: "p\(number)@example.com")))
            bench.settle()
        }
        bench.order(.grant(terms(11, login: "p11@example.com")))
        bench.settle()
        #expect(bench.members.count == 10 && !bench.members.contains("p11@example.com"))
        for number in 1...3 {
            bench.order(.end(terms(number, login: "p\(number)@example.com")))
            bench.settle()
            #expect(!bench.members.contains("p\(number)@example.com"))
        }
        #expect(!bench.members.contains("p11@example.com"))
        bench.pass(milliseconds: 7_000)
        #expect(bench.members.contains("p11@example.com"))
    }

    @Test("P2 however many ends there are one after the other, each goes within seconds, and the wait does not spin")
    func manyEnds() {
        var bench = Bench()
        bench.readFailures = [.unavailable("too many requests", retryAfter: 0)]
        bench.order(.grant(terms(0, login: "p0@example.com")))
        for number in 1...100 {
            bench.order(.grant(terms(number, login: "p\(number)@example.com", seconds: 300 + Int64(number) / 2)))
        }
        bench.pass(milliseconds: 300_000)
        for _ in 1...55 {
            bench.pass(milliseconds: 1_000)
            let late = bench.ledger.filter { record in
                record.phase == .confirmed && bench.outcomes.allSatisfy { $0.ended?.leaseID != record.terms.leaseID }
                    && (record.confirmation?.endsAt).map { bench.now.milliseconds(since: $0) > 3_000 } ?? false
            }
            #expect(late.isEmpty)
        }
        bench.pass(milliseconds: 3_000)
        #expect(bench.members == ["p0@example.com"])
    }
}
