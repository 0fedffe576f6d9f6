import Testing

@testable import SymMessages

/// A quick look at an event takes what the decoder takes, and nothing else.
@Suite struct EventHeadTests {
    private static func bytes(_ fact: Fact, sequence: Int? = 3, id: String = "e") throws -> [UInt8] {
        try WireFormat.encode(
            Envelope(
                id: id, source: "sym/approval", subject: Sample.requestID.rawValue, time: Sample.moment,
                body: RequestEvent(sequence: sequence, state: .active, cause: "c", fact: fact)))
    }

    private static func decoded(_ bytes: [UInt8]) -> EventHead? {
        (try? WireFormat.decode(Envelope<RequestEvent>.self, from: bytes)).flatMap(EventHead.init(of:))
    }

    @Test("every kind of event is read at a glance, as the decoder reads it")
    func everyFact() throws {
        for fact in Sample.facts {
            for sequence in [1, 9_999_999_999, nil] {
                let bytes = try Self.bytes(fact, sequence: sequence)
                let head = try #require(EventHead(skimming: bytes), "\(fact.type)")
                #expect(head == Self.decoded(bytes), "\(fact.type)")
            }
        }
        #expect(Set(Sample.facts.map(\.type)) == Fact.knownTypes)
        #expect(try #require(EventHead(skimming: Self.bytes(.unknown(type: "sym.request.danced.v1")))).isUnknown)
    }

    @Test("P8 what a glance takes, the decoder takes with the same attributes, however an event was damaged")
    func damaged() throws {
        var random = SplitMix64(seed: 7)
        var (taken, left) = (0, 0)
        let samples = try Sample.facts.map { try Self.bytes($0) }
        let pieces =
            [
                "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "null", "true", "1", "-", ".", "e", "\u{0}", "\n",
                "\\u0041",
                "\\ud800", "é", "\"sequence\":\"0000000001\",", "\"id\":1,", "\"state\":\"x\",", "\"type\":\"y\",",
                "\"final\":[{}],",
            ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]
        for _ in 0..<40_000 {
            var bytes = samples[Int(random.next() % UInt64(samples.count))]
            for _ in 0...random.next() % 2 {
                let place = Int(random.next() % UInt64(bytes.count))
                let piece = pieces[Int(random.next() % UInt64(pieces.count))]
                switch random.next() % 3 {
                case 0: bytes.insert(contentsOf: piece, at: place)
                case 1: bytes.remove(at: place)
                default: bytes.replaceSubrange(place..<min(bytes.count, place + piece.count), with: piece)
                }
            }
            guard let head = EventHead(skimming: bytes) else {
                left += 1
                continue
            }
            taken += 1
            guard var decoded = Self.decoded(bytes) else {
                Issue.record("taken at a glance and not decoded: \(String(decoding: bytes, as: UTF8.self))")
                continue
            }
            // Data of a known type may be unreadable; that takes a decoder to see.
            if decoded.isUnknown, !head.isUnknown { decoded = decoded.known }
            #expect(head == decoded, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(taken > 2_000 && left > 2_000, "\(taken) taken, \(left) left to the decoder")
    }

    @Test("P8 a request read from its past is the same as one that was followed", arguments: 0..<300)
    func skimmed(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var log = RequestLog(id: Sample.requestID, reader: .deciding)
        var skimmed = SkimmedRequest(id: Sample.requestID)
        var closed: ClosedRequest?
        let states = RequestState.allCases.filter { $0 != .none }
        for step in 0..<12 {
            let isNext = random.next() % 3 != 0
            let number = isNext ? log.sequence + 1 : Int(random.next() % 8)
            let isOver = log.request.state.isFinal
            let refusal = Sample.facts.first { if case .commandRefused = $0 { true } else { false } }
            let fact = isOver ? refusal ?? .unanswered : Sample.facts[Int(random.next() % UInt64(Sample.facts.count))]
            var state = states[Int(random.next() % UInt64(states.count))]
            if case .commandRefused = fact { state = log.request.state }
            let event = Envelope(
                id: "e\(step)", source: "sym/approval", subject: Sample.requestID.rawValue, time: Sample.moment,
                body: RequestEvent(
                    sequence: random.next() % 9 == 0 ? nil : number, state: state, cause: "c\(random.next() % 9)",
                    fact: fact))
            let record = EventRecord(try WireFormat.encode(event), offset: Int64(step))
            let verdict = log.append(event)
            // What no sequencer wrote takes the decoder to see; nothing is decided on such a request either way.
            if log.request.isFrozen { return }
            if closed != nil { #expect(closed?.append(event.body) == verdict, "seed \(seed)") }
            if closed == nil { closed = ClosedRequest(log) }
            skimmed.append(try #require(record.head()), record.bytes)
        }
        switch skimmed.outcome() {
        case .open(let read, _):
            #expect(read.request == log.request && read.accepted == log.accepted, "seed \(seed)")
            #expect(closed == nil, "seed \(seed)")
        case .closed(let read):
            #expect(read.state == log.request.state && read.accepted == log.accepted, "seed \(seed)")
            #expect(closed?.accepted == log.accepted, "seed \(seed)")
        }
        for cause in 0..<9 {
            #expect(closed.map { $0.accepted.hasAnswered("c\(cause)") == log.hasAnswered("c\(cause)") } != false)
        }
    }
}

extension EventHead {
    fileprivate var known: EventHead {
        EventHead(
            id: id, request: request, sequence: sequence, state: state, cause: cause, isSubmission: isSubmission,
            isUnknown: false)
    }
}
