import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

@Suite("People and tokens")
struct PeopleTests {
    private static let curl = "/usr/bin/curl"

    @Test(
        "from nobody to somebody on call: bootstrap, a bot with a token, Examples/oncall.sh; all of it outlives a kill",
        .enabled(if: FileManager.default.isExecutableFile(atPath: curl), "curl is not installed"))
    func fromNothing() async throws {
        try await Scene.prepared { scene in
            let stack = scene.stack
            let secret = String(repeating: "bootstrap-", count: 4)
            let file = "\(stack.plan.folder)/bootstrap"
            try Data("\(secret)\n".utf8).write(to: URL(filePath: file))
            // Nobody is known: neither people nor tokens come from a file.
            let nobody = [
                "SYM_INTAKE_TOKENS_FILE": "", "SYM_INTAKE_DIRECTORY_FILE": "", "SYM_INTAKE_BOOTSTRAP_TOKEN_FILE": file,
            ]
            try await stack.start(.broker)
            try await stack.start(.intake, adding: nobody)

            func call(_ token: String, _ method: String, _ path: String, _ body: String? = nil) async throws -> Reply {
                try await HTTP(base: stack.intakeURL, token: token).call(method, path, body: body)
            }
            let bootstrap = try await call(secret, "POST", "/v1/bootstrap", #"{"email":"cy@example.com"}"#)
            try #require(bootstrap.status == 201, "\(bootstrap.text)")
            let admin = try #require(bootstrap.json?["token"]?.text)
            #expect(try await call(secret, "POST", "/v1/bootstrap", #"{"email":"eve@example.com"}"#).status == 409)

            let fixture = try String(contentsOfFile: "\(Paths.fixtures)/sym.yaml", encoding: .utf8)
            let configuration = fixture.replacing("sym_group:\n", with: "sym_group:\n  oncall: { source: directory }\n")
            #expect(try await call(admin, "PUT", "/v1/config", configuration).status == 200)
            // This one has no topic yet, which is the operator's to make: it must not disturb anything.
            let bot = try await call(admin, "PUT", "/v1/bots/oncall", #"{"groups":["oncall"]}"#)
            #expect(bot.status == 200, "\(bot.text)")
            let made = try await call(admin, "POST", "/v1/tokens", #"{"owner":"bot:oncall","label":"cron"}"#)
            let token = try #require(made.json?["token"]?.text)

            func oncall(_ arguments: [String], input: String = "") async throws -> Programs.Finished {
                try await Programs.run(
                    path: "/bin/sh", ["\(Paths.root)/Examples/oncall.sh"] + arguments,
                    environment: ["SYM_URL": stack.intakeURL, "SYM_TOKEN": token, "PATH": "/usr/bin:/bin"], input: input
                )
            }
            let put = try await oncall(["oncall"], input: "ana@example.com\n\n Ben@example.com \n")
            #expect(put.exitCode == 0, "\(put.output)\(put.complaint)")
            let refused = try await oncall(["staff", "ana@example.com"])
            #expect(refused.exitCode == 2 && refused.complaint.contains("403"))
            #expect(!refused.complaint.contains(token))
            #expect(try await oncall(["oncall", "ana"]).exitCode != 0)
            #expect(try await oncall(["oncall"]).exitCode == 1, "nobody is not put")

            try await stack.kill(.intake)
            try await stack.start(.intake, adding: nobody)
            let group = try await call(admin, "GET", "/v1/groups/oncall")
            #expect(group.json?["members"] == .array([.string("ana@example.com"), .string("ben@example.com")]))
            #expect(group.json?["state"]?.text == "known" && group.json?["by"]?.text == "bot:oncall")
            #expect(try await call(token, "GET", "/v1/me").json?["caller"]?.text == "bot:oncall")
            #expect(try await call(admin, "DELETE", "/v1/bots/oncall").status == 200)
            #expect(try await call(token, "GET", "/v1/me").status == 401)

            // Nothing that was written anywhere has a token in it.
            let log = try String(contentsOfFile: stack.log(.intake), encoding: .utf8)
            for hidden in [secret, admin, token] { #expect(!log.contains(hidden)) }
            if let kcat = Kcat(bootstrapServers: stack.bootstrapServers) {
                let records = try await kcat.values(of: stack.topics.credentials).joined()
                #expect(records.contains("sym.credential.issued.v1"))
                for hidden in [secret, admin, token] { #expect(!records.contains(hidden)) }
            }
        }
    }
}
