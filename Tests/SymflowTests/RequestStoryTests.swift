import SymMessages
import Testing

@testable import Symflow

@Suite("A request in words")
struct RequestStoryTests {
    static func document(_ state: String, _ members: String = "") throws -> RequestDocument {
        let json = #"""
            {"id":"req_pkonj5vjoeel62uaxjas5nf63i","state":"\#(state)",
             "offer":{"request_id":"req_pkonj5vjoeel62uaxjas5nf63i","round":1,"flow":"ssh","asked_by":"person:ana@example.com",
                      "target":"prod",
                      "target_label":"Prod","tailnet":"example.com","group":"group:prod","person":"ana@example.com",
                      "login":"ana@github","duration_seconds":1800,"reason":"why"}
             \#(members)}
            """#
        return try WireFormat.decode(RequestDocument.self, from: Array(json.utf8))
    }

    static func ended(_ membership: String) -> String {
        #"""
        ,"history":[{"at":"2026-01-02T03:04:05.678Z","type":"sym.request.ended.v1","reason":"expired",
                     "membership":"\#(membership)"}]
        """#
    }

    @Test("P6 no claim before the effect: approved is not access, ending is not ended")
    func noClaim() throws {
        #expect(RequestStory(request: try Self.document("approved")).headline.contains("not in place yet"))
        #expect(RequestStory(request: try Self.document("ending")).headline.contains("is being removed"))
        for state in RequestState.allCases where state != .active {
            #expect(!RequestStory(request: try Self.document(state.rawValue)).headline.contains("is in group:prod"))
        }
    }

    @Test("what its rule approves is not said to wait for anybody, nor to be there")
    func automatic() throws {
        let decision = #"""
            ,"decision":{"rule":"on call","stages":[],"require_decision_message":[],"allow_self_approval":false,
                         "pending_for_seconds":0,"facts":[]}
            """#
        let story = RequestStory(request: try Self.document("pending", decision))
        #expect(story.headline.contains("approved by its rule, automatically; not in place yet"))
        #expect(story.text.contains("on call (approves automatically)") && !story.text.contains("decided by"))
    }

    @Test("P6 an end is worded as what it is")
    func ended() throws {
        let removed = RequestStory(request: try Self.document("ended", Self.ended("removed"))).text
        #expect(removed.contains("2026-01-02 03:04:05  ended, its time was up: removed from the group"))
        #expect(removed.contains("open TCP connections may live on"))
        for (membership, words) in [
            ("leased", "still in the group"), ("standing", "still in the group"), ("never_added", "never put"),
        ] {
            let text = RequestStory(request: try Self.document("ended", Self.ended(membership))).text
            #expect(text.contains(words))
            #expect(!text.contains("removed from the group"))
        }
    }

    static let decision = #"""
        ,"decision":{"rule":"everyone","allow_self_approval":false,"require_decision_message":[],"facts":[],
                     "pending_for_seconds":3600,"stages":[
                       {"name":"sre","approvers":["ben@example.com"],"required":2,"slack_channels":[],"escalations":[]},
                       {"name":"leads","approvers":["cy@example.com"],"required":1,"slack_channels":[],
                        "escalations":[]}]}
        """#

    @Test("the open stage is named, with who decides in it by now and how many said yes")
    func stages() throws {
        let open =
            #","round":1,"offer_id":"o","open_stage":"sre","approvals":1,"deciders":["ben@example.com","dee@example.com"]"#
        let story = RequestStory(request: try Self.document("pending", Self.decision + open))
        #expect(story.headline.contains(#"(stage "sre": 1 of 2 so far)"#))
        #expect(story.text.contains("stage     sre (1 of 2)"))
        #expect(story.text.contains("decided by 2 of ben@example.com, dee@example.com (1 so far)"))
    }

    @Test(
        "P6 what became of an extension is told as what it is, and the access as what the log says",
        arguments: [
            ("approved", "not in place yet"), ("denied", "more was denied"), ("failed", "nothing came of it"),
            ("lapsed", "nothing came of it"), ("active", "until 2026-01-02 03:04:05"),
        ])
    func extensions(state: String, words: String) throws {
        let rounds =
            #","ends_at":"2026-01-02T03:04:05.000Z","rounds":[{"round":1,"state":"active"},{"round":2,"state":"\#(state)"}]"#
        let headline = RequestStory(request: try Self.document("active", Self.decision + rounds)).headline
        #expect(headline.contains("is in group:prod until 2026-01-02 03:04:05") && headline.hasSuffix(words))
    }

    @Test("what is late says so")
    func overdue() throws {
        for state in ["approved", "active"] {
            let story = RequestStory(request: try Self.document(state, #","overdue":true"#))
            #expect(story.headline.contains("overdue: its provisioner has not reported in time"), "\(state)")
            #expect(!RequestStory(request: try Self.document(state)).headline.contains("overdue"))
        }
    }

    @Test("every event has its sentence, and who, why and whom it added stand in it")
    func sentences() throws {
        for (members, words) in [
            (
                #""type":"sym.request.escalated.v1","round":1,"stage":"sre","added":["dee@example.com"]"#,
                #"the stage "sre" has waited: dee@example.com may decide as well"#
            ),
            (#""type":"sym.request.reminded.v1","round":1,"stage":"sre","count":2"#, #"the stage "sre" still waits"#),
            (
                #""type":"sym.request.extension_requested.v1","round":2,"by":"person:ana@example.com","message":"m","duration_seconds":1800"#,
                #"ana@example.com asks for 30m more: "m""#
            ),
            (
                #""type":"sym.request.voted.v1","round":2,"by":"person:ben@example.com""#,
                "ben@example.com says yes to the extension"
            ),
            (
                #""type":"sym.request.extension_approved.v1","round":2"#,
                "the extension is approved by its rule, automatically"
            ),
            (
                #""type":"sym.request.extension_denied.v1","round":2,"by":"person:ben@example.com""#,
                "the extension is denied by ben@example.com"
            ),
            (
                #""type":"sym.request.extension_failed.v1","round":2,"reason":"too late""#,
                "nothing came of the extension: too late"
            ),
            (
                #""type":"sym.request.extension_failed.v1","round":2,"by":"bot:ci","reason":"x""#,
                "the extension is withdrawn by the bot ci: x"
            ),
            (
                #""type":"sym.request.active.v1","round":2,"ends_at":"2026-01-02T03:04:05.000Z""#,
                "extended: in the group until 2026-01-02 03:04:05"
            ),
            (
                #""type":"sym.request.ended.v1","state":"active","reason":"expired","membership":"leased""#,
                "still in the group, for the rest of this request"
            ),
            (
                #""type":"sym.request.ended.v1","state":"ended","reason":"decided","membership":"never_added""#,
                "it was decided, and there is no access"
            ),
            (
                #""type":"sym.command.refused.v1","by":"person:ben@example.com","command":"sym.command.extend.v1""#,
                "ben@example.com could not extend"
            ),
        ] {
            let line = #","history":[{"at":"2026-01-02T03:04:05.678Z",\#(members)}]"#
            #expect(RequestStory(request: try Self.document("active", line)).text.contains(words), "\(words)")
        }
    }

    @Test("a decision only: neither login nor group is told, and no access claimed")
    func decisionOnly() throws {
        for state in ["pending", "approved", "ended"] {
            let json = #"""
                {"id":"req_pkonj5vjoeel62uaxjas5nf63i","state":"\#(state)",
                 "offer":{"request_id":"req_pkonj5vjoeel62uaxjas5nf63i","round":1,"flow":"deploy","person":"ana@example.com",
                          "asked_by":"bot:ci","fields":{"version":"1.2.3"}}}
                """#
            let text = RequestStory(request: try WireFormat.decode(RequestDocument.self, from: Array(json.utf8))).text
            for word in ["login", "in the group", "until", "not in place"] { #expect(!text.contains(word), "\(word)") }
            #expect(text.contains("asked by  the bot ci") && text.contains("version   1.2.3"))
            #expect(text.contains("a decision only, no access"))
        }
    }

    @Test("an approver is shown tailnet, group, login and duration")
    func offer() throws {
        let facts = RequestStory(request: try Self.document("pending")).facts.joined(separator: "\n")
        for word in ["example.com", "group:prod", "ana@github", "30m", "why"] { #expect(facts.contains(word)) }
    }

    @Test("text from outside cannot move the cursor or turn around what follows it")
    func terminal() throws {
        #expect("a\u{1B}[2Jb\r\n\u{202E}c\u{7F}é".onTerminal == "a\\u{1b}[2Jb\\u{d}\\u{a}\\u{202e}c\\u{7f}é")
        let hostile = #","history":[{"at":"2026-01-02T03:04:05.678Z","type":"\u001b[31mx","message":"\u001b[2J"}]"#
        let text = RequestStory(request: try Self.document("pending", hostile)).text
        #expect(!text.unicodeScalars.contains("\u{1B}"))
    }
}

@Suite("Exit codes")
struct FailureTests {
    private static let get = SymClient.Call(method: .get, path: "/")
    private static let post = SymClient.Call(method: .post, path: "/", key: "k1")

    private static func failure(
        _ call: SymClient.Call, _ status: Int, _ body: String = #"{"type":"about:blank","detail":"d"}"#
    ) -> Failure {
        Failure(refusing: call, at: "http://127.0.0.1:1", status: status, body: Array(body.utf8))
    }

    @Test(
        "each status has the exit code that the design gives it",
        arguments: [
            (400, 2), (401, 77), (403, 77), (404, 2), (409, 2), (413, 2), (422, 2), (500, 69), (502, 69), (503, 69),
        ])
    func statuses(status: Int, code: Int32) {
        let failure = Self.failure(Self.post, status)
        #expect(failure.kind.rawValue == code && failure.message == "d")
        #expect(Self.failure(Self.post, status, "<html>").kind.rawValue == code, "whoever says it")
    }

    @Test(
        "an order that may have been done is told apart from one that was not, with the key to repeat it if there is one"
    )
    func outcomeUnknown() {
        let unknown = #"{"type":"urn:sym:outcome-unknown","detail":"d"}"#
        let order = Self.failure(Self.post, 503, unknown)
        #expect(order.kind == .outcomeUnknown && order.message.hasSuffix("Run it again to see."))
        #expect(!order.message.contains("--key"))
        var keyed = Self.post
        keyed.takesKey = true
        #expect(Self.failure(keyed, 503, unknown).message.contains("--key k1"))
        #expect(!Self.failure(keyed, 503).message.contains("--key"), "nothing was done")
        #expect(Self.failure(Self.get, 503, unknown).kind == .unreachable)
    }

    @Test("what answers without problem details is not sym-intake, and is named")
    func elsewhere() {
        let message = Self.failure(Self.post, 404, "404 page not found").message
        #expect(message.contains("http://127.0.0.1:1 does not look like sym-intake"))
    }

    @Test("P10 the token stands in no message")
    func token() throws {
        let secret = "sk-very-secret\n4711"
        let failure = try #require(throws: Failure.self) {
            try SymClient(address: nil, environment: ["SYM_TOKEN": secret])
        }
        #expect(!failure.message.contains("secret") && failure.kind == .usage)
        #expect(throws: Failure.self) { try SymClient(address: nil, environment: [:]) }
        #expect(throws: Failure.self) { try SymClient(address: "ftp://x", environment: ["SYM_TOKEN": "t"]) }
    }

    @Test("a person's name is one segment of an address")
    func percentEncoding() {
        #expect("ana+x@example.com/é".percentEncoded == "ana%2Bx%40example.com%2F%C3%A9")
    }
}
