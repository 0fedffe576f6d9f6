import SymMessages
import Testing

@testable import Sandbox

@Suite("Fake Slack tells the app of commands and clicks")
struct FakeSlackDeliveryTests {
    private func card(_ scene: inout SlackScene) -> SlackMessage {
        let button = BlockLimit.button("approve", label: "Approve", value: "req|offer")
        return scene.slack.post(
            SlackContent(text: "card", blocks: [BlockLimit.actions([button])]), to: "C0REQUESTS", at: scene.now)
    }

    @Test("the signature is over the bytes that are sent; a forged, late or missing one is not right")
    func signatures() throws {
        var scene = SlackScene()
        func isRight(_ members: [String: JSONValue]) throws -> Bool {
            let own: [String: JSONValue] = ["user": .string("ana"), "text": .string("req x 1h \"ä+&=\"")]
            let post = try scene.deliver("slash", own.merging(members) { $1 }).posts[0]
            guard let timestamp = post.headers["X-Slack-Request-Timestamp"], let seconds = Int64(timestamp) else {
                return false
            }
            let wanted = SlackSignature(secret: "secret", timestamp: timestamp, body: post.body).text
            return post.headers["X-Slack-Signature"] == wanted && abs(scene.now / 1000 - seconds) <= 300
        }
        #expect(try isRight([:]))
        #expect(try !isRight(["forged": .bool(true)]))
        #expect(try !isRight(["unsigned": .bool(true)]))
        #expect(try !isRight(["skew_seconds": .integer(-301)]))
        #expect(try !isRight(["skew_seconds": .integer(301)]))
    }

    @Test("a click carries the button's own value and its message; a duplicate is the same bytes")
    func click() throws {
        var scene = SlackScene()
        let message = card(&scene)
        let delivery = try scene.deliver(
            "click",
            [
                "user": .string("ben"), "channel": .string("sym-requests"), "ts": .string(message.ts),
                "action_id": .string("approve"), "times": .integer(2),
            ])
        #expect(delivery.url == "http://127.0.0.1:1/slack/interactions")
        #expect(delivery.posts.count == 2 && delivery.posts[0] == delivery.posts[1])
        let payload = try #require(URLEncodedForm(encoded: delivery.posts[0].body)["payload"])
        let json = try WireFormat.decode(JSONValue.self, from: Array(payload.utf8))
        #expect(json["actions"]?.elements.first?["value"] == .string("req|offer"))
        #expect(json["user"]?["id"] == .string("U0BEN00001"))
        #expect(json["message"]?["ts"] == .string(message.ts))
        #expect(json["container"]?["message_ts"] == .string(message.ts))
        #expect(json["team"]?["id"] == .string("T0SANDBOX"))
    }

    @Test("a button that is not shown cannot be pressed, unless the click brings an old value")
    func staleClick() throws {
        var scene = SlackScene()
        let message = card(&scene)
        let press: [String: JSONValue] = [
            "user": .string("ben"), "channel": .string("C0REQUESTS"), "ts": .string(message.ts),
            "action_id": .string("deny"),
        ]
        #expect(throws: SlackScene.NothingSent.self) { try scene.deliver("click", press) }
        #expect(throws: Never.self) { try scene.deliver("click", press.merging(["value": .string("old")]) { $1 }) }
    }

    @Test("what the user sees of the app's answer")
    func answers() throws {
        var scene = SlackScene()
        func seen(_ answer: SlackAppAnswer) throws -> SlackMessage? {
            let delivery = try scene.deliver("slash", ["user": .string("ana"), "text": .string("help")])
            _ = scene.slack.delivered(delivery, [answer], at: scene.now)
            return scene.slack.messages.last
        }
        func answered(_ status: Int, _ body: String) -> SlackAppAnswer {
            .answered(status: status, body: Array(body.utf8), milliseconds: 1)
        }
        let own = try #require(try seen(answered(200, #"{"text": "hello"}"#)))
        #expect(own.content.text == "hello" && own.onlyFor == "U0ANA00001" && own.author == .app)
        let open = try #require(try seen(answered(200, #"{"text": "all", "response_type": "in_channel"}"#)))
        #expect(open.onlyFor == nil)
        #expect(try seen(.late)?.content.text.contains("operation_timeout") == true)
        #expect(try seen(answered(500, ""))?.content.text.contains("dispatch_failed") == true)
        #expect(scene.slack.messages.last?.author == .slack)
    }

    @Test("the page shows what others wrote as text only")
    func page() throws {
        var scene = SlackScene()
        let attack = "<script>alert(1)</script>\"'&lt;img src=x onerror=alert(1)&gt; &amp;lt;b&amp;gt;"
        scene.slack.post(
            SlackContent(
                text: "x",
                blocks: [
                    BlockLimit.section(attack),
                    BlockLimit.actions([
                        BlockLimit.button("a\"><script>", label: "<b>", value: "v")
                    ]),
                ]), to: "C0REQUESTS", at: scene.now)
        guard case .answer(let response, _) = scene.slack.handle(SlackRequest(method: "GET", path: []), at: scene.now)
        else {
            Issue.record("no page")
            return
        }
        let html = String(decoding: response.body, as: UTF8.self)
        #expect(!html.contains("<script>") && !html.contains("<img") && !html.contains("<b>&"))
        #expect(html.contains("&lt;img src=x onerror=alert(1)&gt;") && html.contains("&amp;lt;b&amp;gt;"))
    }

    @Test("no other page and no other name of this machine may use the sandbox")
    func foreign() {
        var scene = SlackScene()
        var request = SlackRequest(method: "POST", path: ["page", "slash"], host: "127.0.0.1:2")
        func isRefused() -> Bool {
            guard case .answer(let response, _) = scene.slack.handle(request, at: scene.now) else { return false }
            return response.status == 403
        }
        request.origin = "http://127.0.0.1:2"
        #expect(!isRefused())
        request.origin = "https://evil.example"
        #expect(isRefused())
        request.origin = nil
        request.host = "evil.example:2"
        #expect(isRefused())
    }
}
