import Leases
import SymMessages
import Testing

@Suite("P9 a document that cannot be taken, or that the service does not take any more")
struct BrokenDocumentTests {
    @Test("Too large to be taken: one alarm with the reason; the grant fails in time, with the reason; the end goes on")
    func unusable() throws {
        let reason = "The policy file is larger than 8 MB; so large a file is not edited."
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 59_000)
        bench.order(.grant(terms(2, login: "ben@example.com", startBy: at(100_000))))
        bench.readFailures = Array(repeating: .unusable(reason), count: 25)
        bench.pass(milliseconds: 42_000)
        #expect(bench.outcomes(of: 2).last?.failed?.reason.contains(reason) ?? false)
        #expect(bench.lines.filter { $0.level == .alarm && $0.message.contains(reason) }.count == 1)
        #expect(bench.readFailures.count < 20)
        bench.pass(milliseconds: 120_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .removed)
    }

    @Test(
        "A file that is refused as it stands fails no grant as a culprit: they wait, and are granted once it is repaired"
    )
    func broken() throws {
        var bench = Bench.broken()
        for number in 1...4 { bench.order(.grant(terms(number, login: "p\(number)@example.com"))) }
        bench.pass(milliseconds: 120_000)
        #expect(bench.outcomes.isEmpty)
        #expect(bench.lines.filter { $0.level == .alarm }.count == 1)
        #expect(bench.lines.contains { $0.level == .alarm && $0.message.contains("test(s) failed") })
        // It is not hammered meanwhile.
        #expect(bench.writes.count <= 8 && bench.reads.count <= 60, "\(bench.writes.count), \(bench.reads.count)")
        bench.repair()
        bench.pass(milliseconds: 6_000)
        #expect(bench.members.count == 4)
        #expect(bench.lines.contains { $0.level == .notice && $0.message.contains("again") })
    }

    @Test("A file that becomes sound without being changed is found out within half a minute and a look")
    func soundAgain() {
        var bench = Bench.broken()
        bench.order(.grant(terms(1)))
        bench.pass(milliseconds: 60_000)
        bench.rejects = { _ in nil }
        bench.judges = { _ in .accepted }
        bench.pass(milliseconds: 36_000)
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("A grant that waited in vain for the file to be repaired fails in time, and says that it was the file")
    func inVain() {
        var bench = Bench.broken()
        bench.order(.grant(terms(1, startBy: at(50_000))))
        bench.pass(milliseconds: 60_000)
        let reason = bench.outcomes(of: 1).last?.failed?.reason ?? ""
        #expect(reason.contains("in time") && reason.contains("test(s) failed") && reason.contains("even as it stands"))
    }

    @Test("P2 ends are tried again and again, by themselves: the one that repairs the file goes through")
    func ends() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.order(.grant(terms(2, login: "ben@example.com", seconds: 60)))
        bench.pass(milliseconds: 59_000)
        // Ben was deleted from the tailnet: the file names somebody who does not exist.
        bench.rejectsWrite = { write in
            write.draft.groups[group("prod")]?.contains("ben@example.com") ?? false
                ? "ben@example.com does not exist" : nil
        }
        bench.judges = { document in
            document.groups[group("prod")]?.contains("ben@example.com") ?? false
                ? .refused("ben@example.com does not exist") : .accepted
        }
        bench.order(.grant(terms(3, login: "cy@example.com")))
        bench.pass(milliseconds: 30_000)
        #expect(bench.members == ["cy@example.com"])
        #expect(bench.outcomes(of: 3).last?.confirmed != nil)
        #expect(bench.outcomes(of: 3).allSatisfy { $0.failed == nil })
    }

    @Test("Of one text the service is asked once, however many changes have to be tried to find the culprit")
    func askedOnce() {
        var bench = Bench()
        bench.holds = { if case .read = $0 { true } else { false } }
        for number in 1...8 { bench.order(.grant(terms(number, login: "p\(number)@example.com"))) }
        bench.rejects = { $0.login.rawValue == "p1@example.com" ? "p1 is not welcome" : nil }
        bench.holds = { _ in false }
        bench.pass(milliseconds: 20_000)
        #expect(bench.outcomes(of: 1).compactMap(\.failed?.reason) == ["p1 is not welcome"])
        #expect(bench.members.count == 7)
        #expect(!bench.validations.isEmpty && bench.validations.count == Set(bench.validations).count)
    }

    @Test("Where the service does not say, a culprit is looked for; while it does not answer, nobody is blamed")
    func noAnswer() {
        var bench = Bench()
        bench.rejects = { $0.action == .add ? "no" : nil }
        bench.judges = { _ in .unavailable("later", retryAfter: nil) }
        bench.order(.grant(terms(1)))
        bench.pass(milliseconds: 30_000)
        #expect(bench.outcomes.isEmpty)
        bench.judges = { _ in .unknown }
        bench.pass(milliseconds: 10_000)
        #expect(bench.outcomes(of: 1).compactMap(\.failed?.reason) == ["no"])
    }
}

extension Bench {
    /// The file as it stands is refused, whatever is to be changed in it.
    fileprivate static func broken() -> Bench {
        var bench = Bench()
        bench.rejects = { _ in "test(s) failed" }
        bench.judges = { _ in .refused("test(s) failed") }
        return bench
    }

    fileprivate mutating func repair() {
        documents["example.com"]?.version = "repaired"
        rejects = { _ in nil }
        judges = { _ in .accepted }
    }
}
