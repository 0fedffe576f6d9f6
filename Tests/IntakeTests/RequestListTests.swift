import HTTPTypes
import SymConfiguration
import SymMessages
import Testing

@testable import Intake

@Suite("The list of requests")
struct RequestListTests {
    private static func ids(_ answer: Answer?) -> [RequestID] {
        if case .requests(let list)? = answer { list.map(\.id) } else { [] }
    }

    /// Pending requests of ana, three of each moment.
    private static func scene(_ count: Int) throws -> (IntakeScenario, [RequestID]) {
        var scenario = try IntakeScenario.started()
        var ids: [RequestID] = []
        for number in 0..<count {
            if number % 3 == 0 { scenario.now = scenario.now + Seconds(1) }
            ids.append(try scenario.pendingRequest(key: "k\(number)").id)
        }
        return (scenario, ids)
    }

    private static func approve(_ id: RequestID, _ scenario: inout IntakeScenario) throws {
        let offer = try #require(scenario.core.book[id]?.request.terms?.offerID)
        let vote = Fact.Vote(voter: try #require(Sample.ben.person), offerID: offer, message: nil)
        scenario.event(
            id, 2, .approved, cause: "v-\(id)",
            .approved(
                .init(vote: vote, leaseID: LeaseID(request: id, round: 1), startBy: scenario.now + Seconds(900))))
    }

    @Test("page by page it is the whole list, each once, in the same order, while states change between the pages")
    func pages() throws {
        let (started, all) = try Self.scene(10)
        var scenario = started
        let whole = Self.ids(scenario.answer(Sample.cy, .list(RequestQuery(limit: 500))))
        #expect(Set(whole) == Set(all) && whole.count == 10)
        for size in 1...11 {
            var found: [RequestID] = []
            while true {
                let page = Self.ids(
                    scenario.answer(Sample.cy, .list(RequestQuery(before: found.last, limit: size))))
                found += page
                if page.count < size { break }
            }
            #expect(found == whole, "pages of \(size)")
        }
        let pending = RequestQuery(states: [.pending], limit: 4)
        let first = Self.ids(scenario.answer(Sample.cy, .list(pending)))
        // The last of the page leaves the list; what is behind it stays where it is.
        try Self.approve(first[3], &scenario)
        var next = pending
        next.before = first[3]
        #expect(Self.ids(scenario.answer(Sample.cy, .list(next))) == Array(whole[4..<8]))
    }

    @Test("by several states, by target, and by whose access it is")
    func filters() throws {
        let (started, ids) = try Self.scene(3)
        var scenario = started
        try Self.approve(ids[0], &scenario)
        func listed(_ query: RequestQuery, as caller: Caller = Sample.cy) -> Set<RequestID> {
            Set(Self.ids(scenario.answer(caller, .list(query))))
        }
        #expect(listed(RequestQuery(states: [.approved, .active])) == [ids[0]])
        #expect(listed(RequestQuery(states: [.approved, .pending])) == Set(ids))
        #expect(listed(RequestQuery(target: Sample.name("prod"))) == Set(ids))
        #expect(listed(RequestQuery(target: Sample.name("staging"))).isEmpty)
        #expect(listed(RequestQuery(person: Sample.person("ana@example.com"))) == Set(ids))
        #expect(listed(RequestQuery(person: Sample.person("ben@example.com"))).isEmpty)
        #expect(listed(RequestQuery(states: [.approved]), as: Sample.dee).isEmpty)
    }

    @Test("a page behind a request that one may not see, or that is not there, is refused alike")
    func unseen() throws {
        let (started, ids) = try Self.scene(1)
        var scenario = started
        let unknown = RequestID(caller: Sample.ana, source: "http", id: "never")
        for (caller, id) in [(Sample.dee, ids[0]), (Sample.cy, unknown)] {
            guard case .refused(let refusal, nil)? = scenario.answer(caller, .list(RequestQuery(before: id))) else {
                Issue.record("not refused")
                continue
            }
            #expect(refusal.kind == .invalid && refusal.field == "before")
        }
    }

    @Test("the query is read strictly")
    func query() async throws {
        let scenario = EdgeScenario()
        let path = "/v1/requests?state=active&state=approved&target=prod&for=Ana%2Bx@example.com&limit=7&before="
        _ = try await scenario.send(.get, path + EdgeScenario.id.rawValue)
        guard case .list(let query)? = scenario.calls.first?.1 else {
            Issue.record("not a list")
            return
        }
        #expect(
            query
                == RequestQuery(
                    states: [.active, .approved], target: Sample.name("prod"),
                    person: Sample.person("ana+x@example.com"), before: EdgeScenario.id, limit: 7))
        for (wrong, field) in [
            ("state=active&state=done", "state"), ("state=none", "state"), ("target=a%20b", "target"),
            ("for=ana", "for"),
            ("before=req_1", "before"), ("limit=501", "limit"), ("user=ana@example.com", "user"),
        ] {
            let result = try await scenario.send(.get, "/v1/requests?\(wrong)")
            #expect(result.status == 422 && result.field == field, "\(wrong): \(result.body)")
        }
        #expect(scenario.calls.count == 1)
    }
}
