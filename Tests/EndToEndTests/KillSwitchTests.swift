import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

@Suite("symflow end --all, over real processes")
struct KillSwitchTests {
    private static let people = (0..<10).map { "p\($0)@corp.example" }
    private static let targets = ["prod", "staging"]

    /// Two groups; p0 stands in one of them before Sym does anything.
    private static let policy = """
        {
          // Access is granted through these.
          "groups": {
            "group:prod": ["p0@corp.example"],
            "group:staging": [] // nobody yet
          },
          "acls": [{ "action": "accept", "src": ["group:prod", "group:staging"], "dst": ["tag:prod:*"] }],
          "tagOwners": { "tag:prod": [] }
        }
        """

    private static func configuration() throws -> String {
        var yaml = try Scene.yaml("targets: [prod, nowhere]", with: "targets: [prod, staging]")
        for (old, new) in [
            (
                "nowhere: { type: tailscale_group, label: A group that the policy file lacks, "
                    + "settings: { group_name: nowhere } }",
                "staging: { type: tailscale_group, label: Staging, settings: { group_name: staging } }"
            ),
            ("        requesters: { groups: [staff] }\n", ""),
            (
                "        stages:\n          - name: approvers\n            approvers: { groups: [approvers] }\n",
                "        when: 'request.duration <= duration(\"1h\")'\n        approve: automatically\n"
            ),
        ] {
            try #require(yaml.contains(old), "the fixture has no \(old)")
            yaml = yaml.replacing(old, with: new)
        }
        return yaml
    }

    /// Lets everybody into every target, by a bot whose requests need nobody's decision.
    private static func grantAll(_ scene: Scene) async throws -> [RequestID] {
        let admin = scene.http(as: Scene.cy)
        let names = people.map { "\"\($0)\"" }.joined(separator: ",")
        let applied = try await scene.put(try configuration(), basedOn: 0, key: "kill-switch")
        try #require(applied.status == 200, "\(applied.text)")
        for (method, path, body) in [
            ("PUT", "/v1/domains/corp.example", "{}"),
            ("PUT", "/v1/bots/incident-bot", #"{"flows":["prod-access"],"people":[\#(names)],"automatic":true}"#),
        ] {
            let reply = try await admin.call(method, path, body: body)
            try #require(reply.status == 200, "\(path): \(reply.status) \(reply.text)")
        }
        let issued = try await admin.call("POST", "/v1/tokens", body: #"{"owner":"bot:incident-bot"}"#)
        let bot = HTTP(base: scene.stack.intakeURL, token: try #require(issued.json?["token"]?.text, "\(issued.text)"))
        var ids: [RequestID] = []
        for person in people {
            for target in targets {
                let reply = try await bot.call(
                    "POST", "/v1/requests", headers: ["Prefer": "wait=20"],
                    body: Scene.form(["for": "\"\(person)\"", "target": "\"\(target)\""]))
                ids.append(
                    try #require(reply.json?["id"]?.text.flatMap(RequestID.init(rawValue:)), "\(reply.text)"))
            }
        }
        for id in ids { try await scene.told(id, is: [.active], as: Scene.cy) }
        return ids
    }

    @Test("P2 every lease ends: one command ends 20 in two targets of a tailnet, with at most 3 writes, read back")
    func endAll() async throws {
        try await Scene.prepared(policy: Self.policy) { scene in
            try await scene.stack.startAll()
            try await scene.stack.tailnet(hasUsers: Self.people)
            let ids = try await Self.grantAll(scene)
            for person in Self.people { #expect(try await scene.policyFile().contains("\"\(person)\"")) }

            let simulator = HTTP(base: scene.stack.simulatorURL, token: nil)
            _ = try await simulator.call("DELETE", "/simulator/writes")
            // As long as Tailscale takes: what comes during a reading goes into the write that follows it.
            for method in ["GET", "POST"] {
                let delay = #"{"kind": "delay", "method": "\#(method)", "path": "acl", "delay_ms": 250}"#
                #expect(try await simulator.call("POST", "/simulator/faults", body: delay).status == 200)
            }
            let ended = try await scene.symflow(as: Scene.cy, ["end", "--all", "--yes", "--reason", "incident 4711"])
            #expect(ended.exitCode == 0, "\(ended.output)\(ended.complaint)")
            #expect(try await scene.policyFile() == Self.policy)
            let writes = try await simulator.call("GET", "/simulator/writes").json?["writes"]?.elements ?? []
            #expect((1...3).contains(writes.count), "\(writes)")
            print("symflow end --all: 20 leases ended with \(writes.count) writes")

            let lines = ended.output.split(separator: "\n").map(String.init)
            #expect(lines.first == "20 requests to end: 10 people, 2 targets")
            for id in ids {
                // P6: said of each, once, and only when it was so.
                let said = lines.filter { $0.hasPrefix("\(id)  ended: ") }
                #expect(said.count == 1, "\(ended.output)")
                try await scene.told(id, is: [.ended], as: Scene.cy)
            }
            #expect(lines.filter { $0.contains("was removed from group:") }.count == 19)
            #expect(lines.last == "  p0@corp.example in group:prod of example.com", "\(ended.output)")
            try await scene.expectOneStory(
                of: ids[0],
                [
                    "sym.request.submitted.v1", "sym.request.approved.v1", "sym.request.active.v1",
                    "sym.request.ending.v1", "sym.request.ended.v1",
                ])

            let again = try await scene.symflow(as: Scene.cy, ["end", "--all", "--yes"])
            #expect(
                again.exitCode == 0 && again.output.hasPrefix("Nothing to end"), "\(again.output)\(again.complaint)")
            #expect(
                try await simulator.call("GET", "/simulator/writes").json?["writes"]?.elements.count == writes.count)
        }
    }

    @Test(
        "P6 no claim before the effect: while the tailnet does not answer, nothing is called ended, and the code is 75")
    func tailnetAway() async throws {
        try await Scene.running { scene in
            let id = try await scene.submit(key: "away")
            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            let simulator = HTTP(base: scene.stack.simulatorURL, token: nil)
            _ = try await simulator.call("POST", "/simulator/faults", body: #"{"kind": "down"}"#)
            let tried = try await scene.symflow(as: Scene.cy, ["end", "--all", "--yes", "--wait", "5"])
            #expect(tried.exitCode == 75, "\(tried.output)\(tried.complaint)")
            #expect(tried.output.contains("\(id)  being ended, not confirmed yet: ana@example.com in prod"))
            #expect(!tried.output.contains("  ended"), "\(tried.output)")

            let again = try await scene.symflow(as: Scene.cy, ["end", "--all", "--yes", "--wait", "1"])
            #expect(again.exitCode == 75, "\(again.output)\(again.complaint)")
            #expect(again.output.contains("1 of these is being ended already."), "\(again.output)")

            _ = try await simulator.call("DELETE", "/simulator/faults")
            try await scene.told(id, is: [.ended])
            try await scene.expectOneStory(
                of: id,
                [
                    "sym.request.submitted.v1", "sym.request.approved.v1", "sym.request.active.v1",
                    "sym.request.ending.v1", "sym.request.ended.v1",
                ])
            #expect(try await scene.policyFile() == Scene.policy)
        }
    }

    @Test(
        "P8 one outcome per request: told while nobody decides, each ends once, long after the command gave up waiting")
    func approvalAway() async throws {
        try await Scene.running { scene in
            let id = try await scene.submit(key: "undecided")
            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            try await scene.stack.kill(.approval)
            let start = ContinuousClock.now
            let tried = try await scene.symflow(as: Scene.cy, ["end", "--all", "--yes", "--wait", "4"])
            #expect(tried.exitCode == 75, "\(tried.output)\(tried.complaint)")
            #expect(tried.output.contains("\(id)  Kafka has the command, not decided yet: ana@example.com in prod"))
            // The wait is bounded, on a busy machine too.
            #expect(ContinuousClock.now - start < .seconds(20))

            try await scene.stack.start(.approval)
            try await scene.told(id, is: [.ended])
            #expect(try await scene.policyFile() == Scene.policy)
            try await scene.expectOneStory(
                of: id,
                [
                    "sym.request.submitted.v1", "sym.request.approved.v1", "sym.request.active.v1",
                    "sym.request.ending.v1", "sym.request.ended.v1",
                ])
        }
    }
}
