import SymMessages
import Testing

@testable import Approval

/// Snapshots that are not believed, or cannot be had: that is told, it costs time once, and nothing of it comes back.
@Suite struct SnapshotDoubtTests {
    private static let every: Int64 = 4
    private let now = Scenario.start
    private let over = Scenario.requestID("over")
    private let live = Scenario.requestID("live")

    private func process(_ name: String, _ topics: SimulatedTopics) -> SimulatedApproval {
        let resources = (try? Scenario.resources(outcome: Scenario.twoStages)) ?? .null
        return SimulatedApproval(instance: name, topics, resources: resources, snapshotEvery: Self.every)
    }

    /// Works until another marker is written.
    private func work(_ owner: inout SimulatedApproval, _ topics: inout SimulatedTopics, at moment: Timestamp? = nil) {
        let end = topics.commands.count
        topics.commands += (0..<Int(Self.every) + 1).map {
            Scenario.approve(live, by: Scenario.eve, offer: "none", id: "refused\(end + $0)")
        }
        owner.settle(&topics, moment ?? now)
    }

    /// One request is over and one waits; of both there are snapshots, and a marker.
    private func morning() throws -> SimulatedTopics {
        var topics = SimulatedTopics()
        var owner = process("owner", topics)
        topics.commands += [
            Scenario.submit("over"), Scenario.command(.cancel(Scenario.stop(by: Scenario.ana)), over, id: "cancel"),
            Scenario.submit("live"),
        ]
        work(&owner, &topics)
        try #require(topics.snapshots.contains { $0.key == SnapshotMarker.key(0) })
        return topics
    }

    private func last(_ key: String, in topics: SimulatedTopics) -> StoredSnapshot? {
        topics.snapshots.last { $0.key == key }?.stored
    }

    private func doubts(_ owner: SimulatedApproval) -> [String] {
        owner.alarms.filter { $0.contains("snapshots of partition 0 are not used") }
    }

    @Test(
        "P8 what cannot be used and no event knows is told, and taken out with the next marker",
        arguments: [true, false])
    func strange(isRequest: Bool) throws {
        var topics = try morning()
        let key = isRequest ? Scenario.requestID("never").rawValue : "whatever"
        topics.append(key: key, value: Array("{}".utf8))
        var next = process("next", topics)
        next.settle(&topics)
        #expect(next.eventsFrom == nil && doubts(next).count == 1)
        work(&next, &topics)
        #expect(last(key, in: topics) == .removed(key: key))
        var third = process("third", topics)
        third.settle(&topics)
        #expect(third.eventsFrom != nil && doubts(third).isEmpty)
    }

    @Test("P1 P8 snapshots of another log are not believed, not even once this one has outgrown that")
    func anotherLog() throws {
        let before = try morning()
        var topics = SimulatedTopics()
        for record in before.snapshots { topics.append(key: record.key, value: record.value) }
        var next = process("next", topics)
        topics.commands = [Scenario.submit("other")]
        next.settle(&topics)
        #expect(next.eventsFrom == nil && doubts(next).count == 1)
        while topics.events.count < before.events.count * 2 { work(&next, &topics) }
        var third = process("third", topics)
        third.settle(&topics)
        #expect(third.eventsFrom != nil)
        #expect(third.memory(of: over) == nil && third.memory(of: Scenario.requestID("other")) != nil)
    }

    @Test("P8 a snapshot that calls a request frozen is not believed: whoever reads the events may know better")
    func frozen() throws {
        var topics = try morning()
        guard let record = topics.snapshots.last(where: { $0.key == over.rawValue }), let value = record.value else {
            return #expect(Bool(false))
        }
        let text = String(decoding: value, as: UTF8.self)
        topics.append(
            key: over.rawValue, value: Array(text.replacing("\"frozen\":false", with: "\"frozen\":true").utf8))
        var next = process("next", topics)
        next.settle(&topics)
        #expect(next.eventsFrom == nil && doubts(next).count == 1)
        guard case .closed(let closed)? = next.memory(of: over) else { return #expect(Bool(false)) }
        #expect(!closed.isFrozen)
    }

    @Test("P8 snapshots of which some are missing are not believed")
    func missing() throws {
        var topics = try morning()
        topics.snapshots.removeAll { $0.key == over.rawValue }
        var next = process("next", topics)
        next.settle(&topics)
        #expect(next.eventsFrom == nil && doubts(next).count == 1)
        #expect(next.memory(of: over) != nil)
    }

    @Test("a young topic, in which there is no marker yet, is no reason for an alarm")
    func young() throws {
        var topics = SimulatedTopics()
        var owner = process("owner", topics)
        topics.commands = [
            Scenario.submit("over"), Scenario.command(.cancel(Scenario.stop(by: Scenario.ana)), over, id: "c"),
        ]
        owner.settle(&topics)
        try #require(topics.snapshots.count == 1)
        var next = process("next", topics)
        next.settle(&topics)
        #expect(next.eventsFrom == nil && next.alarms.isEmpty)
        work(&next, &topics)
        guard case .request? = last(over.rawValue, in: topics) else { return #expect(Bool(false)) }
    }

    @Test("decisions do not wait for snapshots that cannot be read: after a minute without one all events are read")
    func cannotBeRead() throws {
        var service = ApprovalService(instance: "a", provisioners: [], snapshotEvery: Self.every)
        #expect(service.handle(.assigned([0], takeOver: 1), now: now).isEmpty)
        #expect(service.nextDeadline == now + Seconds(60))
        let marker = SnapshotMarker(partition: 0, eventsFrom: 0, readsTo: 0, requests: 0)
        let record = ApprovalService.Input.snapshot(.marker(marker), partition: 0, offset: 0)
        #expect(service.handle(record, now: now + Seconds(50)).isEmpty)
        #expect(service.handle(.tick, now: now + Seconds(109)).isEmpty)
        let effects = service.handle(.tick, now: now + Seconds(110))
        #expect(effects.last == .readEvents(partition: 0, from: nil, takeOver: 1))
        #expect(effects.count == 2)
        // Too late.
        #expect(service.handle(.snapshotsRead(partition: 0, end: 1), now: now + Seconds(111)).isEmpty)
        #expect(service.handle(.tick, now: now + Seconds(200)).isEmpty)
    }

    @Test("what was taken and cannot be read back for an hour is told, and written again")
    func lostOnTheWay() throws {
        var topics = SimulatedTopics()
        var owner = process("owner", topics)
        topics.commands.append(Scenario.submit("live"))
        work(&owner, &topics)
        let written = topics.snapshots
        topics.commands.append(Scenario.approve(live, by: Scenario.eve, offer: "none", id: "again"))
        // Taken, and gone from the topic before it was read.
        func losing(_ moment: Timestamp) {
            for _ in 0..<12 {
                owner.readInput(.commands, topics, moment)
                while !owner.sends.isEmpty { owner.send(0, &topics, moment) }
                owner.readEvent(topics, moment)
                while !owner.sends.isEmpty { owner.send(0, &topics, moment) }
                topics.snapshots = written
            }
        }
        topics.commands += (0..<8).map { Scenario.approve(live, by: Scenario.eve, offer: "none", id: "more\($0)") }
        losing(now)
        #expect(owner.alarms.isEmpty)
        owner.tick(topics, now + Seconds(3_601))
        owner.settle(&topics, now + Seconds(3_601))
        #expect(owner.alarms.count { $0.contains("cannot be read back") } == 1, "\(owner.alarms)")
        guard case .marker(let marker)? = last(SnapshotMarker.key(0), in: topics) else { return #expect(Bool(false)) }
        #expect(marker.eventsFrom > 8)
    }

    @Test("a clock that is set back by a year does not put off the next attempt by one")
    func clockSetBack() throws {
        let start = SnapshotReading.Start(eventsFrom: 0, isFromSnapshots: false)
        var book = SnapshotBook(partition: 0, every: 100, start: start, readsTo: 0)
        let snapshot = RequestSnapshot(RequestLog(id: live, reader: .deciding), records: [], covers: 1)
        book.accepted(live)
        book.isOver(live)
        #expect(book.due(1, known: { 1 }, now) { _, _ in snapshot }.count == 1)
        #expect(book.notAcknowledged(live.rawValue, "No.", now) != nil)
        #expect(book.due(1, known: { 1 }, now) { _, _ in snapshot }.isEmpty)
        let back = Timestamp(milliseconds: 1_000_000_000)
        #expect(book.due(1, known: { 1 }, back) { _, _ in snapshot }.count == 1)
    }
}
