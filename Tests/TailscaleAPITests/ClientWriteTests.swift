import TailnetPolicy
import TailscaleAPI
import Testing

@Suite("P5 no lost update: writing the policy file")
struct ClientWriteTests {
    @Test("a write names the version it was computed from, once quoted, and changes exactly the list")
    func conditional() async throws {
        try await SimulatedTailnet.with { tailnet in
            let client = tailnet.client()
            let before = try await client.readPolicy()
            #expect(before.text == (try Fixture.policy()))
            let draft = try #require(try before.draft(applying: [.add("ana@example.com")]))
            let after = try await client.writePolicy(draft)
            #expect(try after.members(of: "group:prod") == ["ana@example.com"])
            #expect(try await client.readPolicy() == after)

            let ending = try #require(try after.draft(applying: [.remove("ana@example.com")]))
            #expect(try await client.writePolicy(ending) == before)
            let writes = try await tailnet.writes()
            #expect(writes.map(\.status) == [200, 200])
            #expect(writes.map(\.ifMatch) == [before.etag.headerValue, after.etag.headerValue])
            #expect(writes.map(\.text) == [draft.text, ending.text].map { String(decoding: $0, as: UTF8.self) })
        }
    }

    @Test("what somebody else saved in between is not overwritten")
    func precondition() async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            let foreign = Array("// by hand\n".utf8) + (try Fixture.policy())
            try await tailnet.setPolicy(foreign)
            await #expect(throws: TailscaleError.preconditionFailed) { try await tailnet.client().writePolicy(draft) }
            #expect(try await tailnet.policy() == foreign)
            #expect(try await tailnet.writes().map(\.status) == [412])
        }
    }

    @Test("writers that race each other and retry all get their change in")
    func race() async throws {
        try await SimulatedTailnet.with { tailnet in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        while true {
                            do {
                                try await tailnet.client().writePolicy(tailnet.draft(adding: "w\(writer)@example.com"))
                                return
                            } catch TailscaleError.preconditionFailed {}
                        }
                    }
                }
                try await group.waitForAll()
            }
            let members = try await tailnet.client().readPolicy().members(of: "group:prod")
            #expect(members.sorted() == (0..<8).map { "w\($0)@example.com" })
        }
    }

    @Test("an answer that is lost after the write took effect is reported as lost, not as failed")
    func answerLost() async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            try await tailnet.fault(#"{"kind": "drop_after_apply", "count": 1}"#)
            let error = await #expect(throws: TailscaleError.self) { try await tailnet.client().writePolicy(draft) }
            #expect(error?.outcomeIsUnknown == true)
            guard case .answerLost = error else {
                Issue.record("must be answerLost, not \(String(describing: error))")
                return
            }
            #expect(try await tailnet.policy() == draft.text)
            #expect(try await tailnet.writes().map(\.answerLost) == [true])
        }
    }

    @Test("a late answer is a lost one")
    func lateAnswer() async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            try await tailnet.fault(#"{"kind": "delay", "count": 1, "delay_ms": 60000}"#)
            let client = tailnet.client(timeout: .milliseconds(200))
            let error = await #expect(throws: TailscaleError.self) { try await client.writePolicy(draft) }
            guard case .answerLost = error else {
                Issue.record("must be answerLost, not \(String(describing: error))")
                return
            }
            #expect(try await tailnet.policy() == draft.text)
        }
    }

    @Test(
        "an answer to a write that makes no sense is a lost one",
        arguments: [
            #"{"kind": "status", "method": "POST", "status": 200, "body": "<html>"}"#,
            #"{"kind": "status", "method": "POST", "status": 200, "body": "{}", "with_etag": true}"#,
            #"{"kind": "down", "method": "POST"}"#,
        ])
    func senselessAnswer(fault: String) async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            try await tailnet.fault(fault)
            let error = await #expect(throws: TailscaleError.self) { try await tailnet.client().writePolicy(draft) }
            guard case .answerLost = error else {
                Issue.record("must be answerLost, not \(String(describing: error))")
                return
            }
        }
    }

    @Test("a service that cannot be reached has certainly not been changed")
    func refusedConnection() async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            let nowhere = TailscaleClient(
                baseURL: "http://127.0.0.1:1", tailnet: "-", access: APIToken { SimulatedTailnet.token },
                httpClient: tailnet.http
            )
            let error = await #expect(throws: TailscaleError.self) { try await nowhere.writePolicy(draft) }
            guard case .unreachable = error else {
                Issue.record("must be unreachable, not \(String(describing: error))")
                return
            }
            #expect(error?.outcomeIsUnknown == false)
        }
    }

    @Test("a file the service does not take, with what it says of it")
    func rejected() async throws {
        let text = #"{"groups": {"group:prod": [], "group:x": ["group:prod"]}}"#
        try await SimulatedTailnet.with(policy: Array(text.utf8)) { tailnet in
            let draft = try await tailnet.draft()
            let message = #"groups["group:x"]: "group:prod": group members cannot be recursive"#
            await #expect(throws: TailscaleError.rejected(message: message, failedTests: [])) {
                try await tailnet.client().writePolicy(draft)
            }
        }
    }

    @Test("failed tests of the file are counted, and whose they are is not told")
    func failedTests() async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            try await tailnet.fault(
                #"""
                {"kind": "status", "method": "POST", "status": 400, "body": "{\"message\": \"test(s) failed\", \"data\": [
                {\"user\": \"cy@example.com\", \"errors\": [\"address x:22: want: Drop, got: Accept\"]},
                {\"user\": \"di@example.com\", \"warnings\": [\"w\"]}]}"}
                """#.replacing("\n", with: " "))
            let failure = PolicyTestFailure(user: "cy@example.com", errors: ["address x:22: want: Drop, got: Accept"])
            let expected = TailscaleError.rejected(message: "test(s) failed", failedTests: [failure])
            await #expect(throws: expected) { try await tailnet.client().writePolicy(draft) }
            var dumped = ""
            dump(expected, to: &dumped)
            #expect(!"\(expected) \(String(reflecting: expected)) \(dumped)".contains("cy@"))
            #expect("\(expected)".contains("(1 of the file's own tests failed)"))
        }
    }
}
