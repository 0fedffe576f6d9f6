import ArgumentParser
import FoundationEssentials
import SandboxStack
import SymMessages

/// Where the sandbox finds its examples and keeps its files.
struct SandboxOptions: ParsableArguments {
    @Option(help: "The folder with directory.yaml, policy.hujson and the configurations.")
    var examples = "Examples"

    @Option(help: "The folder for logs, tokens and the like; what an earlier run left there is replaced.")
    var folder = ".sandbox"

    /// - Parameter name: of a folder below `folder`, so that one command does not disturb another; `nil`: itself.
    func plan(_ name: String? = nil) throws -> Stack.Plan {
        let files = FileManager.default
        let folder = name.map { "\(self.folder)/\($0)" } ?? self.folder
        for file in ["policy.hujson", "directory.yaml"] where !files.fileExists(atPath: "\(examples)/\(file)") {
            throw ValidationError(
                "\(examples)/\(file) is not there: run this in the project's folder or give --examples")
        }
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for old in ["logs", "tokens", "env", "provisioner"] where files.fileExists(atPath: "\(folder)/\(old)") {
            try files.removeItem(atPath: "\(folder)/\(old)")
        }
        return Stack.Plan(
            programs: .besideThisProcess, folder: folder, policy: "\(examples)/policy.hujson",
            directory: "\(examples)/directory.yaml", callers: [Cast.ana, Cast.ben, Cast.cy],
            bots: BotName(rawValue: "pagerduty").map { [$0] } ?? [])
    }

    /// Runs a story; what goes wrong is told in words, with where to look, and makes the exit code 1.
    func tell(_ plan: Stack.Plan, _ story: @escaping @Sendable (Stack) async throws -> Void) async throws {
        do {
            try await Stack.with(plan, story)
        } catch {
            Narrator().failure("\(error)")
            Narrator().note("the services' logs are in \(plan.folder)/logs")
            throw ExitCode(1)
        }
    }
}
