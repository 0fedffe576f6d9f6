import SymMessages

/// How a request looks in Slack: a function of its log, and of nothing else.
struct SlackCard {
    private let request: Request
    private let terms: Fact.Submitted

    /// `nil` for a request of which nothing was offered: it was refused, or forestalled.
    init?(_ request: Request) {
        guard let terms = request.terms else { return nil }
        self.request = request
        self.terms = terms
    }

    /// For those who decide: what is asked, how it stands, and buttons for what can be done.
    var card: SlackMessage {
        let words = SlackRequestWords(request, terms)
        var blocks = [SlackBlock.section(words.headline), SlackBlock.fields(words.details)]
        if let answers = words.answers { blocks.append(SlackBlock.section(answers)) }
        if let reason = words.reason { blocks.append(SlackBlock.section(reason)) }
        blocks.append(SlackBlock.section(words.state))
        blocks += words.extensions.map { SlackBlock.section($0) }
        if let reason = words.reasonForMore { blocks.append(SlackBlock.section(reason)) }
        blocks.append(SlackBlock.context(words.origin))
        if let buttons { blocks.append(SlackBlock.actions(buttons)) }
        return SlackMessage(text: "\(words.summary): \(words.shortState)", blocks: blocks)
    }

    /// For whom it concerns: that the access is there, and later how that stands.
    var grant: SlackMessage {
        notice(request.state == .active || request.state == .approved ? [endButton] : nil)
    }

    /// For whom it concerns: how it ended.
    var end: SlackMessage { notice(nil) }

    /// For whom it concerns: what became of the extension that was asked for last.
    var extended: SlackMessage { notice(nil) }

    /// For those who may decide: the card waits for them.
    var reminder: SlackMessage {
        let words = SlackRequestWords(request, terms)
        return SlackMessage(
            text: "\(words.summary): \(words.shortState)",
            blocks: [SlackBlock.section(words.reminder), SlackBlock.context(words.origin)])
    }

    private func notice(_ buttons: [JSONValue]?) -> SlackMessage {
        let words = SlackRequestWords(request, terms)
        var blocks = [SlackBlock.section("\(words.subject)\n\(words.state)")]
        blocks += words.extensions.map { SlackBlock.section($0) }
        blocks.append(SlackBlock.context(words.origin))
        if let buttons { blocks.append(SlackBlock.actions(buttons)) }
        return SlackMessage(text: "\(words.plainSubject): \(words.shortState)", blocks: blocks)
    }

    private var buttons: [JSONValue]? {
        guard !request.isFrozen else { return nil }
        let isPending = request.pending.map { !$0.isAutomatic } ?? false
        let hasAccess = [.approved, .active].contains(request.state) && terms.placement != nil
        let buttons = (isPending ? votes : []) + (hasAccess ? [endButton] : [])
        return buttons.isEmpty ? nil : buttons
    }

    private var votes: [JSONValue] {
        [
            SlackBlock.button(.approve, value: value, style: "primary"),
            SlackBlock.button(.deny, value: value, style: "danger"),
        ]
    }

    private var endButton: JSONValue {
        SlackBlock.button(
            .end, value: value, style: "danger",
            asks: "The login is taken out of the group. Open TCP connections may live on.")
    }

    private var value: String { SlackAction.value(request.id, offer: request.pending?.offerID ?? terms.offerID) }
}
