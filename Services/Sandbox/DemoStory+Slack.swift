import FoundationEssentials
import SandboxStack
import SymMessages

/// The first half of the story: in Slack, from the command to the end.
extension DemoStory {
    private static let channel = "sym-requests"

    /// Asks by `/sym`, with a reason that tries to call everybody.
    func askInSlack(unchanged policy: String) async throws -> RequestID {
        narrator.title("2. In Slack, Ana asks to be let into production for four seconds")
        let text = "req \(Self.flow) 4s \"deploy 42 & <!channel>\""
        narrator.command("/sym \(text)        (Ana, in #\(Self.channel))")
        let delivery = try await stack.slack.command(text, as: "ana")
        let told = try await shownOnly(to: "U0ANA00001")
        narrator.output(told)
        try narrator.check(
            "only she sees this answer, \(delivery.milliseconds) ms after she sent the command",
            delivery.statuses == [200] && !told.isEmpty, "\(delivery)")
        let id = RequestID(caller: Cast.ana, source: "slack:T0SANDBOX", id: delivery.triggerID)
        try await show(card(of: id, with: ["approve", "deny"]))
        try await checkNobodyIsCalled()
        try narrator.check("nothing is given yet: the policy file is unchanged", try await stack.policyFile() == policy)
        return id
    }

    /// The requester, who is an approver, presses Approve.
    func refuseOwnClick(_ id: RequestID, unchanged policy: String) async throws {
        narrator.title("3. Ana, who is an approver, presses Approve on her own request")
        let card = try await card(of: id, with: ["approve"])
        let before = try await messages(onlyFor: "U0ANA00001").count
        try await press("approve", on: card, as: "ana", "Approve")
        let told = try await eventually("Ana to be told why not", within: .seconds(20)) {
            let messages = try await messages(onlyFor: "U0ANA00001")
            return messages.count > before ? .found(messages.last?.shown ?? "") : .notYet("\(messages.count) messages")
        }
        narrator.output(told)
        try narrator.check("she alone is told why it does not count", told.contains("own"), told)
        try narrator.check("the card is unchanged", try await self.card(of: id, with: ["approve"]) == card)
        try narrator.check("the policy file is unchanged", try await stack.policyFile() == policy)
    }

    /// Another approver presses Approve: the card changes in place, and the requester is told.
    func grantInSlack(_ id: RequestID, from before: String, to after: String) async throws {
        narrator.title("4. Ben sees exactly what will be given, and presses Approve")
        let pending = try await card(of: id, with: ["approve"])
        try await press("approve", on: pending, as: "ben", "Approve")
        try await reached(id, .active)
        try await showChange(from: before, to: after, "one member was added, and no other byte changed")
        try await show(card(of: id, saying: "In the group"), at: pending)
        try await showDirectMessage(saying: "In the group")
    }

    /// Nobody does anything.
    func expireInSlack(_ id: RequestID, from before: String, to after: String) async throws {
        narrator.title("5. Nobody does anything: the time is up")
        let granted = try await card(of: id, saying: "In the group")
        try await reached(id, .ended)
        try await showChange(from: before, to: after, "the policy file is what it was before, byte for byte")
        try await show(card(of: id, saying: "Ended", with: []), at: granted)
        try await showDirectMessage(saying: "Ended")
    }

    /// Presses Approve on a request that came from elsewhere.
    func approveInSlack(_ id: RequestID, _ step: String, from before: String, to after: String) async throws {
        narrator.title("\(step). In Slack, Ben sees this one too, with the login it would be given to, and approves")
        let pending = try await card(of: id, with: ["approve"])
        try narrator.check("the card shows the login ana@github", pending.shown.contains("ana@github"), pending.shown)
        try await press("approve", on: pending, as: "ben", "Approve")
        try await reached(id, .active)
        try await showChange(from: before, to: after, "one member was added, and no other byte changed")
    }

    // MARK: What stands in Slack

    /// The one message about a request in the channel, once it has these buttons and says this.
    func card(
        of id: RequestID, saying text: String = "", with actions: [String]? = nil
    ) async throws -> SandboxSlack.Message {
        let cards = try await eventually("the card of \(id) to be right", within: .seconds(20)) {
            if let casualty = stack.casualty { throw casualty }
            let cards = try await stack.slack.messages().filter {
                $0.channelName == Self.channel && $0.onlyFor == nil && $0.isAbout(id)
            }
            let isRight = cards.contains { card in
                card.shown.contains(text)
                    && actions.map { $0.isEmpty ? card.actions.isEmpty : card.actions.starts(with: $0) } ?? true
            }
            return isRight ? .found(cards) : .notYet(cards.map(\.shown).joined(separator: "\n"))
        }
        guard cards.count == 1, let card = cards.first else {
            throw Narrator.Untrue(claim: "not true: the request has one card", detail: "\(cards)")
        }
        return card
    }

    private func show(_ card: SandboxSlack.Message, at earlier: SandboxSlack.Message? = nil) throws {
        narrator.note("#\(Self.channel):")
        narrator.output(card.shown)
        guard let earlier else { return }
        try narrator.check("it is the same message, edited in place", card.ts == earlier.ts)
    }

    private func showDirectMessage(saying text: String) async throws {
        let message = try await eventually("a direct message to Ana that says “\(text)”", within: .seconds(20)) {
            let messages = try await stack.slack.messages().filter { $0.directWith == "U0ANA00001" }
            let found = messages.last { $0.versions.contains { $0.contains(text) } }
            return found.map { .found($0) } ?? .notYet(messages.map(\.shown).joined(separator: "\n"))
        }
        narrator.note("Direct message to Ana:")
        narrator.output(message.versions.first { $0.contains(text) } ?? message.shown)
    }

    private func press(
        _ action: String, on card: SandboxSlack.Message, as user: String, _ label: String
    ) async throws {
        narrator.command("[\(label)]        (\(user.capitalized))")
        let delivery = try await stack.slack.click(action, on: card, as: user)
        guard delivery.statuses == [200] else {
            throw Narrator.Untrue(claim: "not true: the click was taken", detail: "\(delivery)")
        }
    }

    private func messages(onlyFor user: String) async throws -> [SandboxSlack.Message] {
        try await stack.slack.messages().filter { $0.onlyFor == user }
    }

    private func shownOnly(to user: String) async throws -> String {
        try await messages(onlyFor: user).last?.shown ?? ""
    }

    private func checkNobodyIsCalled() async throws {
        let calls = try await stack.slack.messages().filter(\.isBroadcast)
        try narrator.check("her <!channel> is shown as text and calls nobody", calls.isEmpty, "\(calls)")
    }
}

extension SandboxSlack.Message {
    /// Whether it names the request, in its text or in a button.
    func isAbout(_ id: RequestID) -> Bool {
        String(decoding: json.canonical, as: UTF8.self).contains(id.rawValue)
    }
}
