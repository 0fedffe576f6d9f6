import SymMessages
import Testing

@Suite("P8 one outcome per request: the sequence rule")
struct RequestLogTests {
    private func event(
        _ sequence: Int?, _ state: RequestState, _ fact: Fact, cause: String = "c"
    ) -> RequestEvent {
        RequestEvent(sequence: sequence, state: state, cause: cause, fact: fact)
    }

    private let story: [(RequestState, Fact)] = [
        (.pending, .submitted(Sample.submitted)),
        (.pending, .voted(.init(voter: Sample.cy, offerID: Sample.offer.id, message: nil))),
        (.approved, .approved(Sample.approved)), (.active, .active(Sample.active)),
        (.ending, .ending(Sample.stopped)), (.ended, .ended(Sample.ended)),
    ]

    @Test func theStoryAddsUp() {
        var log = RequestLog(id: Sample.requestID, reader: .deciding)
        for (index, (state, fact)) in story.enumerated() {
            #expect(log.append(event(index + 1, state, fact, cause: "c\(index)"), at: Sample.moment) == .accepted)
            #expect(log.request.state == state)
            #expect(log.hasAnswered("c\(index)"))
        }
        #expect(log.request.rounds[0].votes.map(\.voter) == [Sample.cy, Sample.ben])
        #expect(log.request.end == Sample.ended)
        #expect(log.sequence == 6)
    }

    @Test func whatIsNotNextIsVoidAndChangesNothing() {
        var log = RequestLog(id: Sample.requestID, reader: .deciding)
        #expect(log.append(event(2, .approved, .approved(Sample.approved)), at: Sample.moment) == .void)
        #expect(log.append(event(1, .pending, .submitted(Sample.submitted)), at: Sample.moment) == .accepted)
        #expect(log.append(event(1, .cancelled, .cancelled(Sample.stopped)), at: Sample.moment) == .void)
        #expect(log.append(event(3, .cancelled, .cancelled(Sample.stopped)), at: Sample.moment) == .void)
        #expect(log.append(event(0, .cancelled, .cancelled(Sample.stopped)), at: Sample.moment) == .void)
        #expect(log.request.state == .pending)
        #expect(log.sequence == 1)
    }

    @Test func aReaderFromTheMiddleAdoptsTheFirstSequenceItMeets() {
        var following = RequestLog(id: Sample.requestID, reader: .following)
        #expect(following.append(event(4, .active, .active(Sample.active)), at: Sample.moment) == .accepted)
        #expect(following.append(event(4, .active, .active(Sample.active)), at: Sample.moment) == .void)
        #expect(following.append(event(5, .ended, .ended(Sample.ended)), at: Sample.moment) == .accepted)
        var deciding = RequestLog(id: Sample.requestID, reader: .deciding)
        #expect(deciding.append(event(4, .active, .active(Sample.active)), at: Sample.moment) == .void)
    }

    @Test func aRefusalTakesASequenceAndLeavesTheState() {
        var log = RequestLog(id: Sample.requestID, reader: .deciding)
        _ = log.append(event(1, .pending, .submitted(Sample.submitted)), at: Sample.moment)
        let refused = Fact.commandRefused(.init(command: "x", by: nil, refusal: Sample.refusal))
        #expect(log.append(event(2, .pending, refused, cause: "vote"), at: Sample.moment) == .accepted)
        #expect(log.request.state == .pending)
        #expect(log.sequence == 2)
        #expect(log.hasAnswered("vote"))
    }

    @Test func aRefusalAboutNothingCountsOncePerCause() {
        var log = RequestLog(id: Sample.requestID, reader: .deciding)
        let refused = Fact.commandRefused(.init(command: "x", by: nil, refusal: Sample.refusal))
        #expect(log.append(event(nil, .none, refused, cause: "a"), at: Sample.moment) == .accepted)
        #expect(log.append(event(nil, .none, refused, cause: "a"), at: Sample.moment) == .void)
        #expect(log.append(event(nil, .none, refused, cause: "b"), at: Sample.moment) == .accepted)
        #expect(log.sequence == 0)
        #expect(log.append(event(1, .pending, .submitted(Sample.submitted)), at: Sample.moment) == .accepted)
    }

    @Test func anEventOfANewerVersionFreezesTheRequestButKeepsItsPlace() {
        var log = RequestLog(id: Sample.requestID, reader: .deciding)
        _ = log.append(event(1, .pending, .submitted(Sample.submitted)), at: Sample.moment)
        #expect(log.append(event(2, .pending, .unknown(type: "sym.request.danced.v1")), at: Sample.moment) == .accepted)
        #expect(log.request.isFrozen)
        #expect(log.sequence == 2)
    }

    @Test("P8 every cause is remembered, however many there are")
    func manyCauses() {
        var log = RequestLog(id: Sample.requestID, reader: .deciding)
        let refused = Fact.commandRefused(.init(command: "c", by: nil, refusal: Sample.refusal))
        for number in 1...300 {
            #expect(!log.hasAnswered("cause \(number)"))
            #expect(
                log.append(event(number, .pending, refused, cause: "cause \(number)"), at: Sample.moment) == .accepted)
        }
        for number in 1...300 { #expect(log.hasAnswered("cause \(number)")) }
        #expect(!log.hasAnswered("cause 301"))
    }

    /// However often each event is delivered, and whatever zombies write in between, the history is one.
    @Test(arguments: 0..<200)
    func duplicatesAndZombiesNeverChangeTheHistory(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var log: [RequestEvent] = []
        for (index, (state, fact)) in story.enumerated() {
            while random.next() % 3 == 0 {
                let stale = Int(random.next() % UInt64(index + 2))
                if stale != index + 1 {
                    log.append(event(stale, .failed, .failed(Sample.failed), cause: "zombie"))
                }
            }
            log.append(event(index + 1, state, fact))
            for _ in 0..<random.next() % 3 {
                if let again = log.randomElement(using: &random), again.sequence != index + 2 { log.append(again) }
            }
        }
        var reader = RequestLog(id: Sample.requestID, reader: .deciding)
        let accepted = log.filter { reader.append($0, at: Sample.moment) == .accepted }
        #expect(accepted.map(\.fact) == story.map(\.1), "seed \(seed)")
        #expect(reader.request.state == .ended, "seed \(seed)")
    }
}

struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
