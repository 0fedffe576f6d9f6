import HTTPTypes
import SymMessages
import Testing

@testable import Intake

@Suite("What comes from Slack is signed")
struct SlackSignatureTests {
    /// Slack's published sample: https://docs.slack.dev/authentication/verifying-requests-from-slack
    static let sample = (
        secret: "8f742231b10e8888abcd99yyyzzz85a5", timestamp: "1531420618",
        body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
            + "channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
            + "response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
            + "96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
        signature: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )

    private static func isValid(
        _ secrets: [String] = [sample.secret], signature: String? = sample.signature,
        timestamp: String? = sample.timestamp, body: String = sample.body, late: Int64 = 0
    ) -> Bool {
        SlackSignature(secrets: secrets).isValid(
            signature: signature, timestamp: timestamp, body: Array(body.utf8), now: 1_531_420_618 + late)
    }

    @Test("Slack's published sample is valid")
    func published() { #expect(Self.isValid()) }

    @Test("five minutes either way, no more", arguments: [(-301, false), (-300, true), (300, true), (301, false)])
    func age(late: Int64, isValid: Bool) { #expect(Self.isValid(late: late) == isValid) }

    @Test("two secrets during a rotation, in either order")
    func rotation() {
        #expect(Self.isValid(["another secret of ours", Self.sample.secret]))
        #expect(Self.isValid([Self.sample.secret, "another secret of ours"]))
        #expect(!Self.isValid(["another secret of ours"]))
        #expect(!Self.isValid([]))
    }

    @Test("one byte of the body, the time or the signature is enough")
    func changed() {
        #expect(!Self.isValid(body: Self.sample.body + " "))
        #expect(!Self.isValid(timestamp: "1531420619"))
        let digits = Array(Self.sample.signature)
        for place in digits.indices.dropFirst(3) {
            var forged = digits
            forged[place] = forged[place] == "0" ? "1" : "0"
            #expect(!Self.isValid(signature: String(forged)))
        }
    }

    @Test(
        "headers that say nothing usable",
        arguments: [
            (nil, "1531420618"), ("", "1531420618"), ("v0=", "1531420618"),
            ("v1=" + sample.signature.dropFirst(3), nil),
            (sample.signature, nil), (sample.signature, ""), (sample.signature, "soon"), (sample.signature, "-1"),
            (sample.signature, " 1531420618"), (sample.signature, "1531420618.0"), (sample.signature, "+1531420618"),
            (sample.signature, "99999999999999999999"), (String(sample.signature.dropLast()), "1531420618"),
        ] as [(String?, String?)])
    func unusable(signature: String?, timestamp: String?) {
        #expect(!Self.isValid(signature: signature, timestamp: timestamp))
    }

    @Test(
        "forged, late and unsigned calls are refused before anything is done",
        arguments: ["/slack/commands", "/slack/interactions"])
    func refused(path: String) async throws {
        let scenario = SlackEdgeScenario()
        let body = SlackEdgeScenario.command("list")
        try await scenario.run { client in
            let forged = try await SlackEdgeScenario.post(client, path, body, secret: "not the secret at all")
            let early = try await SlackEdgeScenario.post(client, path, body, age: -301)
            let replayed = try await SlackEdgeScenario.post(client, path, body, age: 301)
            let unsigned = try await SlackEdgeScenario.post(client, path, body, headers: [:])
            let otherBody = try await SlackEdgeScenario.post(
                client, path, body + "&user_id=U2", headers: SlackEdgeScenario.signed(body))
            for result in [forged, early, replayed, unsigned, otherBody] { #expect(result.status == 401) }
        }
        #expect(scenario.calls.isEmpty)
    }

    @Test("both secrets are taken")
    func bothSecrets() async throws {
        try await SlackEdgeScenario().run { client in
            for secret in [SlackEdgeScenario.secret, SlackEdgeScenario.older] {
                let result = try await SlackEdgeScenario.post(
                    client, "/slack/commands", SlackEdgeScenario.command("help"), secret: secret)
                #expect(result.status == 200)
            }
        }
    }

    @Test("Slack's check of the certificate is answered and nothing else is done")
    func certificateCheck() async throws {
        let scenario = SlackEdgeScenario()
        try await scenario.run { client in
            let result = try await SlackEdgeScenario.post(
                client, "/slack/commands", "ssl_check=1&token=x", headers: [:])
            #expect(result.status == 200)
            #expect(result.body.isEmpty)
        }
        #expect(scenario.calls.isEmpty)
    }
}
