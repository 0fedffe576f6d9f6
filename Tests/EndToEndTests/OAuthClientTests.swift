import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

@Suite("A tailnet with an OAuth client, over real processes")
struct OAuthClientTests {
    private static let client = "kEndToEnd1CNTRL"
    private static let secret = "tskey-client-\(client)-n0b0dyMayReadThis"

    @Test("P10 secrets stay put: a lease is granted and ended though the tokens are revoked between; no trace of them")
    func grantAndEnd() async throws {
        try await Scene.prepared { scene in
            try await Self.start(scene)
            let id = try await scene.submit(key: "oauth")
            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))

            try await Self.simulator(scene, "POST", "tokens/revoke")
            try await scene.end(id)
            try await scene.told(id, is: [.ended])
            #expect(try await scene.policyFile() == Scene.policy)

            let calls = try await Self.simulator(scene, "GET", "requests").json?["requests"]?.elements ?? []
            let mints = calls.filter { $0["path"]?.text?.contains("/oauth/token") == true }
            // All calls share a token: one for the grant, one after the revocation.
            #expect(mints.count == 2, "\(mints)")
            let writes = calls.filter { $0["method"]?.text == "POST" && $0["path"]?.text?.hasSuffix("/acl") == true }
            #expect(writes.count >= 2 && writes.allSatisfy { $0["credential"]?.text == Self.client }, "\(writes)")
            try await Self.expectNoSecret(scene)
        }
    }

    /// The provisioner has the client's secret and nothing else.
    private static func start(_ scene: Scene) async throws {
        let stack = scene.stack
        try await stack.start(.broker)
        try await stack.start(.simulator)
        try await simulator(
            scene, "POST", "credentials",
            #"{"type": "oauth_client", "id": "\#(client)", "secret": "\#(secret)", "#
                + #""scopes": ["policy_file", "devices:core:read", "devices:posture_attributes"]}"#)
        try stack.launch(.intake)
        try stack.launch(.approval)
        try stack.launch(.provisioner, adding: ["TAILSCALE_API_TOKEN": secret])
        for member in Stack.Member.services { try await stack.ready(member) }
        let yaml = try Scene.yaml(
            "api_token_secret: tailscale-api-key",
            with: "oauth_client_id: \(client), oauth_client_secret: tailscale-api-key")
        let applied = try await scene.put(yaml, basedOn: 0, key: "oauth")
        try #require(applied.status == 200, "\(applied.status) \(applied.text)")
    }

    @discardableResult
    private static func simulator(
        _ scene: Scene, _ method: String, _ path: String, _ body: String? = nil
    ) async throws -> Reply {
        let reply = try await HTTP(base: scene.stack.simulatorURL, token: nil)
            .call(method, "/simulator/\(path)", body: body)
        try #require(reply.status == 200, "\(reply.status) \(reply.text)")
        return reply
    }

    /// Neither the client's secret nor an access token; both begin the same.
    private static func expectNoSecret(_ scene: Scene) async throws {
        for member in Stack.Member.services {
            let log = try String(contentsOfFile: scene.stack.log(member), encoding: .utf8)
            #expect(!log.contains("tskey-") && !log.contains("n0b0dy"), "\(member.rawValue)")
        }
        let topics = scene.stack.topics
        let provisioner = try #require(ResourceName(rawValue: "tailscale"))
        let kcat = try scene.kcat()
        for topic in topics.all(provisioners: [provisioner], bots: scene.stack.plan.bots).map(\.name) {
            let values = try await kcat.values(of: topic)
            #expect(!values.contains { $0.contains("tskey-") || $0.contains("n0b0dy") }, "\(topic)")
        }
        // What stands there instead.
        let orders = try await kcat.values(of: topics.orders(provisioner))
        #expect(!orders.isEmpty && orders.allSatisfy { $0.contains(#""client_id":"\#(client)""#) }, "\(orders)")
    }
}
