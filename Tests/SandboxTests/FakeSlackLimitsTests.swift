import SymMessages
import Testing

@testable import Sandbox

/// One of Slack's limits on blocks: fits at `limit`, is refused one beyond.
struct BlockLimit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let limit: Int
    let pointer: String
    /// Blocks with something as large as the number says.
    let blocks: @Sendable (Int) -> [JSONValue]

    init(_ name: String, _ limit: Int, at pointer: String, _ blocks: @escaping @Sendable (Int) -> [JSONValue]) {
        testDescription = name
        self.limit = limit
        self.pointer = pointer
        self.blocks = blocks
    }

    /// slack.md B4.
    static let all: [BlockLimit] = [
        BlockLimit("section text", 3000, at: "/blocks/0/text/text") { [section(text($0))] },
        BlockLimit("header", 150, at: "/blocks/0/text/text") { [block("header", ["text": plain(text($0))])] },
        BlockLimit("field", 2000, at: "/blocks/0/fields/0/text") {
            [block("section", ["fields": .array([markdown(text($0))])])]
        },
        BlockLimit("fields", 10, at: "/blocks/0/fields") {
            [block("section", ["fields": .array(Array(repeating: markdown("x"), count: $0))])]
        },
        BlockLimit("context elements", 10, at: "/blocks/0/elements") {
            [block("context", ["elements": .array(Array(repeating: markdown("x"), count: $0))])]
        },
        BlockLimit("actions", 25, at: "/blocks/0/elements") { count in
            [actions((0..<count).map { button("a\($0)", label: "x", value: "v") })]
        },
        BlockLimit("button label", 75, at: "/blocks/0/elements/0/text/text") {
            [actions([button("a", label: text($0), value: "v")])]
        },
        BlockLimit("button value", 2000, at: "/blocks/0/elements/0/value") {
            [actions([button("a", label: "x", value: text($0))])]
        },
        BlockLimit("action_id", 255, at: "/blocks/0/elements/0/action_id") {
            [actions([button(text($0), label: "x", value: "v")])]
        },
        BlockLimit("block_id", 255, at: "/blocks/0/block_id") {
            [block("divider", ["block_id": .string(text($0))])]
        },
        BlockLimit("blocks", 50, at: "/blocks") { Array(repeating: block("divider", [:]), count: $0) },
    ]

    static func text(_ count: Int) -> String { String(repeating: "ä", count: count) }
    static func section(_ text: String) -> JSONValue { block("section", ["text": markdown(text)]) }
    static func markdown(_ text: String) -> JSONValue {
        .object(["type": .string("mrkdwn"), "text": .string(text)])
    }
    static func plain(_ text: String) -> JSONValue {
        .object(["type": .string("plain_text"), "text": .string(text)])
    }
    static func block(_ type: String, _ members: [String: JSONValue]) -> JSONValue {
        .object(members.merging(["type": .string(type)]) { $1 })
    }
    static func actions(_ elements: [JSONValue]) -> JSONValue { block("actions", ["elements": .array(elements)]) }
    static func button(_ action: String, label: String, value: String) -> JSONValue {
        block("button", ["action_id": .string(action), "text": plain(label), "value": .string(value)])
    }
}

@Suite("Fake Slack keeps Slack's limits")
struct FakeSlackLimitsTests {
    @Test("at the limit it is taken, one beyond it is refused, and where is said", arguments: BlockLimit.all)
    func limits(_ limit: BlockLimit) {
        #expect(SlackBlockCheck(limit.blocks(limit.limit)).messages.isEmpty)
        let messages = SlackBlockCheck(limit.blocks(limit.limit + 1)).messages
        #expect(messages.count == 1)
        #expect(messages.first?.contains("[json-pointer:\(limit.pointer)]") == true, "\(messages)")
    }

    @Test("what is empty, missing, doubled or unknown is refused")
    func malformed() {
        let wrong: [[JSONValue]] = [
            [BlockLimit.section("")], [BlockLimit.block("section", [:])], [BlockLimit.block("carousel", [:])],
            [BlockLimit.actions([])], [.string("x")],
            [BlockLimit.block("header", ["text": BlockLimit.markdown("x")])],
            [
                BlockLimit.actions([
                    BlockLimit.button("a", label: "x", value: "1"), BlockLimit.button("a", label: "y", value: "2"),
                ])
            ],
            Array(repeating: BlockLimit.block("divider", ["block_id": .string("b")]), count: 2),
        ]
        for blocks in wrong { #expect(SlackBlockCheck(blocks).messages.count == 1, "\(blocks)") }
    }

    @Test("all texts together: msg_blocks_too_long")
    func total() {
        let long = Array(repeating: BlockLimit.section(BlockLimit.text(3000)), count: 4)
        #expect(SlackContent(text: "x", blocks: long).problem == nil)
        let more = long + [BlockLimit.section(BlockLimit.text(1201))]
        #expect(SlackContent(text: "x", blocks: more).problem == .error("msg_blocks_too_long"))
    }

    @Test("messages to a channel: five at once, then one a second; another channel does not suffer")
    func posts() {
        var limits = SlackLimits()
        for _ in 1...5 { #expect(limits.post(to: "C1", at: 1_000) == nil) }
        #expect(limits.post(to: "C1", at: 1_000) == 1)
        #expect(limits.post(to: "C1", at: 1_999) == 1)
        #expect(limits.post(to: "C2", at: 1_999) == nil)
        #expect(limits.post(to: "C1", at: 2_000) == nil)
        #expect(limits.post(to: "C1", at: 2_000) == 1)
    }

    @Test("tier 3: fifty calls a minute, and how long to wait is told")
    func tiers() {
        var limits = SlackLimits()
        for _ in 1...50 { #expect(limits.call("chat.update", at: 0) == nil) }
        #expect(limits.call("chat.update", at: 0) == 2)
        #expect(limits.call("users.info", at: 0) == nil)
        #expect(limits.call("chat.update", at: 2_000) == nil)
    }
}
