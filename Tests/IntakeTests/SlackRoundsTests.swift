import SymMessages
import Testing

@testable import Intake

@Suite("Stages, escalations, extensions and reminders in Slack")
struct SlackRoundsTests {
    static let id = SlackSample.id()
    static let dee = SlackSample.person("dee@example.com")
    static let stages = [
        Decision.Stage(
            name: "sre", approvers: [SlackSample.ben], required: 1, channels: ["#sre"],
            escalations: [
                .init(after: Seconds(1_800), added: [dee], channels: ["#leads"]),
                .init(after: Seconds(3_600), added: [SlackSample.person("eve@example.com")]),
            ]),
        Decision.Stage(name: "leads", approvers: [SlackSample.cy, dee], required: 1),
    ]
    static let submitted = SlackSample.submitted(
        stages: stages, extending: .init(times: 2, by: Seconds(3_600), isAutomatic: false))
    static let further = SlackSample.further(submitted, by: 3_600)
    static let bens = SlackScenario.conversation(with: SlackSample.ben)
    static let cys = SlackScenario.conversation(with: SlackSample.cy)
    static let dees = SlackScenario.conversation(with: dee)
    static let anas = SlackScenario.conversation(with: SlackSample.ana)

    static func text(_ message: SlackMessage) -> String {
        ([message.text] + SlackCardTests.texts(.array(message.blocks))).joined(separator: "\n")
    }

    /// The values of a message's buttons.
    static func values(_ message: SlackMessage) -> [String: String] {
        var values: [String: String] = [:]
        for block in message.blocks {
            guard case .array(let elements)? = block["elements"] else { continue }
            for case (.string(let action)?, .string(let value)?) in elements.map({ ($0["action_id"], $0["value"]) }) {
                values[action] = value
            }
        }
        return values
    }

    static func begin(_ facts: [(RequestState, Fact)]) -> SlackScenario {
        var scenario = SlackScenario.started()
        for (state, fact) in facts { scenario.event(id, state, fact) }
        scenario.pass(60)
        return scenario
    }

    static func yes(_ voter: PersonID, _ offer: String = submitted.offerID) -> Fact.Vote {
        Fact.Vote(voter: voter, offerID: offer, message: nil)
    }

    static let granted: [(RequestState, Fact)] = [
        (.pending, .submitted(submitted)), (.pending, .voted(yes(SlackSample.ben))),
        (.approved, .approved(SlackSample.approved(SlackSample.cy, of: submitted))),
        (.active, .active(SlackSample.active())),
    ]

    @Test("the card names the open stage, who decides in it, and how many of how many said yes")
    func openStage() throws {
        var scenario = Self.begin([(.pending, .submitted(Self.submitted))])
        let first = try #require(scenario.shown(in: "C-#sre").first)
        #expect(Self.text(first).contains("1 of ben@example.com"))
        #expect(Self.text(first).contains("Stage “sre” (1 of 2): 0 of 1 said yes"))
        #expect(scenario.shown(in: Self.cys).isEmpty, "the second stage is not open")
        scenario.event(Self.id, .pending, .voted(Self.yes(SlackSample.ben)))
        scenario.pass(60)
        for place in ["C-#sre", Self.cys, Self.dees] {
            let card = try #require(scenario.shown(in: place).first, "\(place)")
            #expect(Self.text(card).contains("Stage “leads” (2 of 2): 0 of 1 said yes"), "\(place)")
            #expect(Self.text(card).contains("1 of cy@example.com, dee@example.com"))
            #expect(Self.text(card).contains("Approved by ben@example.com"))
        }
    }

    @Test("whom an escalation adds gets the card, too, in its channels or directly")
    func escalation() throws {
        var scenario = Self.begin([(.pending, .submitted(Self.submitted))])
        let added = Self.stages[0].escalations
        for (step, escalation) in added.enumerated() {
            let fact = Fact.Escalated(
                round: 1, stage: "sre", step: step + 1, added: escalation.added, channels: escalation.channels)
            scenario.event(Self.id, .pending, .escalated(fact))
            scenario.pass(60)
            #expect(scenario.shown(in: "C-#leads").count == 1)
            let eves = SlackScenario.conversation(with: added[1].added[0])
            #expect(scenario.shown(in: eves).count == step)
        }
        #expect(scenario.shown(in: Self.dees).isEmpty, "they see it in the channel")
        let card = try #require(scenario.shown(in: "C-#sre").first)
        #expect(scenario.shown(in: "C-#sre").count == 1)
        #expect(Self.text(card).contains("1 of ben@example.com, dee@example.com, eve@example.com"))
    }

    @Test("an extension: the card shows what is asked, its buttons are about it, and the access goes on")
    func pendingExtension() throws {
        var scenario = Self.begin(Self.granted + [(.active, .extensionRequested(Self.further))])
        let card = try #require(scenario.shown(in: "C-#sre").first)
        let text = Self.text(card)
        #expect(text.contains("*In the group* until"))
        #expect(text.contains("*ana@example.com* asked for *1 hour more* (round 2)"))
        #expect(text.contains("Stage “sre” (1 of 2): 0 of 1 said yes") && text.contains("not done yet"))
        let value = SlackAction.value(Self.id, offer: Self.further.offerID)
        #expect(Self.values(card) == ["approve": value, "deny": value, "end": value])
        // Whoever decides first is told of it; the change of an old card nobody sees.
        let call = try #require(scenario.shown(in: "C-#sre").last)
        #expect(scenario.shown(in: "C-#sre").count == 2 && SlackCardTests.actions(call).isEmpty)
        #expect(
            Self.text(call).contains("asks for 1 hour more") && Self.text(call).contains("waits for ben@example.com"))
        scenario.event(Self.id, .active, .voted(Self.yes(SlackSample.ben, Self.further.offerID)))
        scenario.event(Self.id, .active, .extensionApproved(SlackSample.extended(Self.further)))
        scenario.pass(60)
        let approved = try #require(scenario.shown(in: "C-#sre").first)
        #expect(Self.text(approved).contains("*approved, not in place yet*"))
        #expect(Self.values(approved).keys.sorted() == ["end"])
        #expect(scenario.shown(in: Self.anas).count == 1)
        scenario.event(Self.id, .active, .active(SlackSample.active(round: 2)))
        scenario.pass(60)
        #expect(Self.text(try #require(scenario.shown(in: "C-#sre").first)).contains("*extended*"))
        #expect(scenario.shown(in: Self.anas).count == 2)
        #expect(Self.text(scenario.shown(in: Self.anas)[1]).contains("*extended*"))
        scenario.takeOver()
        scenario.pass(600)
        #expect(scenario.shown(in: Self.anas).count == 2 && scenario.shown(in: "C-#sre").count == 2)
    }

    @Test("an extension that is denied: whom it concerns hears of it, the access goes on")
    func deniedExtension() throws {
        let no = Fact.Vote(voter: SlackSample.cy, offerID: Self.further.offerID, message: "enough")
        let scenario = Self.begin(
            Self.granted + [(.active, .extensionRequested(Self.further)), (.active, .extensionDenied(no))])
        let told = try #require(scenario.shown(in: Self.anas).last)
        #expect(Self.text(told).contains("*denied* by cy@example.com: “enough”"))
        #expect(Self.text(told).contains("in the group until") || Self.text(told).contains("*In the group* until"))
        #expect(Self.values(try #require(scenario.shown(in: "C-#sre").first)).keys.sorted() == ["end"])
    }

    @Test("an extension that its rule approves by itself asks nobody")
    func automaticExtension() {
        let submitted = SlackSample.submitted(
            stages: Self.stages, extending: .init(times: 1, by: Seconds(3_600), isAutomatic: true))
        let scenario = Self.begin([
            (.pending, .submitted(submitted)), (.pending, .voted(Self.yes(SlackSample.ben, submitted.offerID))),
            (.approved, .approved(SlackSample.approved(SlackSample.cy, of: submitted))),
            (.active, .active(SlackSample.active())), (.active, .extensionRequested(SlackSample.further(submitted))),
        ])
        #expect(scenario.shown(in: "C-#sre").count == 1)
        #expect(SlackCardTests.actions(scenario.shown(in: "C-#sre")[0]) == ["end"])
    }

    @Test("a reminder is one short message where the card is, naming who has not said yes; after a restart, too")
    func reminder() throws {
        var scenario = Self.begin([(.pending, .submitted(Self.submitted))])
        scenario.event(Self.id, .pending, .reminded(.init(round: 1, stage: "sre", count: 1)))
        scenario.pass(60)
        #expect(scenario.shown(in: "C-#sre").count == 2)
        #expect(Self.text(scenario.shown(in: "C-#sre")[1]).contains("waits for ben@example.com until"))
        scenario.takeOver()
        scenario.pass(600)
        #expect(scenario.shown(in: "C-#sre").count == 2)
        scenario.event(Self.id, .pending, .reminded(.init(round: 1, stage: "sre", count: 2)))
        scenario.pass(60)
        #expect(scenario.shown(in: "C-#sre").count == 3)
        // The next stage decides without a channel: each of its people is reminded directly.
        scenario.event(Self.id, .pending, .voted(Self.yes(SlackSample.ben)))
        scenario.pass(60)
        #expect(scenario.shown(in: Self.cys).count == 1 && scenario.shown(in: "C-#sre").count == 3)
        scenario.event(Self.id, .pending, .reminded(.init(round: 1, stage: "leads", count: 1)))
        scenario.pass(60)
        #expect(scenario.shown(in: Self.cys).count == 2 && scenario.shown(in: Self.dees).count == 2)
        #expect(scenario.shown(in: "C-#sre").count == 3)
    }

    @Test("who said yes already is not reminded")
    func votedAlready() {
        let stage = Decision.Stage(name: "sre", approvers: [SlackSample.ben, SlackSample.cy], required: 2)
        let submitted = SlackSample.submitted(stages: [stage])
        let scenario = Self.begin([
            (.pending, .submitted(submitted)), (.pending, .voted(Self.yes(SlackSample.ben, submitted.offerID))),
            (.pending, .reminded(.init(round: 1, stage: "sre", count: 1))),
        ])
        #expect(scenario.shown(in: Self.bens).count == 1)
        #expect(scenario.shown(in: Self.cys).count == 2)
    }

    @Test("a reminder stays as it was said; the card tells how it goes on")
    func reminderStays() {
        let stage = Decision.Stage(
            name: "sre", approvers: [SlackSample.ben, SlackSample.cy], required: 2, channels: ["#sre"])
        let submitted = SlackSample.submitted(stages: [stage])
        var scenario = Self.begin([
            (.pending, .submitted(submitted)), (.pending, .reminded(.init(round: 1, stage: "sre", count: 1))),
        ])
        let before = scenario.shown(in: "C-#sre")
        scenario.event(Self.id, .pending, .voted(Self.yes(SlackSample.ben, submitted.offerID)))
        scenario.pass(60)
        let after = scenario.shown(in: "C-#sre")
        #expect(before.count == 2 && after.count == 2 && after[1] == before[1])
        #expect(Self.text(after[0]).contains("1 of 2 said yes") && Self.text(before[0]).contains("0 of 2 said yes"))
    }

    @Test("reminders of a night when no intake was there are one, and none is sent about what is decided")
    func missed() {
        var scenario = SlackScenario()
        for count in 1...3 {
            if count == 1 { scenario.event(Self.id, .pending, .submitted(Self.submitted)) }
            scenario.event(Self.id, .pending, .reminded(.init(round: 1, stage: "sre", count: count)))
        }
        scenario.takeOver()
        scenario.pass(60)
        #expect(scenario.shown(in: "C-#sre").count == 2)
        scenario.feed(.revoked([SlackScenario.partition]))
        scenario.event(Self.id, .pending, .reminded(.init(round: 1, stage: "sre", count: 4)))
        scenario.event(Self.id, .denied, .denied(Self.yes(SlackSample.ben)))
        scenario.takeOver()
        scenario.pass(60)
        #expect(scenario.shown(in: "C-#sre").count == 2)
    }

    @Test("who asks for whom is visible; a decision only has no tailnet fields")
    func decisionOnly() throws {
        let submitted = SlackSample.submitted(
            stages: [.init(name: "sre", approvers: [SlackSample.ben], required: 1)], caller: Sample.dee, grant: nil,
            fields: ["version": .text("1.2.3 <!here>")])
        let pending: [(RequestState, Fact)] = [(.pending, .submitted(submitted))]
        let approved = pending + [(.approved, .approved(SlackSample.approved(SlackSample.ben, of: submitted)))]
        let decided = approved + [(.ended, .ended(SlackSample.ended(Self.id, .decided, .neverAdded)))]
        for facts in [pending, approved, decided] {
            let card = try #require(SlackCard(SlackSample.request(facts)))
            let text = Self.text(card.card)
            #expect(text.contains("dee@example.com* asks for a decision by *ssh* for ana@example.com"))
            #expect(text.contains("*Asked by*\ndee@example.com") && text.contains("*For*\nana@example.com"))
            #expect(text.contains("*version*: 1.2.3 &lt;!here&gt;"))
            for field in ["*Tailnet*", "*Group*", "*Login*", "*Duration*", "in the group", "put into the group"] {
                #expect(!text.contains(field), "\(field)")
            }
            #expect(!SlackCardTests.actions(card.card).contains("end"))
        }
        #expect(
            Self.text(try #require(SlackCard(SlackSample.request(decided))).end).contains("asks for a decision only"))
    }

    @Test("P7 a click on what was asked before does not count for an extension, and is told why")
    func staleClick() throws {
        let view = try RoundsTests.view(Array(RoundsTests.extended.prefix(5)))
        let refusal = Refusal(.conflict, field: "offer_id", "This is not what is offered now.")
        let old = RoundsTests.submitted.offerID
        #expect(SlackWords.refused(refusal, .approve, offer: old, view).hasPrefix("This changed"))
        let own = Refusal(.forbidden, "Nobody decides on a request of their own.")
        let present = RoundsTests.further.offerID
        #expect(SlackWords.refused(own, .approve, offer: present, view) == own.reason)
        // An end is about the access, whatever is asked for meanwhile.
        #expect(SlackWords.refused(own, .end, offer: old, view) == own.reason)
    }
}
