import SymMessages
import Testing

@testable import Sandbox

@Suite("The simulated tailnet: its log, users, devices and settings")
struct TailnetSimulatorLogTests {
    @Test("every call is in the log, with who made it and no token")
    func calls() {
        var tailnet = Simulation()
        let token = tailnet.token("users:read")
        _ = tailnet.call("GET", "tailnet/example%2Ecom/users?type=all", authorization: "Bearer \(token)")
        _ = tailnet.call("GET", "tailnet/-/acl", authorization: "Bearer wrong")
        tailnet.fault(#"{"kind": "drop_after_apply"}"#)
        _ = tailnet.write("{}")
        let calls = tailnet.control("GET", "requests")["requests"]?.elements ?? []
        #expect(
            calls.map { $0["path"]?.text } == [
                "/api/v2/oauth/token", "/api/v2/tailnet/example%2Ecom/users?type=all", "/api/v2/tailnet/-/acl",
                "/api/v2/tailnet/-/acl",
            ])
        #expect(calls.map { $0["credential"]?.text } == [nil, "c1", nil, "api-token"])
        #expect(calls.map { $0["status"] } == [200, 200, 401, 200].map { .integer($0) })
        #expect(calls.map { $0["answer_lost"] } == [false, false, false, true].map { .bool($0) })
        #expect(calls.last?["fault"] == .string("drop_after_apply"))
        #expect(calls.allSatisfy { $0["user_agent"] == .string("test/1") && $0["at"] == .integer(tailnet.now) })
        let text = String(decoding: JSONValue.array(calls).canonical, as: UTF8.self)
        for secret in [token, Simulation.token, "wrong", "s1"] { #expect(!text.contains(secret)) }
        tailnet.control("DELETE", "requests")
        #expect(tailnet.control("GET", "requests")["requests"] == .array([]))
    }

    @Test("only writes of the policy file are in the log of writes")
    func writes() {
        var tailnet = Simulation()
        _ = tailnet.validate("{}")
        _ = tailnet.token("all")
        _ = tailnet.write("{}", ifMatch: "\"x\"")
        let writes = tailnet.control("GET", "writes")["writes"]?.elements ?? []
        #expect(writes.map { $0["status"] } == [.integer(412)])
        #expect(writes.first?["etag_before"] == writes.first?["etag_after"])
    }

    @Test("users, by type and role")
    func users() {
        var tailnet = Simulation()
        tailnet.control(
            "PUT", "users",
            #"{"users": [{"loginName": "a@example.com", "role": "admin", "status": "suspended"}, "#
                + #"{"loginName": "b@example.com", "type": "shared"}]}"#)
        func logins(_ query: String) -> [String?] {
            let answer = tailnet.call("GET", "tailnet/-/users\(query)").response
            return (answer.json["users"]?.elements ?? []).map { $0["loginName"]?.text }
        }
        #expect(logins("") == ["a@example.com"])
        #expect(logins("?type=all") == ["a@example.com", "b@example.com"])
        #expect(logins("?type=shared") == ["b@example.com"])
        #expect(logins("?role=admin") == ["a@example.com"])
        #expect(logins("?role=member") == [])
        let first = tailnet.call("GET", "tailnet/-/users").response.json["users"]?.elements.first
        #expect(first?["status"] == .string("suspended"))
        #expect(first?["id"]?.text?.isEmpty == false)
    }

    @Test("settings: those of the policy file are for who may read it")
    func settings() {
        var tailnet = Simulation()
        tailnet.control("PUT", "settings", #"{"aclsExternallyManagedOn": true, "aclsExternalLink": "https://git"}"#)
        let all = tailnet.call("GET", "tailnet/-/settings").response.json
        #expect(all["aclsExternallyManagedOn"] == .bool(true))
        #expect(all["devicesApprovalOn"] == .bool(false))
        let token = tailnet.token("feature_settings:read")
        let some = tailnet.call("GET", "tailnet/-/settings", authorization: "Bearer \(token)").response.json
        #expect(some["aclsExternallyManagedOn"] == nil)
        #expect(some["devicesApprovalOn"] == .bool(false))
    }

    @Test(
        "addresses and blocks",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/9", "10.128.0.1", false), ("0.0.0.0/0", "8.8.8.8", true),
            ("fd7a:115c::/32", "fd7a:115c::1", true), ("fd7a::/16", "10.0.0.1", false), ("::/0", "::1", true),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", true), ("10.0.0.1/32", "10.0.0.0/8", false),
        ])
    func prefixes(block: String, address: String, isInside: Bool) throws {
        let block = try #require(IPPrefix(block))
        let address = try #require(IPPrefix(address))
        #expect(block.contains(address) == isInside)
    }

    @Test(
        "no addresses",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4/33", "::1::", "1:2", ":::", "g::", "+1.2.3.4", "1::/129",
        ])
    func noPrefixes(text: String) {
        #expect(IPPrefix(text) == nil)
    }
}
