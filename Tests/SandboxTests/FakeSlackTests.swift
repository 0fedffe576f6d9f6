import SymMessages
import Testing

@testable import Sandbox

/// A fake Slack at a moment, and calls to it.
struct SlackScene {
    static let start: Int64 = 1_800_000_000_000

    var slack: FakeSlack
    var now = start

    init() {
        slack = FakeSlack(
            workspace: SlackWorkspace(team: "T0SANDBOX"),
            app: FakeSlack.App(token: "xoxb-t", signingSecret: "secret", url: "http://127.0.0.1:1"), seed: "seed")
        slack.address = "http://127.0.0.1:2"
    }

    /// The answer to a Web API call, and its status.
    mutating func call(
        _ method: String, _ members: [String: String], token: String = "xoxb-t", asJSON: Bool = true
    ) -> (status: Int, json: JSONValue) {
        var request = SlackRequest(method: "POST", path: ["api", method])
        request.authorization = "Bearer \(token)"
        request.contentType = asJSON ? "application/json; charset=utf-8" : "application/x-www-form-urlencoded"
        request.body =
            asJSON
            ? JSONValue.object(members.mapValues(JSONValue.string)).canonical
            : URLEncodedForm(members.map { ($0.key, $0.value) }).encoded
        guard case .answer(let response, _) = slack.handle(request, at: now) else { return (0, .null) }
        return (response.status, (try? WireFormat.decode(JSONValue.self, from: response.body)) ?? .null)
    }

    mutating func error(_ method: String, _ members: [String: String], asJSON: Bool = true) -> String? {
        call(method, members, asJSON: asJSON).json["error"]?.text
    }

    mutating func post(to path: String, _ json: JSONValue) -> SlackResponse? {
        let segments = path.split(separator: "/").map(String.init)
        let request = SlackRequest(method: "POST", path: segments, body: json.canonical)
        guard case .answer(let response, _) = slack.handle(request, at: now) else { return nil }
        return response
    }

    /// Sends a command or a click and returns what goes to the app.
    mutating func deliver(_ kind: String, _ members: [String: JSONValue]) throws -> SlackDelivery {
        let request = SlackRequest(
            method: "POST", path: ["sandbox", kind], body: JSONValue.object(members).canonical)
        guard case .deliver(let delivery) = slack.handle(request, at: now) else { throw NothingSent() }
        return delivery
    }

    struct NothingSent: Error {}
}

@Suite("Fake Slack answers as Slack does")
struct FakeSlackTests {
    @Test("errors by Slack's names")
    func errors() throws {
        var scene = SlackScene()
        #expect(scene.call("auth.test", [:], token: "xoxb-other").json["error"] == .string("invalid_auth"))
        #expect(scene.error("chat.delete", [:]) == "unknown_method")
        #expect(scene.error("users.info", ["user": "U0ANA00001"]) == "invalid_arguments")
        #expect(scene.error("users.info", ["user": "U0ANA00001"], asJSON: false) == nil)
        #expect(scene.error("users.info", ["user": "U1"], asJSON: false) == "user_not_found")
        #expect(scene.error("users.lookupByEmail", ["email": "x@example.com"], asJSON: false) == "users_not_found")
        // A deactivated person is not found by their address.
        #expect(scene.error("users.lookupByEmail", ["email": "gone@example.com"], asJSON: false) == "users_not_found")
        #expect(scene.error("conversations.open", ["users": "U0GONE0001"]) == "user_disabled")
        #expect(scene.error("chat.postMessage", ["channel": "#nowhere", "text": "x"]) == "channel_not_found")
        #expect(scene.error("chat.postMessage", ["channel": "#sym-secret", "text": "x"]) == "channel_not_found")
        #expect(scene.error("chat.postMessage", ["channel": "#sym-old", "text": "x"]) == "is_archived")
        #expect(scene.error("chat.postMessage", ["channel": "#sym-requests"]) == "no_text")
        #expect(
            scene.error("chat.postMessage", ["channel": "#sym-requests", "blocks": "{"]) == "invalid_blocks_format")
        #expect(scene.error("chat.update", ["channel": "C0REQUESTS", "ts": "1.1", "text": "x"]) == "message_not_found")
        scene.slack.app.scopes.remove("chat:write.public")
        #expect(scene.error("chat.postMessage", ["channel": "#sym-requests", "text": "x"]) == "not_in_channel")
        scene.slack.app.scopes.remove("chat:write")
        #expect(scene.error("chat.postMessage", ["channel": "#sym-requests", "text": "x"]) == "missing_scope")
    }

    @Test("an ephemeral message, one of Slack's own, and one in an archived channel cannot be changed")
    func unchangeable() throws {
        var scene = SlackScene()
        let whisper = scene.call(
            "chat.postEphemeral", ["channel": "C0REQUESTS", "user": "U0ANA00001", "text": "x"])
        let ts = try #require(whisper.json["message_ts"]?.text)
        #expect(scene.error("chat.update", ["channel": "C0REQUESTS", "ts": ts, "text": "y"]) == "message_not_found")
        let own = scene.slack.post(SlackContent(text: "x"), to: "C0REQUESTS", by: .slack, at: scene.now)
        #expect(
            scene.error("chat.update", ["channel": "C0REQUESTS", "ts": own.ts, "text": "y"]) == "cant_update_message")
        let posted = try #require(
            scene.call("chat.postMessage", ["channel": "C0REQUESTS", "text": "x"]).json["ts"]?.text)
        #expect(scene.error("chat.update", ["channel": "C0REQUESTS", "ts": posted, "text": "y"]) == nil)
        let long = String(repeating: "y", count: 4_001)
        #expect(scene.error("chat.update", ["channel": "C0REQUESTS", "ts": posted, "text": long]) == "msg_too_long")
        _ = scene.post(
            to: "sandbox/channels", .object(["channel": .string("sym-requests"), "archived": .bool(true)]))
        #expect(scene.error("chat.update", ["channel": "C0REQUESTS", "ts": posted, "text": "z"]) == "is_inactive")
        #expect(scene.slack.message(posted, in: "C0REQUESTS")?.versions.map(\.text) == ["x", "y"])
    }

    @Test("a refused post leaves no message, and takes nothing from the limit")
    func refusedPost() {
        var scene = SlackScene()
        for _ in 1...20 { #expect(scene.error("chat.postMessage", ["channel": "C0REQUESTS"]) == "no_text") }
        for _ in 1...5 { #expect(scene.error("chat.postMessage", ["channel": "C0REQUESTS", "text": "x"]) == nil) }
        let refused = scene.call("chat.postMessage", ["channel": "C0REQUESTS", "text": "x"])
        #expect(refused.status == 429 && refused.json["error"] == .string("ratelimited"))
        #expect(scene.slack.messages.count == 5)
    }

    @Test("faults strike the calls they are for, as often as they are meant to")
    func faults() {
        var scene = SlackScene()
        _ = scene.post(
            to: "sandbox/faults",
            .object(["kind": .string("ratelimited"), "method": .string("chat.postMessage"), "count": .integer(2)]))
        #expect(scene.call("auth.test", [:]).status == 200)
        for _ in 1...2 {
            #expect(scene.call("chat.postMessage", ["channel": "C0REQUESTS", "text": "x"]).status == 429)
        }
        #expect(scene.call("chat.postMessage", ["channel": "C0REQUESTS", "text": "x"]).status == 200)
        _ = scene.post(to: "sandbox/faults", .object(["kind": .string("drop_after_apply"), "count": .integer(1)]))
        #expect(scene.call("chat.postMessage", ["channel": "C0REQUESTS", "text": "x"]).status == 0)
        #expect(scene.slack.messages.count == 2)
    }

    @Test("a response_url takes five messages within 30 minutes, and no more")
    func responseURL() throws {
        var scene = SlackScene()
        let delivery = try scene.deliver("slash", ["user": .string("ana"), "text": .string("help")])
        let url = try #require(URLEncodedForm(encoded: delivery.posts[0].body)["response_url"])
        let path = String(url.dropFirst(scene.slack.address.count))
        for number in 1...5 {
            #expect(scene.post(to: path, .object(["text": .string("\(number)")]))?.status == 200)
        }
        #expect(scene.post(to: path, .object(["text": .string("6")]))?.status == 404)
        #expect(scene.slack.messages.map(\.content.text) == ["1", "2", "3", "4", "5"])
        #expect(scene.slack.messages.allSatisfy { $0.onlyFor == "U0ANA00001" })

        let later = try scene.deliver("slash", ["user": .string("ana"), "text": .string("help")])
        let second = try #require(URLEncodedForm(encoded: later.posts[0].body)["response_url"])
        scene.now += 30 * 60 * 1_000
        #expect(
            scene.post(
                to: String(second.dropFirst(scene.slack.address.count)), .object(["text": .string("late")]))?.status
                == 404)
        #expect(scene.slack.messages.count == 5)
    }
}
