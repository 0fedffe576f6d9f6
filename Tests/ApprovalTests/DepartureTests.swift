import SymMessages
import Testing

@testable import Approval

/// Whoever is deleted or given a lower role keeps nothing of what they had asked for.
@Suite struct DepartureTests {
    var topics = SimulatedTopics()
    var approval: SimulatedApproval
    let request = Scenario.requestID("1")
    let deleted = DirectoryRecord.personRemoved(
        .init(id: Scenario.ana, epoch: 1, origin: .person, by: .person(Scenario.cy)))

    init() throws {
        approval = SimulatedApproval(instance: "a", topics, resources: try Scenario.resources())
        topics.commands.append(Scenario.submit("1"))
        approval.settle(&topics)
    }

    private mutating func directory(_ record: DirectoryRecord, offset: Int64 = 99) {
        approval.take(.directory(key: record.key, record, offset: offset), topics, Scenario.start)
        approval.settle(&topics)
    }

    private mutating func approve() {
        let offer = topics.request(request).terms?.offerID ?? ""
        topics.commands.append(Scenario.approve(request, by: Scenario.ben, offer: offer))
        approval.settle(&topics)
    }

    private mutating func activate() {
        topics.outcomes.append(Scenario.outcome(Scenario.active(request)))
        approval.settle(&topics)
    }

    @Test("a deleted person's pending request is cancelled, in the name of who deleted them")
    mutating func pending() {
        directory(deleted)
        #expect(topics.request(request).state == .cancelled)
        #expect(topics.request(request).stopped?.by == .person(Scenario.cy))
        #expect(topics.orders.isEmpty)
    }

    @Test("P2 a deleted person's access is ended, before and after it is in place", arguments: [false, true])
    mutating func live(_ isActive: Bool) throws {
        approve()
        if isActive { activate() }
        directory(deleted)
        #expect(topics.request(request).state == .ending)
        let terms = try #require(topics.orders.first?.terms)
        #expect(topics.orders == [.grant(terms), .end(terms)])
    }

    @Test("a lower role ends it likewise; a new name or a higher role does not")
    mutating func role() {
        approve()
        activate()
        directory(
            .person(.init(id: Scenario.ana, name: "Ana", role: .admin, origin: .person, by: .person(Scenario.cy))))
        #expect(topics.request(request).state == .active)
        directory(
            .person(.init(id: Scenario.ana, role: .guest, epoch: 1, origin: .person, by: .person(Scenario.cy))),
            offset: 100)
        #expect(topics.request(request).state == .ending)
    }

    @Test("deleted and added again while approval was away: what was asked before ends, once")
    mutating func away() throws {
        approve()
        activate()
        let back = DirectoryRecord.person(.init(id: Scenario.ana, role: .member, epoch: 1, origin: .person))
        let directory = Scenario.directory.filter { $0.key != back.key } + [back]
        for name in ["b", "c"] {
            approval = SimulatedApproval(
                instance: name, topics, resources: try Scenario.resources(), directory: directory)
            approval.settle(&topics)
            #expect(topics.request(request).state == .ending)
        }
        #expect(topics.history(of: request).count { if case .ending = $0.fact { true } else { false } } == 1)
        let later = Scenario.requestID("2")
        topics.commands.append(Scenario.submit("2"))
        approval.settle(&topics)
        #expect(topics.request(later).state == .pending, "what is asked since then stands")
    }

    @Test("whoever was a member by their domain alone loses what they had with the domain")
    mutating func domain() throws {
        let zoe = Scenario.person("zoe@contractor.com")
        directory(.domain(.init(name: "contractor.com", by: .person(Scenario.cy))))
        let ids = ["live", "pending"].map { Scenario.requestID($0, caller: .person(zoe)) }
        for key in ["live", "pending"] { topics.commands.append(Scenario.submit(key, by: .person(zoe))) }
        approval.settle(&topics)
        let offer = try #require(topics.request(ids[0]).terms?.offerID)
        topics.commands.append(Scenario.approve(ids[0], by: Scenario.ben, offer: offer))
        approval.settle(&topics)
        #expect(ids.map { topics.request($0).state } == [.approved, .pending])
        approval.take(.directory(key: "domain/contractor.com", nil, offset: 101), topics, Scenario.start)
        approval.settle(&topics)
        #expect(ids.map { topics.request($0).state } == [.ending, .cancelled])
    }

    @Test("P1 a vote that waited while somebody was deleted grants nothing", arguments: [false, true])
    mutating func voteBehindDeletion(_ isRestarted: Bool) throws {
        let offer = try #require(topics.request(request).terms?.offerID)
        var vote = Scenario.approve(request, by: Scenario.ben, offer: offer)
        guard case .approve(var cast) = vote.body else { return }
        // Cast by somebody who had seen the deletion.
        cast.basis.directoryOffset = 100
        vote.body = .approve(cast)
        topics.commands.append(vote)
        if isRestarted {
            let records = Scenario.directory.filter { $0.key != deleted.key } + [deleted]
            approval = SimulatedApproval(
                instance: "b", topics, resources: try Scenario.resources(), directory: records)
            approval.readInput(.commands, topics, Scenario.start)
            approval.take(.directory(key: "bot/x", nil, offset: 99), topics, Scenario.start)
        } else {
            approval.readInput(.commands, topics, Scenario.start)
            directory(deleted)
        }
        approval.settle(&topics)
        #expect(topics.request(request).state == .cancelled)
        #expect(topics.orders.isEmpty, "not even for a moment")
    }
}
