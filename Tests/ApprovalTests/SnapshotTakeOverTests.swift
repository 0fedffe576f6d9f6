import SymMessages
import Testing

@testable import Approval

/// What a new owner makes of the snapshots it finds, and what the present one makes of those of others.
@Suite struct SnapshotTakeOverTests {
    private static let every: Int64 = 4
    private let now = Scenario.start
    private let over = Scenario.requestID("over")
    private let live = Scenario.requestID("live")
    private let unknown = Scenario.requestID("unknown")

    /// One request is over, one waits for Ben, and one was never made; of all there are snapshots, and a marker.
    private func morning() throws -> (SimulatedTopics, SimulatedApproval) {
        var topics = SimulatedTopics()
        var owner = process("owner", topics)
        topics.commands += [
            Scenario.submit("over"), Scenario.command(.cancel(Scenario.stop(by: Scenario.ana)), over, id: "cancel"),
            Scenario.command(.end(Scenario.stop(by: Scenario.ana)), unknown, id: "end"), Scenario.submit("live"),
        ]
        owner.settle(&topics)
        topics.commands.append(Scenario.approve(live, by: Scenario.eve, offer: "none", id: "refused"))
        owner.settle(&topics)
        try #require(topics.events.count == 5)
        try #require(try marker(topics).eventsFrom == 4)
        return (topics, owner)
    }

    private func process(_ name: String, _ topics: SimulatedTopics) -> SimulatedApproval {
        let resources = (try? Scenario.resources(outcome: Scenario.twoStages)) ?? .null
        return SimulatedApproval(instance: name, topics, resources: resources, snapshotEvery: Self.every)
    }

    private func marker(_ topics: SimulatedTopics) throws -> SnapshotMarker {
        let last = topics.snapshots.last { $0.key == SnapshotMarker.key(0) }
        guard case .marker(let marker)? = last?.stored else { throw Missing() }
        return marker
    }

    private struct Missing: Error {}

    /// - Returns: from where on a new owner read events; `nil`: from their beginning.
    @discardableResult
    private func takeOver(_ topics: SimulatedTopics, at moment: Timestamp? = nil) -> Int64? {
        let resources = (try? Scenario.resources(outcome: Scenario.twoStages)) ?? .null
        var comparison = TakeOverComparison()
        let moment = moment ?? now
        comparison.compare(
            process("new", topics), SimulatedApproval(instance: "new", topics, resources: resources), topics, moment)
        #expect(comparison.differences.isEmpty, "\(comparison.differences)")
        var new = process("new", topics)
        new.takeOver(topics, moment)
        return new.eventsFrom
    }

    @Test("P8 a new owner reads only the events behind the marker, and knows every request")
    func fromTheMarker() throws {
        let (topics, _) = try morning()
        #expect(takeOver(topics) == 4)
        var new = process("new", topics)
        new.takeOver(topics, now)
        #expect(new.knownRequests == [over, live, unknown])
    }

    @Test("P8 a refusal about a request that never was is not given again after a take-over")
    func refusedOnce() throws {
        var (topics, _) = try morning()
        topics.committed = [:]
        var new = process("new", topics)
        new.settle(&topics)
        #expect(topics.events.count == 5)
        #expect(topics.committed[.commands] == 5)
    }

    @Test("P8 snapshots of another fold version are not believed", arguments: ["request", "marker"])
    func otherFoldVersion(_ which: String) throws {
        var (topics, _) = try morning()
        let key = which == "marker" ? SnapshotMarker.key(0) : over.rawValue
        let last = try #require(topics.snapshots.last { $0.key == key })
        let text = String(decoding: try #require(last.value), as: UTF8.self)
        let other = text.replacing("\"fold\":\(RequestLog.foldVersion)", with: "\"fold\":\(RequestLog.foldVersion + 1)")
        try #require(other != text)
        topics.append(key: key, value: Array(other.utf8))
        #expect(takeOver(topics) == nil)
    }

    @Test(
        "P8 one record that cannot be read, and the events are read from their beginning",
        arguments: ["", "{}", "null", "\u{0}"])
    func unreadable(_ text: String) throws {
        let (topics, _) = try morning()
        for key in [over.rawValue, live.rawValue, SnapshotMarker.key(0), "whatever"] {
            var damaged = topics
            damaged.append(key: key, value: Array(text.utf8))
            #expect(takeOver(damaged) == nil, "\(key)")
            // What was overwritten does not count.
            guard let last = topics.snapshots.last(where: { $0.key == key }) else { continue }
            damaged.append(key: key, value: last.value)
            #expect(takeOver(damaged) != nil, "\(key)")
        }
    }

    @Test("P8 a marker or a snapshot that is ahead of the events is of another log")
    func ahead() throws {
        let (topics, _) = try morning()
        let marker = try marker(topics)
        for ahead in [
            SnapshotMarker(partition: 0, eventsFrom: 6, readsTo: marker.readsTo, requests: 0),
            SnapshotMarker(partition: 0, eventsFrom: 4, readsTo: topics.snapshotsEnd + 1, requests: 0),
            SnapshotMarker(partition: 1, eventsFrom: 4, readsTo: marker.readsTo, requests: 0),
        ] {
            var other = topics
            let value = SnapshotRecord.marker(ahead).value(at: now)
            other.append(key: SnapshotMarker.key(0), value: value)
            #expect(takeOver(other) == nil, "\(ahead)")
        }
        var other = topics
        guard
            case .request(let id, let snapshot, _)? = topics.snapshots.last(where: { $0.key == over.rawValue })?.stored
        else { throw Missing() }
        let text = String(decoding: SnapshotRecord.request(id, snapshot).value(at: now) ?? [], as: UTF8.self)
        other.append(
            key: id.rawValue, value: Array(text.replacing("\"covers\":\(snapshot.covers)", with: "\"covers\":6").utf8))
        #expect(takeOver(other) == nil)
    }

    @Test("P8 a marker is written only when everything before it was read back")
    func markerLast() throws {
        var topics = SimulatedTopics()
        var owner = process("owner", topics)
        topics.commands += [Scenario.submit("over"), Scenario.submit("live")]
        owner.settle(&topics)
        topics.commands += (0..<2).map { Scenario.approve(live, by: Scenario.eve, offer: "none", id: "refused\($0)") }
        // Both snapshots are acknowledged and not read back.
        for _ in 0..<2 { owner.readInput(.commands, topics, now) }
        while !owner.sends.isEmpty { owner.send(0, &topics, now) }
        for _ in 0..<2 {
            owner.readEvent(topics, now)
            while !owner.sends.isEmpty { owner.send(0, &topics, now) }
        }
        #expect(Set(topics.snapshots.map(\.key)) == [over.rawValue, live.rawValue])
        owner.readSnapshot(topics, now)
        #expect(owner.sends.isEmpty)
        owner.settle(&topics)
        #expect(topics.snapshots.last?.key == SnapshotMarker.key(0))
        #expect(try marker(topics) == SnapshotMarker(partition: 0, eventsFrom: 4, readsTo: 2, requests: 2))
    }

    @Test("P8 what a zombie overwrites with less is read from the events, and written anew before the next marker")
    func overwritten() throws {
        var (topics, owner) = try morning()
        let first = try #require(topics.events.firstIndex { $0.subject == live.rawValue })
        let snapshot = RequestSnapshot(
            RequestLog(id: live, reader: .deciding), records: [], covers: Int64(first))
        topics.append(.request(live, snapshot), at: now)
        #expect(takeOver(topics) == Int64(first))
        topics.commands += (0..<4).map { number in
            Scenario.command(.end(Scenario.stop(by: Scenario.eve)), unknown, id: "end\(number)")
        }
        owner.settle(&topics)
        let marker = try marker(topics)
        #expect(marker.eventsFrom >= 8)
        guard case .request(_, let last, _)? = topics.snapshots.last(where: { $0.key == live.rawValue })?.stored
        else { throw Missing() }
        #expect(last.covers >= marker.eventsFrom && last.state == .pending)
        #expect(takeOver(topics) == marker.eventsFrom)
    }

    @Test("P8 an event that was void is not taken as the next one by who begins behind what made it void")
    func voidEventStaysVoid() throws {
        var topics = SimulatedTopics()
        let story = Scenario.requestID("story")
        func event(_ sequence: Int, _ cause: String, state: RequestState = .pending) -> Envelope<RequestEvent> {
            let refused = Fact.commandRefused(.init(command: "x", by: nil, refusal: Refusal(.conflict, "No.")))
            return Envelope(
                id: cause, source: "sym/approval", subject: story.rawValue, time: now,
                body: RequestEvent(sequence: sequence, state: state, cause: cause, fact: refused))
        }
        var owner = process("owner", topics)
        topics.commands += [Scenario.submit("story"), Scenario.submit("live")]
        owner.settle(&topics)
        // The third is void, as the second is not there yet.
        topics.append(event(3, "void", state: .cancelled))
        topics.append(event(2, "second"))
        owner.settle(&topics)
        try #require(try marker(topics).eventsFrom == 4)
        try #require(topics.history(of: story).map(\.cause).contains("void") == false)
        // A zombie lets reading begin before all of that.
        topics.append(
            .request(live, RequestSnapshot(RequestLog(id: live, reader: .deciding), records: [], covers: 0)), at: now)
        #expect(takeOver(topics) == 0)
    }

    @Test(
        "P8 an event that is handed over once more is not taken, before and after the take-over",
        arguments: [false, true])
    func handedOverAgain(isDone: Bool) throws {
        var topics = SimulatedTopics()
        var owner = process("owner", topics)
        topics.commands.append(Scenario.submit("story"))
        owner.settle(&topics)
        let story = Scenario.requestID("story")
        // The third comes before the second; another request's is the last.
        for (id, sequence, cause) in [(story, 3, "void"), (story, 2, "second"), (live, 2, "last")] {
            let refused = Fact.commandRefused(.init(command: "x", by: nil, refusal: Refusal(.conflict, "No.")))
            topics.append(
                Envelope(
                    id: cause, source: "sym/approval", subject: id.rawValue, time: now,
                    body: RequestEvent(sequence: sequence, state: .pending, cause: cause, fact: refused)))
        }
        var new = process("new", topics)
        while new.eventsRead < 3 {
            new.readEvent(topics, now)
            if case .askForEventBounds? = new.sends.first { new.send(0, &topics, now) }
        }
        if isDone { new.takeOver(topics, now) }
        new.take(.event(topics.record(1), partition: 0), topics, now)
        new.takeOver(topics, now)
        guard case .open(let log)? = new.memory(of: story) else { throw Missing() }
        #expect(log.sequence == 2 && !log.hasAnswered("void"))
    }

    @Test("P8 who knows a request beyond what it has read of the events says so in its own snapshot")
    func knowsMore() throws {
        var topics = SimulatedTopics()
        var owner = process("owner", topics)
        topics.commands.append(Scenario.submit("live"))
        owner.settle(&topics)
        topics.commands += (0..<3).map { Scenario.approve(live, by: Scenario.eve, offer: "none", id: "refused\($0)") }
        owner.settle(&topics)
        guard case .request(_, let whole, _)? = topics.snapshots.last(where: { $0.key == live.rawValue })?.stored
        else { throw Missing() }
        try #require(topics.events.count == 4 && whole.covers == 4)
        let resources = try Scenario.resources(outcome: Scenario.twoStages)
        var new = SimulatedApproval(instance: "new", SimulatedTopics(), resources: resources, snapshotEvery: 1)
        func take(_ record: StoredSnapshot, at offset: Int64) {
            new.take(.snapshot(record, partition: 0, offset: offset), topics, now)
        }
        take(.request(live, whole, writtenAt: now), at: 0)
        take(.marker(SnapshotMarker(partition: 0, eventsFrom: 2, readsTo: 1, requests: 0)), at: 1)
        new.take(.snapshotsRead(partition: 0, end: 2), topics, now)
        new.take(.eventBounds(partition: 0, low: 0, end: 4), topics, now)
        try #require(new.eventsFrom == 2)
        // The events ended there when it was assigned.
        new.take(.eventsReplayed(partition: 0, end: 2), topics, now)
        // A zombie overwrites it with less than that, if with more than was read of the events.
        let less = RequestSnapshot(RequestLog(id: live, reader: .deciding), records: [], covers: 3)
        take(.request(live, less, writtenAt: now), at: 2)
        new.take(.event(topics.record(2), partition: 0), topics, now)
        let written = new.sends.compactMap { effect in
            if case .writeSnapshot(.request(_, let snapshot), _) = effect { snapshot } else { nil }
        }
        #expect(written == [whole])
    }

    @Test("Kafka refuses snapshots: one alarm, decisions go on, and it is tried again")
    func refused() throws {
        var topics = SimulatedTopics()
        var owner = process("owner", topics)
        topics.commands += ["1", "2", "3", "4"].map { Scenario.submit($0) }
        owner.settle(&topics) { if case .writeSnapshot = $0 { false } else { true } }
        #expect(topics.events.count == 4)
        let writes = owner.sends.count { if case .writeSnapshot = $0 { true } else { false } }
        #expect(writes == 4)
        while let index = owner.sends.firstIndex(where: { if case .writeSnapshot = $0 { true } else { false } }),
            case .writeSnapshot(let record, _) = owner.takeSend(index)
        {
            owner.take(.snapshotNotWritten(partition: 0, key: record.key, reason: "No room."), topics, now)
        }
        topics.commands.append(Scenario.submit("5"))
        owner.settle(&topics)
        #expect(topics.events.count == 5)
        #expect(owner.alarms.count == 1, "\(owner.alarms)")
        #expect(topics.snapshots.isEmpty)
        let next = try #require(owner.service.nextDeadline)
        #expect(next > now && next <= now + Seconds(10))
        owner.tick(topics, next)
        owner.settle(&topics, next)
        #expect(try marker(topics).eventsFrom >= 4)
    }

    @Test("without snapshots none are read or written")
    func switchedOff() throws {
        var (topics, _) = try morning()
        let written = topics.snapshots.count
        let resources = try Scenario.resources(outcome: Scenario.twoStages)
        var plain = SimulatedApproval(instance: "plain", topics, resources: resources)
        topics.commands += (0..<9).map { Scenario.submit("\($0)") }
        plain.settle(&topics)
        #expect(plain.eventsFrom == nil && topics.snapshots.count == written && topics.events.count == 14)
    }
}
