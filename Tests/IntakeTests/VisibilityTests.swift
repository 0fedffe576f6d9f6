import SymMessages
import Testing

@testable import Intake

@Suite("Who sees which request")
struct VisibilityTests {
    @Test("requester, approver and admin see it; others learn nothing, in the list neither")
    func visibility() throws {
        var scenario = try IntakeScenario.started()
        let (id, _) = try scenario.pendingRequest()
        for caller in [Sample.ana, Sample.ben, Sample.cy] {
            guard case .request? = scenario.answer(caller, .show(id)) else {
                Issue.record("\(caller) does not see the request")
                continue
            }
            guard case .requests(let list)? = scenario.answer(caller, .list(RequestQuery(limit: 10))) else { continue }
            #expect(list.map(\.id) == [id])
        }
        for caller in [Sample.dee, Sample.pager] {
            #expect(scenario.answer(caller, .show(id)) == .refused(IntakeService.unknown(id), request: nil))
            #expect(scenario.answer(caller, .list(RequestQuery(limit: 10))) == .requests([]))
        }
    }

    @Test("the list is newest first, of the state asked for, and no longer than asked for")
    func list() throws {
        var scenario = try IntakeScenario.started()
        var ids: [RequestID] = []
        for key in ["a", "b", "c"] {
            scenario.now = scenario.now + Seconds(1)
            ids.append(try scenario.pendingRequest(key: key).id)
        }
        scenario.event(ids[1], 2, .cancelled, cause: "x", .cancelled(.init(by: Sample.ana, reason: nil)))
        func listed(_ answer: Answer?) -> [RequestID] {
            if case .requests(let list)? = answer { list.map(\.id) } else { [] }
        }
        #expect(listed(scenario.answer(Sample.ana, .list(RequestQuery(limit: 10)))) == ids.reversed())
        #expect(
            listed(scenario.answer(Sample.ana, .list(RequestQuery(states: [.pending], limit: 10)))) == [ids[2], ids[0]])
        #expect(listed(scenario.answer(Sample.ana, .list(RequestQuery(limit: 1)))) == [ids[2]])
    }

    @Test("a request that was just submitted here is shown to its requester before the log has it")
    func unanswered() throws {
        var scenario = try IntakeScenario.started()
        _ = scenario.call(Sample.ana, .submit(Sample.submission("k1"), Sample.access, wait: nil))
        let id = RequestID(caller: Sample.ana, source: "http", id: "k1")
        guard case .request(let view)? = scenario.answer(Sample.ana, .show(id)) else {
            Issue.record("not shown")
            return
        }
        #expect(view.state == .none)
        #expect(scenario.answer(Sample.ben, .show(id)) == .refused(IntakeService.unknown(id), request: nil))
    }

    @Test("P6 no claim before the effect: an approved request is not told as active, and has no end")
    func noClaim() throws {
        var scenario = try IntakeScenario.started()
        let (id, offer) = try scenario.pendingRequest()
        let vote = Fact.Vote(voter: try #require(Sample.ben.person), offerID: offer, message: nil)
        let approved = Fact.Approved(
            vote: vote,
            leaseID: LeaseID(request: id, round: 1), startBy: scenario.now + Seconds(900))
        scenario.event(id, 2, .approved, cause: "v", .approved(approved))
        guard case .request(let view)? = scenario.answer(Sample.ana, .show(id)) else {
            Issue.record("not shown")
            return
        }
        #expect(view.state == .approved)
        #expect(view.startedAt == nil && view.endsAt == nil)
        #expect(view.votes == [.init(round: 1, voter: vote.voter, vote: .approve, message: nil)])
        #expect(view.offerID == nil, "nothing can be voted on any more")
    }
}
