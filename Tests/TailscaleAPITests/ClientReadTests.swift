import TailnetPolicy
import Testing

@testable import TailscaleAPI

@Suite("The client: reading, and what the service's answers mean")
struct ClientReadTests {
    @Test(
        "statuses",
        arguments: [
            (#""status": 401, "body": "no""#, TailscaleError.unauthorized),
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
            (#""status": 200, "body": "{}""#, .malformedAnswer(reason: "it names no version of the policy file")),
        ])
    func statuses(fault: String, error: TailscaleError) async throws {
        try await SimulatedTailnet.with { tailnet in
            try await tailnet.fault(#"{"kind": "status", \#(fault)}"#)
            await #expect(throws: error) { try await tailnet.quickClient().readPolicy() }
        }
    }

    @Test("a wrong token, an unknown tailnet, a name that must be escaped")
    func addressing() async throws {
        try await SimulatedTailnet.with { tailnet in
            await #expect(throws: TailscaleError.unauthorized) {
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
            await #expect(throws: TailscaleError.answerTooLarge(limit: 100)) {
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
