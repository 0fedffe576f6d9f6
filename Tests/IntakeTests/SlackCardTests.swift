import FoundationEssentials
import SymMessages
import Testing

@testable import Intake

@Suite("Cards in Slack")
struct SlackCardTests {
    static let hostile = "<!channel> *x* & <https://evil.example|Approve> `y`\n<!date^0^{date}|z> &amp;"
    static let approvers = (1...40).map { SlackSample.person("approver-number-\($0)@example.com") }

    /// Every message that can be sent, by the state it is of: ordinary, hostile and oversized.
    static func everything() throws -> [(name: String, message: SlackMessage)] {
        let long = String(repeating: "<&>\n", count: 3_000)
        let variants = [
            ("plain", SlackSample.allStates()),
            ("bare", SlackSample.allStates(reason: nil, message: nil)),
            ("hostile", SlackSample.allStates(reason: hostile, message: hostile, label: hostile)),
            ("long", SlackSample.allStates(reason: long, message: long, label: long, approvers: approvers)),
        ]
        return try variants.flatMap { variant, states in
            try states.flatMap { name, request in
                let card = try #require(SlackCard(request))
                return [
                    ("\(variant)/\(name)/card", card.card), ("\(variant)/\(name)/grant", card.grant),
                    ("\(variant)/\(name)/end", card.end), ("\(variant)/\(name)/reminder", card.reminder),
                    ("\(variant)/\(name)/extended", card.extended),
                ]
            }
        }
    }

    @Test("every message keeps Slack's limits, and is written down for the check with Slack's own models")
    func limits() throws {
        let messages = try Self.everything()
        for (name, message) in messages {
            #expect(!message.text.isEmpty && message.text.utf16.count <= 3_000, "\(name)")
            #expect((1...50).contains(message.blocks.count), "\(name)")
            for text in Self.texts(.array(message.blocks)) {
                #expect((1...3_000).contains(text.utf16.count), "\(name): \(text.count)")
            }
            for case .array(let fields)? in message.blocks.map({ $0["fields"] }) {
                #expect(fields.count <= 10)
                for text in Self.texts(.array(fields)) { #expect(text.utf16.count <= 2_000, "\(name)") }
            }
        }
        let dump = JSONValue.array(
            messages.map { name, message in
                .object([
                    "name": .string(name), "text": .string(message.text), "blocks": .array(message.blocks),
                ])
            })
        let path = ProcessInfo.processInfo.environment["SYM_TEST_CARDS"] ?? ".build/slack-cards.json"
        try Data(dump.canonical).write(to: URL(filePath: path))
    }

    /// Everything under a `text` that is a string.
    static func texts(_ value: JSONValue) -> [String] {
        switch value {
        case .array(let values): values.flatMap(texts)
        case .object(let members):
            members.flatMap { name, value -> [String] in
                if name == "text", case .string(let text) = value { return [text] }
                return texts(value)
            }
        default: []
        }
    }

    @Test("what people write is shown as written: no broadcast, no link, no date of theirs")
    func hostileText() throws {
        for (name, message) in try Self.everything() {
            for text in [message.text] + Self.texts(.array(message.blocks)) {
                for forbidden in ["<!channel", "<!here", "<!everyone", "<https", "<!date^0", "<@", "<#"] {
                    #expect(!text.contains(forbidden), "\(name): \(forbidden)")
                }
                let entities = text.matches(of: #/&(?!amp;|lt;|gt;)/#)
                #expect(entities.isEmpty, "\(name): a bare or cut & in \(text.prefix(200))")
                let angles = text.replacing(#/<!date\^[0-9]+\^\{date_short_pretty\} \{time\}\|[0-9: -]+UTC>/#, with: "")
                #expect(!angles.contains("<"), "\(name)")
            }
        }
    }

    @Test("escaped, then cut: never longer than the limit, never in the middle of an entity")
    func cut() {
        for limit in 5...40 {
            let text = SlackText.escaped("ab<cd>&ef&&<<>>", limit: limit)
            #expect(text.utf16.count <= limit)
            #expect(text.matches(of: #/&(?!amp;|lt;|gt;)/#).isEmpty, "\(text)")
        }
        #expect(SlackText.escaped("<!channel>") == "&lt;!channel&gt;")
        #expect(SlackText.escaped("a & b") == "a &amp; b")
        #expect(SlackText.unescaped(SlackText.escaped(Self.hostile, limit: 1_000)) == Self.hostile)
    }

    @Test("the offer that a vote is about is shown whole: tailnet, group, login, duration, for whom")
    func offer() throws {
        for (name, request) in SlackSample.allStates() {
            let card = try #require(SlackCard(request)).card
            let text = Self.texts(.array(card.blocks)).joined(separator: "\n")
            for part in ["example.com", "group:prod", "ana@example.com", "30 minutes", "incident 4711", "ssh"] {
                #expect(text.contains(part), "\(name) lacks \(part)")
            }
        }
    }

    @Test("P6 no state claims more than the log says")
    func noClaimBeforeTheEffect() throws {
        for (name, request) in SlackSample.allStates() {
            let card = try #require(SlackCard(request))
            for message in [card.card, card.grant, card.end] {
                let text = ([message.text] + Self.texts(.array(message.blocks))).joined(separator: "\n").lowercased()
                let claimsAccess = text.contains("in the group until")
                #expect(claimsAccess == (request.state == .active), "\(name): \(text)")
                #expect(text.contains("removed from the group") == (request.end?.membership == .removed), "\(name)")
                if request.state == .approved { #expect(text.contains("not in place yet"), "\(name)") }
                #expect(!text.contains("you have access"), "\(name)")
                if request.end?.membership == .removed {
                    #expect(text.contains("open tcp connections may live on"), "\(name)")
                }
            }
        }
    }

    @Test("buttons: Approve and Deny while it waits, End now while there is something to end, none after")
    func buttons() throws {
        for (name, request) in SlackSample.allStates() {
            let card = try #require(SlackCard(request))
            let expected: [String] =
                switch request.state {
                case .pending: ["approve", "deny"]
                case .active where request.pending != nil: ["approve", "deny", "end"]
                case .approved, .active: ["end"]
                default: []
                }
            #expect(Self.actions(card.card) == expected, "\(name)")
            #expect(Self.actions(card.end).isEmpty, "\(name)")
        }
    }

    static func actions(_ message: SlackMessage) -> [String] {
        message.blocks.flatMap { block -> [String] in
            guard case .array(let elements)? = block["elements"], block["type"] == .string("actions") else { return [] }
            return elements.compactMap { if case .string(let id)? = $0["action_id"] { id } else { nil } }
        }
    }

    @Test("a button names the request and the hash of what is shown, and nothing else")
    func value() throws {
        let submitted = SlackSample.submitted()
        let value = SlackAction.value(SlackSample.id(), offer: submitted.offerID)
        #expect(value == "\(SlackSample.id())|\(submitted.offerID)")
        let parsed = try #require(SlackAction.parse(value: value))
        #expect(parsed.request == SlackSample.id())
        #expect(parsed.offer == submitted.offerID)
        for bad in ["", "x|y", "\(SlackSample.id())", "\(SlackSample.id())|", "\(SlackSample.id())|a|b"] {
            #expect(SlackAction.parse(value: bad) == nil, "\(bad)")
        }
    }

    @Test("an end is never shown too early")
    func date() {
        let moment = Timestamp(milliseconds: 1_767_225_600_001)
        #expect(
            SlackText.date(moment) == "<!date^1767225601^{date_short_pretty} {time}|2026-01-01 00:00 UTC>")
    }
}
