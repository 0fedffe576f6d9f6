import SymMessages
import Testing

@Suite("How an integration is doing, on the wire")
struct HealthRecordTests {
    @Test("as readers in other languages see it, and read back as it was")
    func wire() throws {
        let at = Timestamp(milliseconds: 1_767_225_600_000)
        let record = HealthRecord(
            integration: try #require(ResourceName(rawValue: "main")), tailnet: "example.com",
            problems: [.init(code: "group_missing", message: "The policy file has no group \"group:prod\".")],
            warnings: [], credentialExpiresAt: at, expiryAlarm: .init(expiresAt: at, days: 7), configVersion: 3,
            checkedAt: at, validUntil: at + Seconds(900))
        let envelope = Envelope(
            id: "main/1", source: "sym/provisioner/tailscale", subject: "main", time: at, body: record)
        let bytes = try WireFormat.encode(envelope)
        #expect(try WireFormat.decode(Envelope<HealthRecord>.self, from: bytes) == envelope)
        let text = String(decoding: bytes, as: UTF8.self)
        for part in [
            #""type":"sym.integration.health.v1""#, #""state":"unhealthy""#, #""config_version":3"#,
            #""checked_at":"2026-01-01T00:00:00.000Z""#, #""valid_until":"2026-01-01T00:15:00.000Z""#,
            #""credential_expires_at":"2026-01-01T00:00:00.000Z""#, #""expiry_alarm":{"days":7,"expires_at""#,
        ] { #expect(text.contains(part), "\(part) in \(text)") }
    }

    @Test("a remark that this version does not know is read, and so is a field")
    func unknown() throws {
        let json = """
            {"specversion":"1.0","id":"x","source":"s","type":"sym.integration.health.v1","subject":"main",
            "time":"2026-01-01T00:00:00Z","data":{"integration":"main","tailnet":"-","state":"healthy","problems":[],
            "warnings":[{"code":"from_tomorrow","message":"m","more":1}],"config_version":1,"more":{},
            "checked_at":"2026-01-01T00:00:00Z","valid_until":"2026-01-01T00:00:00Z"}}
            """
        let record = try WireFormat.decode(Envelope<HealthRecord>.self, from: Array(json.utf8)).body
        #expect(record.warnings.map(\.code) == ["from_tomorrow"] && record.state == .healthy)
    }
}
