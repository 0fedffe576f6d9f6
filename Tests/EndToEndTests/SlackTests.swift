import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

@Suite("Slack, with all services as they are deployed")
struct SlackTests {
    static let request = "req prod-access prod 1h \"deploy 42\""

    @Test("intake killed between posting and remembering: one stray message at most, the card is right in the end")
    func killedAfterPosting() async throws {
        try await Scene.prepared(hasSlack: true) { scene in
            let mark = "\(scene.stack.plan.folder)/mark"
            try await scene.startWithSlack(["SYM_FAULT_KILL_AT": "intake.slack-posted", "SYM_FAULT_MARK": mark])
            let (id, answer) = try await scene.ask(Self.request)
            let victim = try #require(scene.stack.process(.intake))
            let end = try await within(.seconds(60), "intake to reach the point") { try await victim.ended() }
            #expect(end == .signalled(9))
            #expect(answer.statuses.count == 1)
            try await scene.stack.start(.intake)
            try await eventually("another card, or the same", within: .seconds(60)) {
                let cards = try await scene.cards(id)
                return cards.count >= 2 ? .found(()) : .notYet("\(cards.count) cards")
            }
            let card = try await scene.card(id, saying: "Waits for a decision")
            try await scene.stack.slack.click("approve", on: card, as: "ben")
            try await scene.told(id, is: [.active])
            let granted = try await scene.card(id, saying: "In the group")
            try await scene.stack.slack.click("end", on: granted, as: "ben")
            try await scene.told(id, is: [.ended])
            let ended = try await scene.card(id, saying: "Ended")
            #expect(ended.actions.isEmpty)
            #expect(try await scene.cards(id).count == 2)
            try await scene.card(id, directlyTo: "U0ANA00001", saying: "Ended")
        }
    }

    @Test("Kafka dead: told within 3 s, to that person only")
    func kafkaDead() async throws {
        try await Scene.prepared(hasSlack: true) { scene in
            try await scene.startWithSlack()
            try await scene.stack.kill(.broker)
            let (id, answer) = try await scene.ask(Self.request)
            #expect(answer.statuses == [200])
            #expect(answer.milliseconds < 3_000)
            #expect(answer.text?.contains("Not confirmed in time") == true)
            #expect(answer.text?.contains(id.rawValue) == true)
        }
    }

    @Test("a vanished channel, a double click and two approvers at once: the grant is made once, the loser hears why")
    func vanishedChannel() async throws {
        try await Scene.prepared(hasSlack: true) { scene in
            try await scene.startWithSlack()
            try await scene.stack.slack.change(
                "channels", ["channel": .string("sym-requests"), "archived": .bool(true)])
            let (id, _) = try await scene.ask(Self.request)
            let bens = try await scene.card(id, directlyTo: "U0BEN00001", saying: "Waits for a decision")
            let cys = try await scene.card(id, directlyTo: "U0CY000001", saying: "Waits for a decision")
            async let first = scene.stack.slack.click("approve", on: bens, as: "ben", ["times": .integer(2)])
            async let second = scene.stack.slack.click("deny", on: cys, as: "cy")
            #expect(try await first.statuses == [200, 200])
            #expect(try await second.statuses == [200])
            let told = try await scene.told(id, is: [.active, .denied])
            let loser = told.state == .active ? "U0CY000001" : "U0BEN00001"
            _ = try await scene.toldAlone(loser, "already")
            let words = told.state == .active ? "In the group" : "Denied"
            try await scene.card(id, directlyTo: "U0BEN00001", saying: words)
            try await scene.card(id, directlyTo: "U0CY000001", saying: words)
            try await scene.card(id, directlyTo: "U0ANA00001", saying: words)
            #expect(try await scene.cards(id).isEmpty)
            // P10
            let log = try String(contentsOfFile: scene.stack.log(.intake), encoding: .utf8)
            #expect(!log.contains(scene.stack.slackToken) && !log.contains(scene.stack.slackSigningSecret))
        }
    }
}
