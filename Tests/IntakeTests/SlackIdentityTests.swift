import SymMessages
import Synchronization
import Testing

@testable import Intake

@Suite("P7 who clicks is who Slack says, and may they")
struct SlackIdentityTests {
    static let ana = SlackUser(
        id: "U1", team: "T1", isDeleted: false, isBot: false, isRestricted: false, isUltraRestricted: false,
        isStranger: false, isEmailConfirmed: true, profile: .init(email: "Ana@Example.com"))

    static func changed(_ change: (inout SlackUser) -> Void) -> SlackUser {
        var user = ana
        change(&user)
        return user
    }

    @Test("a member with a confirmed e-mail, in any case; absent facts are none")
    func member() throws {
        #expect(try SlackIdentity.person(Self.ana, asked: "U1", "T1") == SlackSample.ana)
        let sparse = SlackUser(id: "U1", profile: .init(email: "ana@example.com"))
        #expect(try SlackIdentity.person(sparse, asked: "U1", "T1") == SlackSample.ana)
    }

    @Test(
        "everybody else is refused in a sentence",
        arguments: [
            (changed { $0.isDeleted = true }, "deactivated"), (changed { $0.isBot = true }, "bots"),
            (changed { $0.isRestricted = true }, "guests"), (changed { $0.isUltraRestricted = true }, "guests"),
            (changed { $0.isStranger = true }, "another workspace"), (changed { $0.team = "T2" }, "another workspace"),
            (changed { $0.profile = nil }, "no e-mail"), (changed { $0.profile?.email = "" }, "no e-mail"),
            (changed { $0.isEmailConfirmed = false }, "not confirmed"),
            (changed { $0.profile?.email = "not an address" }, "cannot be read"),
            (changed { $0.id = "U2" }, "somebody else"),
        ])
    func refused(user: SlackUser, words: String) {
        let refusal = #expect(throws: SlackIdentity.Refusal.self) {
            try SlackIdentity.person(user, asked: "U1", "T1")
        }
        #expect(refusal?.words.contains(words) == true, "\(refusal?.words ?? "")")
    }

    @Test("Slack's word counts for two minutes, a refusal not at all")
    func cached() async throws {
        let asked = Mutex(0)
        let moment = Mutex(SlackSample.start)
        let answers = Mutex<[SlackUser]>([Self.changed { $0.isDeleted = true }, Self.ana, Self.ana])
        let identity = SlackIdentity(now: { moment.withLock { $0 } }) { _ in
            asked.withLock { $0 += 1 }
            return answers.withLock { $0.removeFirst() }
        }
        await #expect(throws: SlackIdentity.Refusal.self) { try await identity.person(of: "U1", in: "T1") }
        for _ in 1...3 { #expect(try await identity.person(of: "U1", in: "T1") == SlackSample.ana) }
        #expect(asked.withLock { $0 } == 2)
        moment.withLock { $0 = $0 + Seconds(120) }
        _ = try await identity.person(of: "U1", in: "T1")
        #expect(asked.withLock { $0 } == 3)
    }

    @Test("P7 who was deactivated a moment ago does not decide: Slack is asked afresh")
    func askedAfresh() async throws {
        let answers = Mutex<[SlackUser]>([Self.ana, Self.changed { $0.isDeleted = true }])
        let identity = SlackIdentity(now: { SlackSample.start }) { _ in answers.withLock { $0.removeFirst() } }
        #expect(try await identity.person(of: "U1", in: "T1") == SlackSample.ana)
        await #expect(throws: SlackIdentity.Refusal.self) {
            try await identity.person(of: "U1", in: "T1", isAskedAfresh: true)
        }
    }

    @Test("Slack does not know, or does not answer: nothing is done")
    func failures() async throws {
        for failure in [SlackFailure.refused("user_not_found", detail: ""), .transport("x"), .rateLimited(Seconds(3))] {
            let identity = SlackIdentity(now: { SlackSample.start }) { _ throws(SlackFailure) in throw failure }
            let refusal = await #expect(throws: SlackIdentity.Refusal.self) {
                try await identity.person(of: "U1", in: "T1")
            }
            #expect(refusal?.words.contains("nothing was done") == true)
        }
    }

    static let withSlack =
        Sample.configuration.replacing("allowed_sources: [api, kafka]", with: "allowed_sources: [slack]").replacing(
            "sym_integration:", with: "sym_integration:\n  chat: { type: slack, external_id: T1 }")

    @Test("only the workspace that is configured, and only who is in the directory")
    func workspace() throws {
        var scenario = try IntakeScenario.started()
        let list = Call.list(RequestQuery(limit: 5))
        func refusal(_ answer: Answer?) -> String? {
            if case .refused(let refusal, _)? = answer { refusal.reason } else { nil }
        }
        let before = refusal(scenario.answer(Sample.ana, .slack(workspace: "T1", list)))
        #expect(before?.contains("workspace") == true)
        try scenario.putInForce(Self.withSlack)
        #expect(scenario.answer(Sample.ana, .slack(workspace: "T1", list)) == .requests([]))
        let other = refusal(scenario.answer(Sample.ana, .slack(workspace: "T2", list)))
        #expect(other?.contains("workspace") == true)
        let stranger = refusal(
            scenario.answer(Sample.caller("person:eve@example.com"), .slack(workspace: "T1", list)))
        #expect(stranger?.contains("not in the directory") == true)
        let domain = DirectoryRecord.domain(.init(name: "example.com", by: nil))
        scenario.readDirectory(
            .set(Envelope(id: "d", source: "t", subject: domain.key, time: scenario.now, body: domain)))
        #expect(
            scenario.answer(Sample.caller("person:eve@example.com"), .slack(workspace: "T1", list)) == .requests([]),
            "who has an e-mail in a listed domain is a member here too")
    }

    @Test("two deliveries of one click are one command, another click is another")
    func clicks() throws {
        var scenario = try IntakeScenario.started()
        try scenario.putInForce(Self.withSlack.replacing("[slack]", with: "[slack, api]"))
        let (id, offer) = try scenario.pendingRequest()
        let vote = Call.Vote(choice: .approve, offerID: offer)
        func press(_ key: String) -> Call {
            .slack(workspace: "T1", .vote(id, vote, key: key, wait: SlackEdge.wait))
        }
        _ = scenario.call(Sample.ben, press("slack/U2/1.1"))
        _ = scenario.call(Sample.ben, press("slack/U2/1.1"))
        #expect(scenario.underway.count == 1)
        let first = try #require(scenario.acknowledgeAll().first).id
        _ = scenario.call(Sample.ben, press("slack/U2/1.1"))
        #expect(scenario.acknowledgeAll().map(\.id) == [first])
        _ = scenario.call(Sample.ben, press("slack/U2/2.2"))
        #expect(scenario.acknowledgeAll().map(\.id) != [first])
    }
}
