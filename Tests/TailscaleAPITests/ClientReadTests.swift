import NIOHTTP1
import TailnetPolicy
import Testing

@testable import TailscaleAPI

@Suite("The client: reading, and what the service's answers mean")
struct ClientReadTests {
    @Test(
        "statuses",
        arguments: [
            (#""status": 401, "body": "no""#, TailscaleError.unauthorized()),
            (
                #""status": 403, "body": "{\"message\": \"calling actor does not have enough permissions\"}""#,
                .forbidden(message: "calling actor does not have enough permissions", call: .readPolicy)
            ),
            (
                #""status": 403, "body": "<html>proxy</html>""#,
                .forbidden(message: "the service gave no reason", call: .readPolicy)
            ),
            (#""status": 404"#, .notFound(tailnet: "-")),
            (#""status": 429, "retry_after": 7"#, .rateLimited(retryAfter: .seconds(7))),
            (#""status": 429"#, .rateLimited(retryAfter: nil)),
            (#""status": 500"#, .unavailable(status: 500, retryAfter: nil)),
            (
                #""status": 503, "retry_after": 99999, "body": "<html>""#,
                .unavailable(status: 503, retryAfter: .seconds(3600))
            ),
            (#""status": 418, "body": """#, .unexpectedStatus(418, message: "the service gave no reason")),
            (
                #""status": 400, "body": "{\"message\": \"line 3, column 4: x\"}""#,
                .rejected(message: "line 3, column 4: x", failedTests: [])
            ),
            (
                #""status": 200, "body": "{}", "content_type": "Application/HuJSON; charset=utf-8""#,
                .malformedAnswer(reason: "it names no version of the policy file")
            ),
            (
                #""status": 200, "body": "{}", "with_etag": true"#,
                .malformedAnswer(
                    reason: "its Content-Type is application/json, where a policy file is application/hujson")
            ),
        ])
    func statuses(fault: String, error: TailscaleError) async throws {
        try await SimulatedTailnet.with { tailnet in
            try await tailnet.fault(#"{"kind": "status", \#(fault)}"#)
            await #expect(throws: error) { try await tailnet.quickClient().readPolicy() }
        }
    }

    @Test(
        "an answer that is encoded, of another type or of none is no policy file; of a write it counts as lost",
        arguments: [
            (["Content-Type": "application/hujson", "Content-Encoding": "gzip"], "it is encoded (gzip)"),
            (["Content-Type": "application/hujson", "Content-Encoding": "identity"], "it is encoded (identity)"),
            (["Content-Type": "text/plain"], "its Content-Type is text/plain"),
            (["Content-Type": "application/hujson2"], "its Content-Type is application/hujson2"),
            ([:], "it has no Content-Type"),
        ])
    func types(headers: [String: String], complaint: String) async throws {
        try await SimulatedTailnet.with { tailnet in
            let client = tailnet.quickClient()
            var answer = TailscaleConnection.Answer(
                status: 200, headers: ["ETag": "\"abc\""], body: Array("{}".utf8), received: 0, secret: "opaque77")
            for (name, value) in headers { answer.headers.add(name: name, value: value) }
            let error = #expect(throws: TailscaleError.self) { try client.policyFile(in: answer) }
            let sentence = "\(try #require(error))"
            #expect(sentence.contains(complaint))
            answer.headers = ["ETag": "\"abc\"", "Content-Type": "application/hujson"]
            #expect(try client.policyFile(in: answer).text == answer.body)
        }
    }

    @Test("a wrong token, an unknown tailnet, a name that must be escaped")
    func addressing() async throws {
        try await SimulatedTailnet.with { tailnet in
            await #expect(throws: TailscaleError.unauthorized()) {
                try await tailnet.client(token: "tskey-api-wrong").readPolicy()
            }
            for unknown in ["other.example", "..", "example.com/acl?", "example.com#"] {
                await #expect(throws: TailscaleError.notFound(tailnet: unknown)) {
                    try await tailnet.client(tailnet: unknown).readPolicy()
                }
            }
            for known in ["-", "example.com", "a/b c"] {
                let text = try await tailnet.client(tailnet: known).readPolicy().text
                #expect(try text == Fixture.policy())
            }
        }
    }

    @Test("no redirection is followed: the token stays here")
    func redirection() async throws {
        try await SimulatedTailnet.with { tailnet in
            let location = "\(tailnet.address)/api/v2/tailnet/-/acl"
            try await tailnet.fault(#"{"kind": "status", "status": 307, "count": 1, "location": "\#(location)"}"#)
            await #expect(throws: TailscaleError.unexpectedStatus(307, message: "redirections are not followed")) {
                try await tailnet.client().readPolicy()
            }
        }
    }

    @Test("an answer that is too large is not read to its end")
    func tooLarge() async throws {
        try await SimulatedTailnet.with { tailnet in
            await #expect(throws: TailscaleError.policyTooLarge(limit: 100)) {
                try await tailnet.client(answerLimit: 100).readPolicy()
            }
        }
    }

    @Test("a service that does not answer in time, or not at all")
    func noAnswer() async throws {
        try await SimulatedTailnet.with { tailnet in
            try await tailnet.fault(#"{"kind": "delay", "delay_ms": 60000, "count": 1}"#)
            let late = await #expect(throws: TailscaleError.self) {
                try await tailnet.client(timeout: .milliseconds(200)).readPolicy()
            }
            try await tailnet.fault(#"{"kind": "down", "count": 3}"#)
            let down = await #expect(throws: TailscaleError.self) { try await tailnet.quickClient().readPolicy() }
            for error in [late, down] {
                guard case .unreachable = error else {
                    Issue.record("must be unreachable, not \(String(describing: error))")
                    continue
                }
            }
            let text = try await tailnet.client().readPolicy().text
            #expect(try text == Fixture.policy())
        }
    }

    @Test("without a usable token nothing is sent", arguments: ["", " ", "a\r\nX-Evil: 1", "tökén"])
    func noToken(token: String) async throws {
        try await SimulatedTailnet.with { tailnet in
            await #expect(throws: TailscaleError.noToken) { try await tailnet.client(token: token).readPolicy() }
        }
    }

    @Test("P10 no token in any message", arguments: [403, 400, 418])
    func redaction(status: Int) async throws {
        try await SimulatedTailnet.with { tailnet in
            let body = #"{\"message\": \"bad \#(SimulatedTailnet.token) or tskey-client-kX-y_z0, secret opaque77.\"}"#
            try await tailnet.fault(#"{"kind": "status", "status": \#(status), "body": "\#(body)"}"#)
            for token in [SimulatedTailnet.token, "opaque77"] {
                let error = await #expect(throws: TailscaleError.self) {
                    try await tailnet.client(token: token).readPolicy()
                }
                let sentence = "\(try #require(error))"
                #expect(sentence.contains("bad tskey-[secret] or tskey-[secret]") || sentence.contains("bad [secret]"))
                #expect(!sentence.contains("kTest1") && !sentence.contains("kX"))
                #expect(!sentence.contains(token))
            }
        }
    }
}
