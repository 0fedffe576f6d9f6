import Leases
import SymMessages
import Testing

@Suite("Which credential is used")
struct CredentialTests {
    private let ben = terms(2, login: "ben@example.com", secret: "NEW")

    @Test("P1 nobody is put in with a credential that is not in force, though an older one would do")
    func grantsWait() {
        var bench = Bench()
        bench.order(.grant(terms(1, secret: "OLD", startBy: at(800_000))))
        bench.pass(milliseconds: 1_000)
        bench.refusedSecrets = ["NEW"]
        bench.order(.grant(ben))
        bench.pass(milliseconds: 100_000)
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.lines.contains { $0.level == .alarm && $0.message.contains("NEW is not accepted") })
        #expect(bench.reads.last?.1.secret.path == "NEW")

        bench.refusedSecrets = []
        bench.pass(milliseconds: 10_000)
        #expect(bench.members.count == 2)
    }

    @Test("P2 an end uses an older credential while the one in force is refused, and says so; grants still wait")
    func endsGoOn() {
        var bench = Bench()
        bench.order(.grant(terms(1, secret: "OLD", seconds: 60, startBy: at(800_000))))
        bench.pass(milliseconds: 1_000)
        bench.refusedSecrets = ["NEW"]
        bench.order(.grant(ben))
        bench.pass(milliseconds: 61_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes(of: 1).last?.ended != nil)
        #expect(bench.outcomes(of: 2).isEmpty)
        #expect(bench.lines.contains { $0.level == .warning && $0.message.contains("OLD") })
    }

    @Test("P2 the credential in force is tried again before an older one, a minute after it was refused")
    func triesAgain() {
        var bench = Bench()
        bench.order(.grant(terms(1, secret: "OLD", seconds: 30, startBy: at(800_000))))
        bench.pass(milliseconds: 1_000)
        bench.order(.grant(terms(2, secret: "NEW", seconds: 120)))
        bench.pass(milliseconds: 1_000)
        bench.refusedSecrets = ["NEW"]
        bench.order(.end(terms(2, secret: "NEW", seconds: 120)))
        bench.pass(milliseconds: 29_000)
        #expect(bench.reads.last?.1.secret.path == "OLD")
        #expect(bench.members.isEmpty)

        bench.refusedSecrets = []
        bench.order(.grant(terms(3, login: "cy@example.com", secret: "NEW", seconds: 30)))
        bench.pass(milliseconds: 70_000)
        #expect(bench.reads.last?.1.secret.path == "NEW")
        #expect(bench.members.isEmpty)
    }

    @Test("P2 a configuration that names another credential makes ends work again, without a new lease")
    func rotated() {
        var bench = Bench()
        bench.order(.grant(terms(1, secret: "OLD", seconds: 60)))
        bench.pass(milliseconds: 1_000)
        bench.refusedSecrets = ["OLD"]
        bench.pass(milliseconds: 70_000)
        #expect(bench.members == ["ana@example.com"])
        bench.give(.configured([terms(1).integration: terms(1, secret: "NEW").credential]))
        bench.pass(milliseconds: 10_000)
        #expect(bench.members.isEmpty)
    }

    @Test("Of two tailnets, the one made after the configuration was read goes by it as well")
    func later() {
        var bench = Bench()
        bench.give(.configured([terms(1).integration: terms(1, secret: "NEW").credential]))
        bench.order(.grant(terms(1, secret: "OLD")))
        bench.pass(milliseconds: 1_000)
        #expect(Set(bench.reads.map(\.1.secret.path)) == ["NEW"])
        #expect(bench.members.count == 1)
    }
}
