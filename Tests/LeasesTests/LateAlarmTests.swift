import Leases
import SymMessages
import Testing

@Suite("P2 an access that should have ended is loud")
struct LateAlarmTests {
    private static let outage = Array(
        repeating: ReadFailure.unavailable("Tailscale does not answer.", retryAfter: nil), count: 50_000)

    @Test("Alarms 1, 5 and 15 minutes after the end, then every hour, for ever")
    func schedule() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 59_999)
        bench.readFailures = Self.outage
        bench.pass(milliseconds: 1)
        #expect(bench.alarmMinutes(in: 1_000) == [1, 5, 15] + (1...16).map { 15 + 60 * $0 })
    }

    @Test("An alarm names lease, login, group, since when, and what stands in the way")
    func words() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 59_999)
        bench.readFailures = Self.outage
        bench.pass(milliseconds: 1)
        bench.pass(milliseconds: 300_000)
        let alarms = bench.lines.filter { $0.level == .alarm }
        let message = try #require(alarms.last?.message)
        for word in [
            "\(leaseID(1))", "ana@example.com", "group:prod", "\(at(60_000))", "5 minutes",
            "Tailscale does not answer.",
        ] { #expect(message.contains(word), "\(word)") }
    }

    @Test("Another lease that becomes late begins the schedule anew; the alarm counts both")
    func restarts() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.order(.grant(terms(2, login: "ben@example.com", seconds: 660)))
        bench.pass(milliseconds: 59_999)
        bench.readFailures = Self.outage
        bench.pass(milliseconds: 1)
        #expect(bench.alarmMinutes(in: 150) == [1, 5, 11, 15, 25, 85, 145])
        #expect(bench.lines.last { $0.level == .alarm }?.message.contains("1 other access") ?? false)
    }

    @Test("Many that become late one after the other are told together")
    func together() {
        var bench = Bench()
        for number in 1...50 {
            bench.order(.grant(terms(number, login: "p\(number)@example.com", seconds: 60 + Int64(number))))
        }
        bench.pass(milliseconds: 59_999)
        bench.readFailures = Self.outage
        bench.pass(milliseconds: 1)
        bench.pass(milliseconds: 180_000)
        #expect(bench.lines.filter { $0.level == .alarm }.count == 2)
        #expect(bench.lines.last { $0.level == .alarm }?.message.contains("49 other accesses") ?? false)
    }

    @Test("When it has ended after all, that is said; an end in time is not")
    func notice() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 59_999)
        bench.readFailures = Array(Self.outage.prefix(40))
        bench.pass(milliseconds: 600_000)
        let notices = bench.lines.filter { $0.level == .notice }
        #expect(notices.count == 1 && notices.allSatisfy { $0.message.contains("\(leaseID(1))") })
        bench.order(.grant(terms(2, seconds: 60, startBy: at(9_000_000))))
        bench.pass(milliseconds: 120_000)
        #expect(bench.outcomes(of: 2).last?.ended != nil)
        #expect(bench.lines.filter { $0.level == .notice }.count == 1)
    }

    @Test("An end whose record does not get into the ledger is late too, and the alarm says so")
    func unrecorded() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.holds = { if case .append = $0 { true } else { false } }
        bench.pass(milliseconds: 121_000)
        #expect(bench.lines.contains { $0.level == .alarm && $0.message.contains("Kafka") })
    }
}

extension Bench {
    /// Lets minutes pass, and says at the end of which there was an alarm.
    fileprivate mutating func alarmMinutes(in minutes: Int) -> [Int] {
        (1...minutes).filter { _ in
            let before = lines.filter { $0.level == .alarm }.count
            pass(milliseconds: 60_000)
            return lines.filter { $0.level == .alarm }.count > before
        }
    }
}
