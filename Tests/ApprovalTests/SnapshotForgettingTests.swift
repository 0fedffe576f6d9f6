import SymMessages
import Testing

@testable import Approval

/// Requests that are over for longer than events are kept, and whose events are gone.
@Suite struct SnapshotForgettingTests {
    private let now = Scenario.start
    private let old = Scenario.requestID("old")

    /// One request is over and has a snapshot, with a marker behind its events.
    private func longAgo() throws -> SimulatedTopics {
        var topics = SimulatedTopics()
        var owner = process("owner", topics)
        let stop = Command.cancel(Scenario.stop(by: Scenario.ana))
        topics.commands += [Scenario.submit("old"), Scenario.command(stop, old, id: "cancel")]
        owner.settle(&topics)
        try #require(topics.snapshots.map(\.key).contains(old.rawValue))
        return topics
    }

    private func process(_ name: String, _ topics: SimulatedTopics) -> SimulatedApproval {
        let resources = (try? Scenario.resources(outcome: Scenario.twoStages)) ?? .null
        return SimulatedApproval(instance: name, topics, resources: resources, snapshotEvery: 2)
    }

    private func days(_ count: Int64) -> Timestamp { now + Seconds(count * 86_400) }

    /// Takes over on that day, and works until a marker is written.
    private func work(_ topics: inout SimulatedTopics, on day: Timestamp) -> SimulatedApproval {
        var owner = process("later", topics)
        let stop = Command.end(Scenario.stop(by: Scenario.eve))
        let end = topics.commands.count
        topics.commands += (0..<4).map {
            Scenario.command(stop, Scenario.requestID("none"), id: "end\(end + $0)", at: day)
        }
        owner.settle(&topics, day)
        return owner
    }

    @Test("a request that is over for more than 400 days goes, with the next take-over, once its events are gone")
    func forgotten() throws {
        var topics = try longAgo()
        topics.eventsLow = 2
        let owner = work(&topics, on: days(401))
        let last = try #require(topics.snapshots.last { $0.key == old.rawValue })
        #expect(last.value == nil)
        // It was taken out before the marker that says so.
        let markers = topics.snapshots.filter { $0.key == SnapshotMarker.key(0) }
        guard case .marker(let next)? = markers.first(where: { $0.offset > last.offset })?.stored,
            case .marker(let said)? = markers.last?.stored
        else { return #expect(Bool(false)) }
        #expect(last.offset < next.readsTo)
        // Who knew it still answers as ever.
        #expect(owner.memory(of: old) != nil)
        var new = process("new", topics)
        new.takeOver(topics, days(402))
        #expect(new.eventsFrom == said.eventsFrom && new.memory(of: old) == nil)
    }

    @Test("P8 it stays while one of its events may be read again, and for 400 days", arguments: [(1, 401), (2, 399)])
    func kept(low: Int, day: Int64) throws {
        var topics = try longAgo()
        topics.eventsLow = low
        _ = work(&topics, on: days(day))
        #expect(topics.snapshots.last { $0.key == old.rawValue }?.value != nil)
        var next = process("next", topics)
        next.takeOver(topics, days(day))
        #expect(next.memory(of: old) != nil)
    }

    @Test("P8 one that is talked about again stays")
    func talkedAbout() throws {
        var topics = try longAgo()
        topics.eventsLow = 2
        let stop = Command.cancel(Scenario.stop(by: Scenario.ana))
        topics.commands.append(Scenario.command(stop, old, id: "again", at: days(401)))
        _ = work(&topics, on: days(401))
        #expect(topics.snapshots.last { $0.key == old.rawValue }?.value != nil)
        #expect(topics.events.last { $0.subject == old.rawValue }?.body.sequence == 3)
    }

    @Test("P8 whoever took a request out behind the marker may not have known it: then the events are read")
    func takenOutBehindTheMarker() throws {
        var topics = try longAgo()
        topics.append(.removal(key: old.rawValue), at: now)
        var next = process("next", topics)
        next.takeOver(topics, now)
        #expect(next.eventsFrom == nil && next.memory(of: old) != nil)
    }

    @Test("events that are gone and in no snapshot: as without snapshots")
    func overtaken() throws {
        var topics = try longAgo()
        var owner = process("second", topics)
        topics.commands += (0..<2).map { Scenario.submit("new\($0)") }
        owner.settle(&topics)
        topics.snapshots.removeAll { $0.key == SnapshotMarker.key(0) && $0.offset > 3 }
        topics.eventsLow = 3
        var next = process("next", topics)
        next.takeOver(topics, now)
        #expect(next.eventsFrom == nil && next.memory(of: old) == nil)
    }
}
