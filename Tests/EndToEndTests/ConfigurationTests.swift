import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

@Suite("The configuration, over real processes")
struct ConfigurationTests {
    @Test(
        "an apply is atomic: intake killed by SIGKILL around its write",
        arguments: ["intake.configuration-sending:2", "intake.configuration-acknowledged:2"])
    func killed(at point: String) async throws {
        try await Scene.prepared { scene in
            let mark = "\(scene.stack.plan.folder)/mark"
            try await scene.stack.start(.broker)
            try await scene.stack.start(.simulator)
            try scene.stack.launch(.intake, adding: ["SYM_FAULT_KILL_AT": point, "SYM_FAULT_MARK": mark])
            try scene.stack.launch(.approval)
            try scene.stack.launch(.provisioner)
            for member in Stack.Member.services { try await scene.stack.ready(member) }
            try await scene.configure()
            let old = try await scene.configuration()
            let yaml = try Scene.yaml("- name: staff\n", with: "- name: everybody on the staff\n")

            let victim = try #require(scene.stack.process(.intake))
            await #expect(throws: (any Error).self) { try await scene.put(yaml, basedOn: 1, key: "kill") }
            let end = try await within(.seconds(30), "intake to reach \(point)") { try await victim.ended() }
            #expect(end == .signalled(9))
            #expect(try String(contentsOfFile: mark, encoding: .utf8).isEmpty == false)
            try await scene.stack.start(.intake)

            // Wholly the old or wholly the new, by where it was killed.
            let isWritten = point.hasPrefix("intake.configuration-acknowledged")
            let found = try await scene.configuration()
            #expect(found["version"] == .integer(isWritten ? 2 : 1))
            if !isWritten { #expect(found == old) }
            #expect(found["resources"]?.sha256 == found["sha256"]?.text)
            #expect(try await scene.rule(key: "first") == (isWritten ? "everybody on the staff" : "staff"))

            // The same call again does it, or is told that it is done; once, all in all.
            for _ in 0..<2 {
                let again = try await scene.put(yaml, basedOn: 1, key: "kill")
                #expect(again.status == 200, "\(again.text)")
                #expect(again.json?["version"] == .integer(2) && again.json?["changed"] == .bool(true), "\(again.text)")
            }
            let same = try await scene.put(yaml, basedOn: 2, key: "other")
            #expect(same.status == 200 && same.json?["changed"] == .bool(false), "\(same.text)")
            let new = try await scene.configuration()
            if isWritten { #expect(new == found) }
            #expect(new["resources"]?.sha256 == new["sha256"]?.text)
            #expect(try await scene.rule(key: "second") == "everybody on the staff")
            let history = try await scene.http(as: Scene.cy).call("GET", "/v1/config/history")
            #expect(history.json?["versions"]?.elements.map { $0["version"] } == [.integer(2), .integer(1)])
        }
    }

    @Test("P5 no lost update: of two intakes that apply at once, one wins and the other is told who and what")
    func twoIntakes() async throws {
        try await Scene.running { scene in
            let first = scene.stack.intakeURL
            let firstProcess = try #require(scene.stack.process(.intake))
            try await scene.stack.start(.intake)
            let urls = [first, scene.stack.intakeURL]
            try #require(urls[0] != urls[1])
            var version: Int64 = 1
            for round in 0..<8 {
                let based = version
                let replies = try await withThrowingTaskGroup(of: (Int, Reply).self) { group in
                    for index in 0..<2 {
                        group.addTask {
                            let yaml = "sym_group: { r\(index)-\(round): { members: [ben@example.com] } }"
                            return (
                                index,
                                try await scene.put(
                                    yaml, to: urls[index], set: "set-\(index)", basedOn: Int(based), key: "r\(round)")
                            )
                        }
                    }
                    return try await group.reduce(into: [Int: Reply]()) { $0[$1.0] = $1.1 }
                }
                version += 1
                let statuses = replies.values.map(\.status).sorted()
                #expect(statuses == [200, 409], "\(replies.values.map(\.text))")
                let loser = try #require(replies.values.first { $0.status == 409 }).text
                #expect(loser.contains("ersion \(version) by cy@example.com"), "\(loser)")
                let winner = try #require(replies.first { $0.value.status == 200 })
                #expect(winner.value.json?["version"] == .integer(version))
                for url in urls {
                    _ = try await eventually("\(url) to have version \(based + 1)") { () async throws -> Probe<Bool> in
                        let reply = try await HTTP(base: url, token: scene.stack.tokens[Scene.cy]).call(
                            "GET", "/v1/config")
                        guard reply.json?["version"] == .integer(based + 1) else { return .notYet(reply.text) }
                        #expect(
                            reply.json?["sets"]?["set-\(winner.key)"]?.elements
                                .contains(.string("sym_group.r\(winner.key)-\(round)")) == true)
                        return .found(true)
                    }
                }
            }
            firstProcess.closeInput()
            _ = try await within(.seconds(12), "the first intake to end") { try await firstProcess.ended() }
        }
    }

    @Test("what a live lease needs is not taken away, and is once the lease has ended")
    func liveLease() async throws {
        try await Scene.running { scene in
            let id = try await scene.submit(key: "lease")
            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            let yaml = try Scene.yaml("group_name: prod }", with: "group_name: other }")

            let planned = try await scene.http(as: Scene.cy).call(
                "POST", "/v1/config/plan", headers: ["Content-Type": "application/yaml"], body: yaml)
            #expect(planned.status == 200, "\(planned.text)")
            #expect(planned.json?["leases"]?.elements.map { $0["request"]?.text } == [id.rawValue])
            #expect(
                planned.json?["changes"]?.elements.first?["attributes"]?.elements.first?["path"]?.text
                    == "settings.group_name")

            let refused = try await scene.put(yaml, basedOn: 1, key: "take-away")
            #expect(refused.status == 409, "\(refused.text)")
            let lease = try #require(refused.json?["leases"]?.elements.first)
            #expect(lease["request"]?.text == id.rawValue && lease["state"]?.text == "active")
            #expect(lease["person"]?.text == "ana@example.com" && lease["target"]?.text == "prod")
            #expect(try await scene.configuration()["version"] == .integer(1))
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))

            try await scene.end(id)
            try await scene.told(id, is: [.ended])
            let applied = try await scene.put(yaml, basedOn: 1, key: "take-away")
            #expect(applied.status == 200 && applied.json?["version"] == .integer(2), "\(applied.text)")
            #expect(try await scene.policyFile() == Scene.policy)

            let back = try await scene.http(as: Scene.cy).call(
                "POST", "/v1/config/rollback", headers: ["Content-Type": "application/json"], body: "{\"version\":1}")
            #expect(back.status == 200 && back.json?["version"] == .integer(3), "\(back.text)")
            let first = try await scene.http(as: Scene.cy).call("GET", "/v1/config?version=1")
            #expect(try await scene.configuration()["resources"] == first.json?["resources"])
        }
    }
}
