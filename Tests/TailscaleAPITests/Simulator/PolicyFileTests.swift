import SymMessages
import Testing

@testable import Sandbox

@Suite("The simulated tailnet: its policy file")
struct TailnetSimulatorPolicyFileTests {
    @Test("a version is the quoted SHA-256 of the text")
    func etag() {
        #expect(
            TailnetSimulator.etag(of: []) == "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"")
    }

    @Test("an empty body resets the tailnet to its default, which lets everybody in")
    func emptyBody() {
        var tailnet = Simulation()
        #expect(tailnet.write("").status == 200)
        #expect(tailnet.simulator.policy == TailnetSimulator.defaultPolicy)
        #expect(tailnet.simulator.log.writes.map(\.at) == [tailnet.now])
        #expect(TailnetPolicyCheck.problem(in: TailnetSimulator.defaultPolicy) == nil)
    }

    @Test(
        "If-Match",
        arguments: [
            (Optional<String>.none, 200), (TailnetSimulator.etag(of: Simulation.policy), 200),
            ("\"\(TailnetSimulator.etag(of: Simulation.policy))\"", 412),
            ("\"0\"", 412), ("\"ts-default\"", 412), ("", 412),
        ])
    func ifMatch(value: String?, status: Int) {
        var tailnet = Simulation()
        let answer = tailnet.write("{}", ifMatch: value)
        #expect(answer.status == status)
        #expect(tailnet.simulator.policy == (status == 200 ? Array("{}".utf8) : Simulation.policy))
        if status == 412 { #expect(answer.text == #"{"message":"precondition failed, invalid old hash"}"#) }
    }

    @Test("ts-default matches the untouched default only", arguments: [false, true])
    func defaultVersion(isCanonical: Bool) {
        var tailnet = Simulation(policy: TailnetSimulator.defaultPolicy, isCanonical: isCanonical)
        #expect(tailnet.write("{}", ifMatch: "\"ts-default\"").status == 200)
        #expect(tailnet.write("{}", ifMatch: "\"ts-default\"").status == 412)
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
            (
                #"{"grants": [{"src": ["*"], "dst": ["0.0.0.0/0"], "ip": ["*"]}]}"#,
                #"dst "0.0.0.0/0": to allow all IP addresses, use "*" or "autogroup:internet""#
            ),
            (
                #"{"grants": [{"src": ["*"], "dst": ["*"], "ip": ["*"], "via": ["tag:x"]}]}"#,
                #"tag "tag:x" not found"#
            ),
            (
                #"{"grants": [{"src": ["*"], "dst": ["*"], "ip": ["icmp"]}]}"#,
                #"port range "icmp": invalid first integer"#
            ),
            (
                #"{"acls": [{"action": "accept", "src": ["*"], "dst": ["10.0.0.1:ssh"]}]}"#,
                #"dst="10.0.0.1:ssh": port range "ssh": invalid first integer"#
            ),
            (
                #"{"acls": [{"action": "accept", "src": ["autogroup:self"], "dst": ["*:*"]}]}"#,
                #""autogroup:self" not valid on the src side of a rule"#
            ),
            (
                #"{"acls": [{"action": "accept", "src": ["10.0.0.1"], "dst": ["autogroup:self:*"]}]}"#,
                "autogroup:self can only be used with users, groups, or supported autogroups"
            ),
            (#"{"ssh": [{"src": ["*"], "dst": ["*"], "users": ["root"]}]}"#, "action must be specified"),
            (#"{"ssh": [{"action": "accept", "src": ["*"], "dst": ["*"]}]}"#, "users must be specified"),
            (
                #"{"ssh": [{"action": "accept", "src": ["*"], "dst": ["*"], "users": ["*"]}]}"#,
                #"user "*" is not valid"#
            ),
            (#"{"nodeAttrs": [{"target": ["%x%"], "attr": ["funnel"]}]}"#, #""%x%": invalid address"#),
            (
                #"{"tagOwners": {"tag:1": []}}"#,
                "tagOwners[\"tag:1\"]: tag names must start with a letter, after 'tag:'"
            ),
            (#"{"TagOwners": {"tag:x": ["tag:y"]}}"#, #"tag not found: "tag:y""#),
            (#"{"autoApprovers": {"exitNode": ["group:x"]}}"#, #"group not found: "group:x""#),
        ])
    func refused(text: String, message: String) {
        #expect(TailnetPolicyCheck.problem(in: Array(text.utf8)) == message)
        var tailnet = Simulation()
        let answer = tailnet.write(text)
        #expect(answer.status == 400)
        #expect(answer.message == message)
        #expect(tailnet.simulator.policy == Simulation.policy)
        #expect(tailnet.simulator.log.writes.map(\.status) == [400])
        // Whether it would be taken is answered with 200 in any case.
        #expect(tailnet.validate(text).status == 200)
        #expect(tailnet.validate(text).message == message)
    }

    @Test("what it takes")
    func taken() throws {
        #expect(TailnetPolicyCheck.problem(in: try Fixture.policy()) == nil)
        let synced = #"{"acls": [{"action": "accept", "src": ["group:x@example.com"], "dst": ["10.0.0.1:22"]}]}"#
        #expect(TailnetPolicyCheck.problem(in: Array(synced.utf8)) == nil)
    }

    @Test("some files break the service every time")
    func breakdown() {
        var tailnet = Simulation()
        let text = #"{"nodeAttrs": [{"target": ["autogroup:self"], "attr": ["funnel"]}]}"#
        #expect(tailnet.write(text).status == 500)
        #expect(tailnet.write(text).message == "internal server error")
    }

    @Test("a tailnet that it is not, and a call that there is not")
    func unknownPaths() {
        var tailnet = Simulation()
        #expect(tailnet.call("GET", "tailnet/other/acl").response.status == 404)
        #expect(tailnet.call("GET", "tailnet/example.com/acl").response.status == 200)
        #expect(tailnet.call("GET", "tailnet/-/nothing").response.status == 404)
        #expect(tailnet.call("DELETE", "tailnet/-/acl").response.status == 405)
    }

    @Test("who accepts JSON gets it without comments and trailing commas, with the same version")
    func json() {
        let text = "// a, b\n{\"a\": [1, /* \"x\", */ 2,], // c\n\"b\": \"// \\\" /* no */\",}\n"
        var tailnet = Simulation(policy: Array(text.utf8))
        let answer = tailnet.call("GET", "tailnet/-/acl", accept: "application/json").response
        #expect(answer.text == #"{"a":[1,2],"b":"// \" /* no */"}"#)
        #expect(answer.contentType == "application/json")
        #expect(answer.etag == TailnetSimulator.etag(of: Array(text.utf8)))
        let whole = tailnet.call("GET", "tailnet/-/acl", accept: "application/hujson").response
        #expect(whole.text == text)
        #expect(whole.contentType == "application/hujson")
    }

    @Test("details: the text in Base64, and a warning for each member whom the tailnet does not have")
    func details() {
        var tailnet = Simulation(policy: Array(#"{"groups": {"group:a": ["Ana@example.com", "x@example.com"]}}"#.utf8))
        let answer = tailnet.call("GET", "tailnet/-/acl?details=true").response
        #expect(answer.json["acl"]?.text?.hasPrefix("eyJncm91cHMi") == true)
        #expect(answer.json["warnings"] == .array([.string(#""group:a": user not found: "x@example.com""#)]))
        #expect(answer.json["errors"] == .null)
        #expect(answer.etag == TailnetSimulator.etag(of: tailnet.simulator.policy))
        let plain = tailnet.call("GET", "tailnet/-/acl?details=yes").response
        #expect(plain.contentType == "application/hujson")
    }

    @Test("a file with warnings is taken, and validated with them")
    func warnings() {
        var tailnet = Simulation()
        let text = """
            {"groups": {"group:a": ["x@example.com"]}, "acls": [
            {"action": "accept", "src": ["group:x@example.com"], "dst": ["*:*"]}]}
            """
        #expect(
            tailnet.validate(text).text == """
                {"data":[{"user":"group:a","warnings":["user not found: \\"x@example.com\\""]},\
                {"user":"group:x@example.com","warnings":["group is not syncing from SCIM and will be ignored by rules in \
                the policy file"]}],"message":"warning(s) found"}
                """)
        #expect(tailnet.write(text).status == 200)
        #expect(tailnet.validate("").text == "{}")
        #expect(tailnet.validate("{}").text == "{}")
    }

    @Test("a canonical tailnet stores and answers its own layout, and its version is that text's")
    func canonical() {
        var tailnet = Simulation(isCanonical: true)
        let answer = tailnet.write("{\n  // who\n  \"groups\": {\"group:a\": []}\n}")
        #expect(answer.text == "{\n\t// who\n\t\"groups\": {\"group:a\": []},\n}\n")
        #expect(answer.etag == TailnetSimulator.etag(of: answer.body))
        #expect(tailnet.call("GET", "tailnet/-/acl").response.body == answer.body)
        tailnet.control("PUT", "policy", "{\"acls\":[]}")
        #expect(tailnet.simulator.policy == Array("{\"acls\": []}\n".utf8))
    }

    @Test("preview: the rules that concern somebody or something, with their lines")
    func preview() {
        let text = """
            {"groups": {"group:a": ["ana@example.com"]}, "tagOwners": {"tag:x": []},
            "acls": [{"action": "accept", "src": ["group:a"], "dst": ["tag:x:22"]},
            {"action": "accept", "src": ["ben@example.com"], "dst": ["10.0.0.0/8:80-90"]}]}
            """
        var tailnet = Simulation()
        let ana = tailnet.call("POST", "tailnet/-/acl/preview?type=user&previewFor=ana%40example.com", text).response
        #expect(
            ana.text == """
                {"matches":[{"lineNumber":2,"ports":["tag:x:22"],"users":["group:a"]}],"previewFor":"ana@example.com",\
                "type":"user"}
                """)
        let port = tailnet.call("POST", "tailnet/-/acl/preview?type=ipport&previewFor=10.1.2.3:85", text).response
        #expect(port.json["matches"]?.elements.map { $0["lineNumber"] } == [.integer(3)])
        #expect(tailnet.call("POST", "tailnet/-/acl/preview?type=user", text).response.status == 400)
    }
}
