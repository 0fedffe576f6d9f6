import Testing

@testable import Sandbox

@Suite("The simulated tailnet answers as the service does")
struct TailnetSimulatorTests {
    private static let policy = Array(#"{"groups": {"group:a": []}}"#.utf8)

    private static func simulator() -> TailnetSimulator {
        TailnetSimulator(policy: policy, token: "t", tailnets: ["example.com"])
    }

    private static func request(
        _ method: String, _ path: String = "api/v2/tailnet/-/acl", ifMatch: String? = nil, body: String = ""
    ) -> TailnetRequest {
        TailnetRequest(
            method: method, target: "/" + path, authorization: "Bearer t", ifMatch: ifMatch, body: Array(body.utf8))
    }

    @Test("a version is the quoted SHA-256 of the text")
    func etag() {
        #expect(
            TailnetSimulator.etag(of: []) == "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"")
    }

    @Test("an empty body resets the tailnet to its default, which lets everybody in")
    func emptyBody() {
        var simulator = Self.simulator()
        let outcome = simulator.handle(Self.request("POST"), at: 5)
        #expect(outcome.response.status == 200)
        #expect(simulator.policy == TailnetSimulator.defaultPolicy)
        #expect(simulator.log.writes.map(\.at) == [5])
        #expect(TailnetPolicyCheck.problem(in: TailnetSimulator.defaultPolicy) == nil)
    }

    @Test(
        "If-Match",
        arguments: [
            (Optional<String>.none, 200), (TailnetSimulator.etag(of: policy), 200),
            ("\"\(TailnetSimulator.etag(of: policy))\"", 412),
            ("\"0\"", 412), ("\"ts-default\"", 412), ("", 412),
        ])
    func ifMatch(value: String?, status: Int) {
        var simulator = Self.simulator()
        let outcome = simulator.handle(Self.request("POST", ifMatch: value, body: "{}"), at: 0)
        #expect(outcome.response.status == status)
        #expect(simulator.policy == (status == 200 ? Array("{}".utf8) : Self.policy))
        if status == 412 {
            #expect(outcome.response.body == Array(#"{"message":"precondition failed, invalid old hash"}"#.utf8))
        }
    }

    @Test("ts-default matches the untouched default only")
    func defaultVersion() {
        var simulator = TailnetSimulator(policy: TailnetSimulator.defaultPolicy, token: "t", tailnets: [])
        let request = Self.request("POST", ifMatch: "\"ts-default\"", body: "{}")
        #expect(simulator.handle(request, at: 0).response.status == 200)
        #expect(simulator.handle(request, at: 0).response.status == 412)
    }

    @Test(
        "what it does not take",
        arguments: [
            (#"{"groups": {"group:a": ["x"#, "line 1, column 25: this string is not closed"),
            (
                #"{"groups": {"group:a": [], "group:b": ["group:a"]}}"#,
                #"groups["group:b"]: "group:a": group members cannot be recursive"#
            ),
            (#"{"acls": [{"action": "accept", "src": ["tag:x"], "dst": ["*:*"]}]}"#, #"src=tag not found: "tag:x""#),
            (
                #"{"acls": [{"action": "accept", "src": ["*"], "dst": ["tag:x:22"]}]}"#,
                #"dst="tag:x": tag not found: "tag:x""#
            ),
            (
                #"{"acls": [{"action": "accept", "src": ["group:x"], "dst": ["*:*"]}]}"#,
                #"src=group not found: "group:x""#
            ),
            (#"{"acls": [{"action": "deny", "src": ["*"], "dst": ["*:*"]}]}"#, #"action="deny" is not supported"#),
            (
                #"{"ssh": [{"action": "accept", "src": ["group:x"], "dst": ["autogroup:self"]}]}"#,
                #"src=group not found: "group:x""#
            ),
            (#"{"grants": [{"src": ["*"], "dst": ["*"]}]}"#, "ip and app can not both be empty"),
            (#"{"TagOwners": {"tag:x": ["tag:y"]}}"#, #"tag not found: "tag:y""#),
            (#"{"autoApprovers": {"exitNode": ["group:x"]}}"#, #"group not found: "group:x""#),
        ])
    func refused(text: String, message: String) {
        #expect(TailnetPolicyCheck.problem(in: Array(text.utf8)) == message)
        var simulator = Self.simulator()
        #expect(simulator.handle(Self.request("POST", body: text), at: 0).response.status == 400)
        #expect(simulator.policy == Self.policy)
        #expect(simulator.log.writes.map(\.status) == [400])
    }

    @Test("what it takes")
    func taken() throws {
        #expect(TailnetPolicyCheck.problem(in: try Fixture.policy()) == nil)
        let synced = #"{"acls": [{"action": "accept", "src": ["group:x@example.com"], "dst": ["10.0.0.1:22"]}]}"#
        #expect(TailnetPolicyCheck.problem(in: Array(synced.utf8)) == nil)
    }

    @Test("a wrong token and a foreign tailnet are told apart")
    func access() {
        var simulator = Self.simulator()
        var stranger = Self.request("GET")
        stranger.authorization = "Bearer x"
        #expect(simulator.handle(stranger, at: 0).response.status == 401)
        #expect(simulator.handle(Self.request("GET", "api/v2/tailnet/other/acl"), at: 0).response.status == 404)
        #expect(simulator.handle(Self.request("GET", "api/v2/tailnet/example.com/acl"), at: 0).response.status == 200)
    }

    @Test("a fault befalls as many requests as it says, and only those it concerns")
    func faults() {
        var simulator = Self.simulator()
        let fault = #"{"kind": "status", "status": 503, "count": 2, "method": "GET"}"#
        #expect(simulator.handle(Self.request("POST", "simulator/faults", body: fault), at: 0).response.status == 200)
        #expect(simulator.handle(Self.request("POST", body: "{}"), at: 0).response.status == 200)
        let statuses = (0..<3).map { _ in simulator.handle(Self.request("GET"), at: 0).response.status }
        #expect(statuses == [503, 503, 200])
        #expect(simulator.handle(Self.request("POST", "simulator/faults", body: "{}"), at: 0).response.status == 400)
    }
}
