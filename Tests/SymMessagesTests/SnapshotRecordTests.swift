import Testing

@testable import SymMessages

@Suite struct SnapshotRecordTests {
    private static func event(_ sequence: Int?, _ state: RequestState, _ fact: Fact, _ cause: String) throws -> [UInt8]
    {
        try WireFormat.encode(
            Envelope(
                id: "e", source: "sym/approval", subject: Sample.requestID.rawValue, time: Sample.moment,
                body: RequestEvent(sequence: sequence, state: state, cause: cause, fact: fact)))
    }

    private static func open() throws -> (RequestLog, [[UInt8]]) {
        var log = RequestLog(id: Sample.requestID, reader: .deciding)
        let records = [
            try event(1, .pending, .submitted(Sample.submitted), "é/submit"),
            try event(2, .approved, .approved(Sample.approved), "vote"),
        ]
        for record in records { _ = log.append(try #require(EventRecord(record, offset: 0).event())) }
        return (log, records)
    }

    private static func closed() throws -> ClosedRequest {
        var log = try open().0
        _ = log.append(
            RequestEvent(sequence: 3, state: .ended, cause: "outcome", fact: .ended(Sample.ended)), at: Sample.moment)
        return try #require(ClosedRequest(log))
    }

    private static func read(_ record: SnapshotRecord) -> StoredSnapshot {
        StoredSnapshot(key: Array(record.key.utf8), value: record.value(at: Sample.moment), partition: 3)
    }

    @Test("what is written is read")
    func roundTrip() throws {
        let (log, records) = try Self.open()
        for snapshot in [
            RequestSnapshot(try Self.closed(), covers: 17), RequestSnapshot(log, records: records, covers: 0),
            RequestSnapshot(RequestLog(id: Sample.requestID, reader: .deciding), records: [], covers: 1 << 50),
        ] {
            #expect(
                Self.read(.request(Sample.requestID, snapshot))
                    == .request(Sample.requestID, snapshot, writtenAt: Sample.moment))
        }
        let marker = SnapshotMarker(partition: 3, eventsFrom: 9, readsTo: 11, requests: 5)
        #expect(Self.read(.marker(marker)) == .marker(marker))
        #expect(Self.read(.removal(key: Sample.requestID.rawValue)) == .removed(key: Sample.requestID.rawValue))
        // It is a CloudEvent as all the others are.
        let json = try WireFormat.decode(
            JSONValue.self, from: SnapshotRecord.marker(marker).value(at: Sample.moment) ?? [])
        #expect(json["subject"] == .string("marker/3") && json["type"] == .string("sym.snapshots.marker.v1"))
    }

    @Test("P8 a request goes on from its snapshot as from its events")
    func goesOn() throws {
        let (log, records) = try Self.open()
        var skimmed = SkimmedRequest(
            id: Sample.requestID, from: RequestSnapshot(log, records: records, covers: 2))
        guard case .open(let same, let kept) = skimmed.outcome() else { return #expect(Bool(false)) }
        #expect(same.request == log.request && same.accepted == log.accepted && kept == records)
        let end = EventRecord(try Self.event(3, .ended, .ended(Sample.ended), "outcome"), offset: 2)
        #expect(skimmed.append(try #require(end.head()), end.bytes) == .accepted)
        guard case .closed(let closed) = skimmed.outcome() else { return #expect(Bool(false)) }
        #expect(closed == (try Self.closed()))
    }

    @Test("many causes are remembered in a snapshot, too")
    func manyCauses() throws {
        var log = try Self.open().0
        let refused = Fact.commandRefused(.init(command: "x", by: nil, refusal: Sample.refusal))
        for number in 3..<200 {
            _ = log.append(
                RequestEvent(sequence: number, state: .approved, cause: "c\(number)", fact: refused), at: Sample.moment)
        }
        let snapshot = RequestSnapshot(log, records: [], covers: 200)
        guard case .request(_, let read, _) = Self.read(.request(Sample.requestID, snapshot)) else {
            return #expect(Bool(false))
        }
        #expect(read.accepted == log.accepted && read.accepted.hasAnswered("c3") && !read.accepted.hasAnswered("c2"))
    }

    /// Whoever changes what the same events leave has to raise `RequestLog.foldVersion`, and then this text.
    @Test("the fold, and how a snapshot is written, are those of this version")
    func fixed() throws {
        let value = SnapshotRecord.request(Sample.requestID, RequestSnapshot(try Self.closed(), covers: 17))
            .value(at: Sample.moment)
        #expect(
            String(decoding: value ?? [], as: UTF8.self) == """
                {"data":{"causes":"6e140c46cf43aed2ab274474a6aa82c125a63e52a98f6fda","covers":17,"fold":1,\
                "forestalled":false,"frozen":false,"records":[],"sequence":3,"state":"ended"},\
                "datacontenttype":"application/json","id":"req_j3pm5n5qp5zdrktrhlhg3tno3i@17","source":"sym/approval",\
                "specversion":"1.0","subject":"req_j3pm5n5qp5zdrktrhlhg3tno3i","time":"2026-01-02T03:04:05.678Z",\
                "type":"sym.request.snapshot.v1"}
                """)
    }

    @Test("P8 a damaged snapshot is not half read: it is what it was, or of no use")
    func damaged() throws {
        var random = SplitMix64(seed: 11)
        let (log, records) = try Self.open()
        let values = [
            SnapshotRecord.request(Sample.requestID, RequestSnapshot(try Self.closed(), covers: 17)),
            .request(Sample.requestID, RequestSnapshot(log, records: records, covers: 5)),
        ].map { $0.value(at: Sample.moment) ?? [] }
        var unusable = 0
        for _ in 0..<20_000 {
            var bytes = values[Int(random.next() % 2)]
            let place = Int(random.next() % UInt64(bytes.count))
            // Cut off, or a piece is missing: as long as the whole is no JSON or lacks something, nothing is taken.
            if random.next() % 2 == 0 { bytes.removeSubrange(place...) } else { bytes.remove(at: place) }
            switch StoredSnapshot(key: Array(Sample.requestID.rawValue.utf8), value: bytes, partition: 3) {
            case .unusable: unusable += 1
            case .request(let id, let snapshot, _):
                #expect(id == Sample.requestID)
                #expect(snapshot.records.allSatisfy { EventRecord($0, offset: 0).event() != nil })
            default: Issue.record("taken for something else")
            }
        }
        #expect(unusable > 15_000, "\(unusable)")
    }

    @Test("P8 another fold version, another request's key, a second member of the same name: of no use")
    func unusable() throws {
        let value = SnapshotRecord.request(Sample.requestID, RequestSnapshot(try Self.closed(), covers: 17))
            .value(at: Sample.moment)
        let text = String(decoding: try #require(value), as: UTF8.self)
        let other = RequestID(caller: .person(Sample.ana), source: "http", id: "2").rawValue
        func read(_ text: String, key: String = Sample.requestID.rawValue) -> StoredSnapshot {
            StoredSnapshot(key: Array(key.utf8), value: Array(text.utf8), partition: 3)
        }
        guard case .request = read(text) else { return #expect(Bool(false)) }
        #expect(read(text, key: other) == .unusable(key: other))
        for (old, new) in [
            ("\"fold\":1", "\"fold\":2"), ("\"fold\":1,", ""), ("\"covers\":17", "\"covers\":17,\"covers\":17"),
            ("\"covers\":17", "\"covers\":-1"), ("\"covers\":17", "\"covers\":1.5"),
            ("\"covers\":17", "\"covers\":\"17\""),
            ("snapshot.v1", "snapshot.v2"), ("\"ended\"", "\"danced\""), ("\"records\":[]", "\"records\":[\"e30=\"]"),
            ("\"records\":[]", "\"records\":[\"?\"]"),
        ] {
            let changed = text.replacing(old, with: new)
            #expect(changed != text)
            #expect(read(changed) == .unusable(key: Sample.requestID.rawValue), "\(new)")
        }
    }
}
