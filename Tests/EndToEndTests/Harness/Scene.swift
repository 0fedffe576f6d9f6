import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

/// A stack of its own for one test, with who acts in it.
struct Scene: Sendable {
    static let ana = Caller.person(person("ana@example.com"))
    static let ben = Caller.person(person("ben@example.com"))
    /// The administrator.
    static let cy = Caller.person(person("cy@example.com"))
    static let bot = name("incident-bot")

    let stack: Stack

    /// Nothing that is tested here takes longer, on two busy cores.
    static let limit = Duration.seconds(180)

    /// Runs `body` in a stack of which nothing is started; waits for its turn first. The logs are shown if it fails.
    static func prepared(
        policy: String? = nil, hasSlack: Bool = false, directory: String = "directory.yaml",
        callers: [Caller] = [ana, ben, cy], within limit: Duration = Self.limit,
        _ body: @escaping @Sendable (Scene) async throws -> Void
    ) async throws {
        try await StackPermits.shared.withPermit {
            let folder = FileManager.default.temporaryDirectory.path + "/sym-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            var policyFile = "\(Paths.fixtures)/policy.hujson"
            if let policy {
                policyFile = "\(folder)/policy.hujson"
                try Data(policy.utf8).write(to: URL(filePath: policyFile))
            }
            var plan = Stack.Plan(
                programs: Paths.programs, folder: folder, policy: policyFile,
                directory: "\(Paths.fixtures)/\(directory)", callers: callers, bots: [bot])
            plan.hasSlack = hasSlack
            let settled = plan
            try await Stack.with(settled) { stack in
                let scene = Scene(stack: stack)
                do {
                    try await within(limit, "the test to end") { try await body(scene) }
                } catch {
                    scene.showLogs()
                    throw error
                }
            }
        }
    }

    /// Runs `body` with everything started and the fixture's configuration in force.
    static func running(policy: String? = nil, _ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        try await prepared(policy: policy) { scene in
            try await scene.stack.startAll()
            try await scene.configure()
            try await body(scene)
        }
    }

    /// Applies a fixture's configuration as the administrator.
    func configure(_ fixture: String = "sym.yaml") async throws {
        let applied = try await symflow(as: Self.cy, ["apply", "\(Paths.fixtures)/\(fixture)"])
        try #require(applied.exitCode == 0, "\(applied.output)\(applied.complaint)")
    }

    func symflow(as caller: Caller, _ arguments: [String]) async throws -> Programs.Finished {
        try await stack.plan.programs.run(
            "symflow", arguments,
            environment: ["SYM_URL": stack.intakeURL, "SYM_TOKEN": stack.tokens[caller] ?? ""])
    }

    func http(as caller: Caller) -> HTTP { HTTP(base: stack.intakeURL, token: stack.tokens[caller]) }

    /// kcat, where it is installed.
    func kcat() throws -> Kcat { try #require(Kcat(bootstrapServers: stack.bootstrapServers)) }

    private func showLogs() {
        for member in Stack.Member.allCases {
            guard let text = try? String(contentsOfFile: stack.log(member), encoding: .utf8), !text.isEmpty else {
                continue
            }
            let tail = text.split(separator: "\n").suffix(25).joined(separator: "\n")
            print("--- \(member.rawValue)\n\(tail)")
        }
    }

    static func person(_ address: String) -> PersonID {
        guard let person = PersonID(rawValue: address) else {
            preconditionFailure("\(address) is written in this file")
        }
        return person
    }

    private static func name(_ text: String) -> BotName {
        guard let name = BotName(rawValue: text) else { preconditionFailure("\(text) is written in this file") }
        return name
    }
}
