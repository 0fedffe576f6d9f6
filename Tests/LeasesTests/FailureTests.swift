import Leases
import SymMessages
import Testing

@Suite("Grants that cannot be")
struct FailureTests {
    @Test("Not in place in time, never attempted: failed, without asking the tailnet; says what stood in the way")
    func notInTime() throws {
        var bench = Bench()
        bench.readFailures = Array(repeating: .unavailable("Tailscale does not answer", retryAfter: nil), count: 1_000)
        bench.order(.grant(terms(1, startBy: at(20_000))))
        bench.pass(milliseconds: 21_000)
        let failed = try #require(bench.outcomes.first?.failed)
        #expect(failed.reason.contains("not in place in time"))
        #expect(failed.reason.contains("Tailscale does not answer"))
        #expect(bench.lease(1)?.phase == .ended)
        #expect(bench.lease(1)?.isReported == true)
    }

    @Test(
        "Past the moment with an attempt outstanding: there and ours, so confirmed after all; not there, so failed",
        arguments: [true, false])
    func attemptOutstanding(applied: Bool) {
        var bench = Bench()
        bench.writeResults = [.answerLost("timed out")]
        bench.appliesLostWrites = applied
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(terms(1, startBy: at(2_000))))
        bench.settle()
        bench.now = at(2_500)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 60_000)
        #expect(bench.outcomes(of: 1).map { $0.confirmed != nil } == [applied])
        #expect(bench.members.isEmpty != applied)
    }

    @Test("P1 a lost write is waited for until it can no longer land, before its lease fails")
    func lateLanding() throws {
        var bench = Bench()
        bench.writeResults = [.answerLost("timed out")]
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(terms(1, seconds: 600, startBy: at(2_000))))
        bench.settle()
        bench.now = at(2_500)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 5_000)
        #expect(bench.outcomes.isEmpty)
        bench.documents["example.com"]?.groups[group("prod")] = ["ana@example.com"]
        bench.documents["example.com"]?.version = "v1"
        bench.pass(milliseconds: 5_000)
        #expect(bench.outcomes(of: 1).first?.confirmed != nil)
        bench.pass(milliseconds: 600_000)
        #expect(bench.members.isEmpty)
    }

    @Test("P1 a lost write is not forgotten because a later one was certainly not applied")
    func lateLandingAfterRefusal() {
        var bench = Bench()
        bench.writeResults =
            [.answerLost("timed out")] + Array(repeating: .unavailable("later", retryAfter: nil), count: 99)
        bench.order(.grant(terms(1, seconds: 600, startBy: at(2_000))))
        bench.pass(milliseconds: 5_000)
        #expect(bench.outcomes.isEmpty)
        bench.pass(milliseconds: 28_000)
        #expect(bench.outcomes(of: 1).first?.failed != nil)
    }

    @Test("A grant the service rejects fails alone, with the service's words; the others of its batch are granted")
    func rejected() throws {
        var bench = Bench()
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(terms(0)))
        bench.settle()
        for number in 1...6 { bench.order(.grant(terms(number, login: "p\(number)@example.com"))) }
        bench.rejects = { $0.login.rawValue == "p4@example.com" ? "p4 is not welcome" : nil }
        bench.holds = { _ in false }
        bench.pass(milliseconds: 10_000)
        #expect(bench.outcomes(of: 4).compactMap(\.failed?.reason) == ["p4 is not welcome"])
        for number in [0, 1, 2, 3, 5, 6] { #expect(bench.outcomes(of: number).first?.confirmed != nil) }
        #expect(bench.members.count == 6)
    }

    @Test("P9 a document that cannot be edited safely is left alone: the grant fails with that reason")
    func refusal() {
        var bench = Bench()
        bench.documents["example.com"]?.damage = "two sections are called groups"
        bench.order(.grant(terms(1)))
        bench.settle()
        #expect(bench.writes.isEmpty)
        #expect(bench.outcomes.first?.failed?.reason == "two sections are called groups")
    }

    @Test("P9 a group that does not exist fails the grant; others of the batch are granted")
    func missingGroup() {
        var bench = Bench()
        bench.holds = { if case .read = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.order(.grant(terms(2, login: "ben@example.com", group: "nowhere")))
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.outcomes(of: 2).first?.failed?.reason == "there is no group group:nowhere")
        #expect(bench.outcomes(of: 1).first?.confirmed != nil)
    }

    @Test("P9 an order that cannot be used goes to the dead letters; its offset is committed after that")
    func deadLetter() {
        var bench = Bench()
        let letter = DeadLetter(reason: "is not JSON", topic: "o", partition: 0, offset: 0, key: nil, value: [1])
        bench.holds = { _ in true }
        bench.give(.unusableOrder(letter, OrderPosition(partition: 0, offset: 0)))
        #expect(bench.commits.isEmpty)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.letters == [letter])
        #expect(bench.commits == [1])
    }
}
