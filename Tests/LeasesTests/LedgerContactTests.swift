import Leases
import Testing

@Suite("Whether Kafka is there")
struct LedgerContactTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .milliseconds(Int64(seconds * 1_000)) }

    @Test("Away after 5 s without an answer, however short the questions; back with the first answer; each told once")
    func silence() {
        var contact = LedgerContact()
        #expect(contact.asked(at: at(0), isAnswered: true, now: at(0.1)) == nil)
        #expect(contact.asked(at: at(1), isAnswered: false, now: at(1.1)) == nil)
        #expect(contact.asked(at: at(5), isAnswered: false, now: at(5.9)) == nil)
        #expect(contact.asked(at: at(6), isAnswered: false, now: at(6.1)) == .away)
        #expect(contact.asked(at: at(7), isAnswered: false, now: at(12)) == nil && contact.isAway)
        #expect(contact.asked(at: at(12), isAnswered: true, now: at(12.1)) == .back)
        #expect(contact.asked(at: at(13), isAnswered: true, now: at(13.1)) == nil && !contact.isAway)
    }

    @Test("At the start as well: the first question that is not answered is enough")
    func start5() {
        var contact = LedgerContact()
        #expect(contact.asked(at: at(0), isAnswered: false, now: at(5)) == .away)
    }

    @Test("A question during which the process stood still says nothing")
    func stoodStill() {
        var contact = LedgerContact()
        #expect(contact.asked(at: at(0), isAnswered: false, now: at(60)) == nil)
        #expect(contact.asked(at: at(60), isAnswered: false, now: at(61)) == nil)
        #expect(contact.asked(at: at(62), isAnswered: false, now: at(66)) == .away)
    }

    @Test("Away, too, when no record was taken for 15 s although it answers; not because of one long ago")
    func deaf() {
        var contact = LedgerContact()
        #expect(contact.recorded(false, in: .ledger, now: at(0)) == nil)
        #expect(contact.recorded(false, in: .ledger, now: at(100)) == nil)
        #expect(contact.recorded(false, in: .ledger, now: at(110)) == nil)
        #expect(contact.recorded(true, in: .ledger, now: at(111)) == nil)
        #expect(contact.recorded(false, in: .ledger, now: at(120)) == nil)
        #expect(contact.recorded(false, in: .ledger, now: at(135)) == .away)
        #expect(contact.asked(at: at(135), isAnswered: true, now: at(136)) == nil && contact.isAway)
        #expect(contact.recorded(true, in: .ledger, now: at(137)) == .back)
        #expect(contact.recorded(false, in: .ledger, now: at(140)) == nil)
        #expect(contact.recorded(false, in: .ledger, now: at(156)) == .away)
        #expect(contact.recorded(true, in: .localCopy, now: at(157)) == nil && contact.isAway)
        // Nothing more was sent: that it would not be taken is not known any more.
        #expect(contact.asked(at: at(216), isAnswered: true, now: at(217)) == .back)
    }
}
