import ServiceRuntime
import SymMessages
import Testing

@testable import Intake

@Suite("What Slack needs from elsewhere")
struct SlackRecordTests {
    @Test("what is shown where comes back as it was written")
    func roundTrip() throws {
        let place = SlackRecord.Place(.grant, .person(SlackSample.ana))
        let record = SlackRecord(
            messages: [.init(place: .init(.card, .channel("#a:b")), channel: "C1", ts: "1.2", shown: "0f")],
            abandoned: [.init(place: place, error: "user_disabled")],
            replaced: [place, .init(.reminder, .channel("#a"), occasion: "1.0.2")])
        let envelope = Envelope(
            id: "x", source: "sym/intake", subject: SlackSample.id().rawValue, time: SlackSample.start, body: record)
        let read = try WireFormat.decode(Envelope<SlackRecord>.self, from: try WireFormat.encode(envelope))
        #expect(read == envelope)
    }

    @Test("a record of before there were several messages of a purpose is read")
    func olderRecord() throws {
        let old = #"{"messages":[],"abandoned":[],"replaced":[{"purpose":"card","recipient":"channel:#a"}]}"#
        let record = try WireFormat.decode(SlackRecord.self, from: Array(old.utf8))
        #expect(record.replaced == [.init(.card, .channel("#a"))])
    }

    @Test("a request carries the channels of its stage")
    func channels() throws {
        var scenario = try IntakeScenario.started()
        let stage = "approvers: { groups: [sre] }, required: 1"
        try scenario.putInForce(
            Sample.configuration.replacing(stage, with: stage + ", notify: { slack: [\"#sym-requests\"] }"))
        let (id, _) = try scenario.pendingRequest()
        #expect(scenario.core.book[id]?.request.terms?.decision.stages.map(\.channels) == [["#sym-requests"]])
    }

    private static func settings(_ changes: [String: String]) -> Settings {
        Settings(
            environment: [
                "SYM_SLACK_BOT_TOKEN": "xoxb-1", "SYM_SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
            ].merging(changes) { $1 })
    }

    @Test("Slack is off without a token, and set up strictly with one")
    func settings() throws {
        #expect(try SlackSettings(Self.settings(["SYM_SLACK_BOT_TOKEN": ""])) == nil)
        let plain = try #require(try SlackSettings(Self.settings([:])))
        #expect(plain.apiURL == "https://slack.com/api/" && plain.apiHost == "slack.com")
        let rotating = Self.settings(["SYM_SLACK_SIGNING_SECRET": "0123456789abcdef,fedcba9876543210"])
        #expect(try SlackSettings(rotating)?.signingSecrets == ["0123456789abcdef", "fedcba9876543210"])
    }

    @Test(
        "P10 what cannot be used is named, and never shown",
        arguments: [
            ["SYM_SLACK_BOT_TOKEN": "xoxb geheim"], ["SYM_SLACK_SIGNING_SECRET": ""],
            ["SYM_SLACK_SIGNING_SECRET": "geheim"], ["SYM_SLACK_SIGNING_SECRET": "geheim-0123456789,a,b"],
            ["SYM_SLACK_API_URL": "http://geheim.example/api/"], ["SYM_SLACK_API_URL": "geheim"],
        ])
    func unusable(changes: [String: String]) {
        let error = #expect(throws: SettingsError.self) { try SlackSettings(Self.settings(changes)) }
        #expect(error.map { changes.keys.contains($0.name) } == true)
        #expect(error?.description.contains("geheim") == false)
    }
}
