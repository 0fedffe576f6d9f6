import SymMessages
import Testing

@testable import Sandbox

/// What is passed and failed here, the service passed and failed in captured answers; of their texts only
/// `test(s) failed` and those with `want:` are known.
@Suite("The simulated tailnet: the tests in a policy file")
struct TailnetSimulatorPolicyTestTests {
    private static func file(_ rule: String, _ test: String) -> String {
        """
        {"groups": {"group:team": ["ana@example.com", "ben@example.com"], "group:empty": []},
        "tagOwners": {"tag:web": [], "tag:db": []}, "hosts": {"box": "100.64.0.16", "net": "10.0.0.0/8"},
        \(rule), "tests": [\(test)]}
        """
    }

    private static func acl(_ src: String, _ dst: String, proto: String = "") -> String {
        #""acls": [{"action": "accept", "src": ["\#(src)"], "dst": ["\#(dst)"], "proto": "\#(proto)"}]"#
    }

    private static func grant(_ src: String, _ dst: String, _ ip: String) -> String {
        #""grants": [{"src": ["\#(src)"], "dst": ["\#(dst)"], "ip": ["\#(ip)"]}]"#
    }

    private static func test(_ src: String, accept: String, proto: String = "") -> String {
        #"{"src": "\#(src)", "accept": ["\#(accept)"], "proto": "\#(proto)"}"#
    }

    @Test(
        "passed",
        arguments: [
            (acl("ana@example.com", "tag:web:22"), test("ana@example.com", accept: "tag:web:22")),
            (acl("group:team", "box:22"), test("group:team", accept: "box:22")),
            (acl("group:team", "box:22"), test("Ana@Example.com", accept: "100.64.0.16:22")),
            (acl("autogroup:member", "box:*"), test("ben@example.com", accept: "box:8080")),
            (acl("tag:web", "tag:db:1-100"), test("tag:web", accept: "tag:db:22")),
            (acl("*", "net:443"), test("cy@example.com", accept: "10.1.2.3:443")),
            (acl("ana@example.com", "box:443", proto: "6"), test("ana@example.com", accept: "box:443", proto: "6")),
            (acl("ana@example.com", "box:53", proto: "udp"), test("ana@example.com", accept: "box:53", proto: "udp")),
            (grant("tag:web", "box", "tcp:22"), test("tag:web", accept: "box:22")),
            (grant("tag:web", "fd7a:115c::10", "tcp:22"), test("tag:web", accept: "[fd7a:115c::10]:22")),
            (acl("ana@example.com", "box:80"), #"{"src": "ana@example.com", "deny": ["box:443", "tag:web:80"]}"#),
        ])
    func passed(rule: String, test: String) {
        var tailnet = Simulation()
        let answer = tailnet.write(Self.file(rule, test))
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test(
        "failed",
        arguments: [
            (acl("ana@example.com", "box:80"), test("ana@example.com", accept: "box:443")),
            (acl("group:team", "tag:db:22"), test("group:team", accept: "tag:web:22")),
            (acl("tag:web", "box:80"), test("100.64.0.19", accept: "box:80")),
            (acl("ana@example.com", "box:53", proto: "tcp"), test("ana@example.com", accept: "box:53", proto: "udp")),
            (acl("ana@example.com", "box:443", proto: "6"), test("ana@example.com", accept: "box:443", proto: "17")),
            (acl("ana@example.com", "box:*"), #"{"src": "ana@example.com", "deny": ["box:8080"]}"#),
            (acl("autogroup:tagged", "tag:web:80"), test("autogroup:tagged", accept: "tag:db:80")),
            // Not one host and one port.
            (acl("ana@example.com", "box:*"), test("ana@example.com", accept: "box:*")),
            (acl("ana@example.com", "box:80,443"), test("ana@example.com", accept: "box:80,443")),
            (acl("ana@example.com", "box:1-9"), test("ana@example.com", accept: "box:1-9")),
            (acl("ana@example.com", "box:80"), test("ana@example.com", accept: "box:99999")),
            (acl("ana@example.com", "box:80"), test("ana@example.com", accept: "box:-1")),
            (grant("tag:web", "10.0.0.0/8", "tcp:22"), test("tag:web", accept: "10.0.0.0/8:22")),
            (grant("tag:web", "100.64.0.16/32", "tcp:22"), test("tag:web", accept: "100.64.0.16/32:22")),
            (grant("tag:web", "net", "tcp:22"), test("tag:web", accept: "net:22")),
            (acl("tag:web", "autogroup:internet:*"), test("tag:web", accept: "autogroup:internet:443")),
            // Nobody and nothing of that name: a person who has left breaks every later write.
            (acl("*", "*:*"), test("ghost@example.com", accept: "box:22")),
            (acl("*", "*:*"), test("group:ghosts", accept: "box:22")),
            (acl("*", "*:*"), test("tag:ghost", accept: "box:22")),
            (acl("*", "*:*"), test("ghostbox", accept: "box:22")),
            (acl("*", "*:*"), test("autogroup:ghosts", accept: "box:22")),
            (acl("*", "*:*"), test("ana@example.com", accept: "group:ghosts:22")),
            (acl("*", "*:*"), test("ana@example.com", accept: "tag:ghost:22")),
            (acl("*", "*:*"), test("ana@example.com", accept: "ghostbox:22")),
            (acl("*", "*:*"), test("", accept: "box:22")),
            (acl("*", "*:*"), #"{"accept": ["box:22"]}"#),
            (acl("*", "*:*"), #"{"src": "ana@example.com"}"#),
        ])
    func failed(rule: String, test: String) {
        var tailnet = Simulation()
        let answer = tailnet.write(Self.file(rule, test))
        #expect(answer.status == 400)
        #expect(answer.message == "test(s) failed")
        #expect(answer.json["data"]?.elements.count == 1, "\(answer.text)")
        #expect(tailnet.simulator.policy == Simulation.policy)
    }

    @Test("what is said of a failure: to whom it happened, what was wanted and what came of it")
    func texts() {
        var tailnet = Simulation()
        let text = Self.file(
            Self.acl("ana@example.com", "box:80"),
            #"{"src": "ana@example.com", "accept": ["box:443"], "deny": ["box:80", "box:22"]}"#)
        let answer = #"""
            {"data":[{"errors":["address \"box:443\": want: Accept, got: Drop","address \"box:80\": want: Drop, got: Accept"],\#
            "user":"ana@example.com"}],"message":"test(s) failed"}
            """#
        #expect(tailnet.write(text).text == answer)
        #expect(tailnet.validate(text).text == answer)
    }

    @Test("a list is tests alone, against the file that is in force")
    func list() {
        var tailnet = Simulation(policy: Array(Self.file(Self.acl("ana@example.com", "box:80"), "").utf8))
        #expect(tailnet.validate("[\(Self.test("ana@example.com", accept: "box:80"))]").text == "{}")
        let failed = tailnet.validate("// now\n[\(Self.test("ben@example.com", accept: "box:80"))]")
        #expect(failed.status == 200)
        #expect(failed.message == "test(s) failed")
    }

    @Test(
        "what cannot be judged passes: an empty group, a device's state, a block whose addresses nobody is known to have"
    )
    func unknown() {
        var tailnet = Simulation()
        let posture =
            #""acls": [{"action": "accept", "src": ["ana@example.com"], "dst": ["box:80"], "srcPosture": ["p"]}]"#
        for (rule, test) in [
            (Self.acl("group:empty", "box:80"), Self.test("group:empty", accept: "box:80")),
            (posture, Self.test("ana@example.com", accept: "box:80")),
            (Self.acl("10.0.0.0/8", "box:80"), Self.test("ana@example.com", accept: "box:80")),
        ] {
            let answer = tailnet.write(Self.file(rule, test))
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    @Test("with devices, addresses are judged by whose they are")
    func devices() {
        var tailnet = Simulation()
        tailnet.control(
            "PUT", "devices",
            #"{"devices": [{"name": "laptop", "user": "ana@example.com", "addresses": ["100.64.0.7"]}, "#
                + #"{"name": "web", "tags": ["tag:web"], "addresses": ["100.64.0.16", "fd7a:0::0010"]}]}"#)
        for (rule, test, status) in [
            (Self.acl("ana@example.com", "tag:web:80"), Self.test("100.64.0.7", accept: "box:80"), 200),
            (Self.acl("ana@example.com", "tag:db:80"), Self.test("100.64.0.7", accept: "box:80"), 400),
            (Self.acl("ana@example.com", "tag:web:80"), Self.test("ana@example.com", accept: "[fd7a::10]:80"), 200),
            (Self.acl("100.64.0.0/16", "box:80"), Self.test("ana@example.com", accept: "box:80"), 200),
            (Self.acl("10.0.0.0/8", "box:80"), Self.test("ana@example.com", accept: "box:80"), 400),
        ] {
            let answer = tailnet.write(Self.file(rule, test))
            #expect(answer.status == status, "\(rule) \(test) \(answer.text)")
        }
    }
}
