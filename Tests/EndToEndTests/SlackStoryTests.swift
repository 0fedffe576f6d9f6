import SandboxStack
import SymMessages
import Testing

@Suite("Slack: the seed's sentence, from the command to the end")
struct SlackStoryTests {
    private static let request = "req prod-access prod 1h \"deploy 42 & <!channel>\""

    @Test("P6 no claim before the effect: one message, edited in place; two clicks are one vote")
    func story() async throws {
        try await Scene.prepared(hasSlack: true) { scene in
            try await scene.startWithSlack()
            let (id, answer) = try await scene.ask(Self.request)
            #expect(answer.statuses == [200] && answer.milliseconds < 3_000)
            let pending = try await scene.card(id, saying: "Waits for a decision")
            #expect(pending.actions == ["approve", "deny"])
            #expect(try await scene.policyFile() == Scene.policy)

            // The same click delivered twice, and one more by hand.
            let twice = try await scene.stack.slack.click("approve", on: pending, as: "ben", ["times": .integer(2)])
            #expect(twice.statuses == [200, 200])
            let granted = try await scene.card(id, saying: "In the group")
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
            let direct = try await scene.card(id, directlyTo: "U0ANA00001", saying: "In the group")
            try await scene.stack.slack.click("end", on: direct, as: "ana")
            let ended = try await scene.card(id, saying: "Ended")
            try await scene.card(id, directlyTo: "U0ANA00001", saying: "Ended")
            #expect(try await scene.policyFile() == Scene.policy)

            #expect(Set([pending.ts, granted.ts, ended.ts]).count == 1)
            #expect(try await scene.cards(id).count == 1 && ended.actions.isEmpty)
            // What was shown, in order: nothing is said twice, nothing goes back.
            let stages = ended.versions.compactMap { version in
                ["Waits for a decision", "not in place yet", "In the group", "Being ended", "Ended"]
                    .firstIndex { version.contains($0) }
            }
            #expect(stages == stages.sorted() && Set(stages).count == stages.count, "\(ended.versions)")
            #expect(!ended.isBroadcast && ended.shown.contains("<!channel>"))
            #expect(try await scene.stack.slack.messages().allSatisfy { !$0.isBroadcast })
            if Kcat.isInstalled {
                let (events, _) = try await scene.history(of: id)
                #expect(events.filter { $0.state == .approved }.count == 1)
                #expect(events.filter(\.state.isFinal).count == 1)
            }
        }
    }

    @Test("P7 only eligible people decide: guests, bots, strangers, deactivated users and other workspaces do nothing")
    func strangers() async throws {
        try await Scene.prepared(hasSlack: true) { scene in
            try await scene.startWithSlack()
            let (id, _) = try await scene.ask(Self.request)
            let card = try await scene.card(id, saying: "Waits for a decision")
            for (kind, reason) in [
                ("restricted", "guests"), ("ultra_restricted", "guests"), ("bot", "bots"),
                ("stranger", "another workspace"), ("deleted", "deactivated"),
            ] {
                try await scene.stack.slack.change("users", ["user": .string("ben"), kind: .bool(true)])
                try await scene.pressInVain(card, as: "ben", told: reason)
                try await scene.stack.slack.change("users", ["user": .string("ben"), kind: .bool(false)])
            }
            // Cy, who may decide too, under an address that nobody knows.
            try await scene.stack.slack.change(
                "users", ["user": .string("cy"), "email": .string("cy@elsewhere.example")])
            try await scene.pressInVain(card, as: "cy", told: "directory")
            try await scene.pressInVain(card, as: "dee", told: "directory")
            try await scene.pressInVain(card, as: "ana", told: "own")
            try await scene.pressInVain(card, as: "ben", told: "workspace", ["team": .string("T0ELSEWHERE")])
            let unseen = JSONValue.string("\(id)|0123456789abcdef0123456789abcdef")
            try await scene.pressInVain(card, as: "ben", told: "changed", ["value": unseen])
            for deviation in [
                ["forged": JSONValue.bool(true)], ["unsigned": .bool(true)], ["skew_seconds": .integer(-310)],
                ["skew_seconds": .integer(310)],
            ] {
                let refused = try await scene.stack.slack.click("approve", on: card, as: "ben", deviation)
                #expect(refused.statuses == [401])
            }
            #expect(try await scene.told(id, is: [.pending]).state == .pending)
            #expect(try await scene.cards(id) == [card])
            #expect(try await scene.policyFile() == Scene.policy)
            // The card is none the worse for it.
            try await scene.stack.slack.click("approve", on: card, as: "ben")
            try await scene.told(id, is: [.active])
        }
    }

    @Test("Slack slow, limiting and down: the grant does not wait, and the card is right in the end")
    func troubledSlack() async throws {
        try await Scene.prepared(hasSlack: true) { scene in
            try await scene.startWithSlack()
            let (id, _) = try await scene.ask(Self.request)
            let card = try await scene.card(id, saying: "Waits for a decision")
            for fault in [
                ["kind": JSONValue.string("ratelimited"), "method": .string("chat.update"), "count": .integer(2)],
                ["kind": .string("drop_after_apply"), "method": .string("chat.update"), "count": .integer(1)],
                ["kind": .string("down"), "method": .string("conversations.open"), "count": .integer(1)],
                ["kind": .string("delay"), "method": .string("chat.postMessage"), "delay_ms": .integer(1_000)],
            ] { try await scene.stack.slack.change("faults", fault) }
            try await scene.stack.slack.click("approve", on: card, as: "ben")
            try await scene.told(id, is: [.active], within: .seconds(20))
            let granted = try await scene.card(id, saying: "In the group")
            try await scene.card(id, directlyTo: "U0ANA00001", saying: "In the group")
            try await scene.stack.slack.heal()
            try await scene.stack.slack.click("end", on: granted, as: "ana")
            let ended = try await scene.card(id, saying: "Ended")
            #expect(ended.ts == card.ts)
            #expect(try await scene.cards(id).count == 1)
        }
    }

    @Test("a channel archived after the card: the approvers get theirs directly, and the grant does not wait")
    func archivedLater() async throws {
        try await Scene.prepared(hasSlack: true) { scene in
            try await scene.startWithSlack()
            let (id, _) = try await scene.ask(Self.request)
            let card = try await scene.card(id, saying: "Waits for a decision")
            try await scene.stack.slack.change(
                "channels", ["channel": .string("sym-requests"), "archived": .bool(true)])
            try await scene.stack.slack.click("approve", on: card, as: "ben")
            try await scene.told(id, is: [.active])
            let direct = try await scene.card(id, directlyTo: "U0ANA00001", saying: "In the group")
            try await scene.stack.slack.click("end", on: direct, as: "ana")
            try await scene.told(id, is: [.ended])
            try await scene.card(id, directlyTo: "U0ANA00001", saying: "Ended")
            // What stands in the archived channel cannot be changed any more, by nobody.
            #expect(try await scene.cards(id) == [card])
        }
    }
}

extension Scene {
    /// Presses Approve and waits until that person alone was told why it does not count.
    fileprivate func pressInVain(
        _ card: SandboxSlack.Message, as user: String, told reason: String, _ options: [String: JSONValue] = [:]
    ) async throws {
        let before = try await toldAlone().count
        let pressed = try await stack.slack.click("approve", on: card, as: user, options)
        #expect(pressed.statuses == [200], "\(user) \(options)")
        let told = try await eventually("\(user) to be told why it does not count", within: .seconds(20)) {
            let messages = try await toldAlone()
            return messages.count > before ? .found(messages[before...]) : .notYet("nothing new")
        }
        #expect(told.map(\.shown).joined().contains(reason), "\(told.map(\.shown))")
    }

    private func toldAlone() async throws -> [SandboxSlack.Message] {
        try await stack.slack.messages().filter { $0.onlyFor != nil }
    }
}
