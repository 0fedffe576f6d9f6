import Leases
import SymMessages
import Testing

@Suite("Another system that keeps undoing what we do")
struct RivalryTests {
    @Test("P2 who is put back again and again is taken out again within seconds, every time; one alarm says what it is")
    func putsBack() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        var (stands, longest) = (0, 0)
        for _ in 1...400 {
            if bench.members.isEmpty { bench.rival { $0 = ["ana@example.com"] } }
            bench.pass(milliseconds: 1_000)
            stands = bench.members.isEmpty || bench.alarms.isEmpty ? 0 : stands + 1
            longest = max(longest, stands)
        }
        #expect((1...6).contains(longest), "\(longest) s")
        #expect(bench.alarms.count == 1)
        #expect(bench.alarms.allSatisfy { $0.contains("two systems") && $0.contains("ana@example.com") })
    }

    @Test("Two undoings are a coincidence")
    func twice() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        for _ in 1...2 {
            bench.rival { $0 = ["ana@example.com"] }
            bench.pass(milliseconds: 60_000)
        }
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.pass(milliseconds: 1_000)
        #expect(bench.alarms.isEmpty && bench.members == ["ben@example.com"])
    }

    @Test(
        "Members taken out again and again: the alarm, and grants wait for longer and longer; in time they fail, saying why"
    )
    func takesOut() {
        var bench = Bench()
        for number in 1...3 {
            bench.order(.grant(terms(number, login: "p\(number)@example.com", startBy: at(99_000_000))))
            bench.pass(milliseconds: 1_000)
            #expect(bench.members.count == 1)
            bench.rival { $0 = [] }
            bench.pass(milliseconds: 61_000)
            #expect(bench.outcomes(of: number).last?.ended?.reason == .gone)
        }
        #expect(bench.alarms.count == 1)
        let start = bench.now
        bench.order(.grant(terms(4, login: "p4@example.com", startBy: start + Seconds(900))))
        bench.order(.grant(terms(5, login: "p5@example.com", startBy: start + Seconds(10))))
        bench.order(.grant(terms(6, login: "p6@example.com", startBy: start + Seconds(900))))
        bench.pass(milliseconds: 11_000)
        #expect(bench.outcomes(of: 5).last?.failed?.reason.contains("two systems") ?? false)
        bench.pass(milliseconds: 25_000)
        #expect(Set(bench.members) == ["p4@example.com", "p6@example.com"])
        // Undone for the fourth time: twice as long.
        bench.rival { $0.removeAll { $0 == "p4@example.com" } }
        bench.order(.grant(terms(7, login: "p7@example.com", startBy: start + Seconds(900))))
        bench.pass(milliseconds: 50_000)
        #expect(bench.members == ["p6@example.com"])
        bench.pass(milliseconds: 20_000)
        #expect(Set(bench.members) == ["p6@example.com", "p7@example.com"])
    }

    @Test("P2 a lease that ends while grants wait ends at once")
    func endsMeanwhile() {
        var bench = Bench()
        bench.order(.grant(terms(9, login: "zoe@example.com", seconds: 300)))
        bench.pass(milliseconds: 1_000)
        for number in 1...3 {
            bench.order(.grant(terms(number, login: "p\(number)@example.com")))
            bench.pass(milliseconds: 1_000)
            bench.rival { $0 = ["zoe@example.com"] }
            bench.pass(milliseconds: 61_000)
        }
        bench.order(.grant(terms(4, login: "p4@example.com")))
        bench.pass(milliseconds: 1_000)
        bench.order(.end(terms(9, login: "zoe@example.com", seconds: 300)))
        bench.settle()
        #expect(bench.members.isEmpty && bench.alarms.count == 1)
    }

    @Test("What a write changed and the next reading does not show counts as undone")
    func underOurHands() {
        var bench = Bench()
        bench.order(.grant(terms(1)))
        bench.holds = { if case .read(_, _, _, .readBack) = $0 { true } else { false } }
        for _ in 1...40 {
            bench.pass(milliseconds: 1_000)
            if !bench.members.isEmpty { bench.rival { $0 = [] } }
            bench.carryOutHeld()
        }
        #expect(bench.alarms.count == 1)
        #expect((3...5).contains(bench.writes.count), "\(bench.writes.count)")
    }

    @Test("After 10 minutes of peace it is over, and that is said")
    func over() {
        var bench = Bench()
        bench.order(.grant(terms(9, login: "dan@example.com", seconds: 86_400)))
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        for _ in 1...3 {
            bench.rival { $0.append("ana@example.com") }
            bench.pass(milliseconds: 60_000)
        }
        #expect(bench.alarms.count == 1)
        bench.pass(milliseconds: 700_000)
        #expect(bench.lines.filter { $0.level == .notice && $0.message.contains("10 minutes") }.count == 1)
        bench.order(.grant(terms(2, login: "ben@example.com", startBy: at(9_000_000))))
        bench.settle()
        #expect(Set(bench.members) == ["dan@example.com", "ben@example.com"])
    }
}

extension Bench {
    fileprivate var alarms: [String] { lines.filter { $0.level == .alarm }.map(\.message) }

    fileprivate mutating func rival(_ change: (inout [String]) -> Void) {
        var members = members
        change(&members)
        documents["example.com"]?.groups[group("prod")] = members
        documents["example.com"]?.version += "'"
    }

    fileprivate mutating func carryOutHeld() {
        let held = holds
        holds = { _ in false }
        settle()
        holds = held
    }
}
