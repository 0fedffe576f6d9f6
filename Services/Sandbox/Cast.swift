import ArgumentParser
import FoundationEssentials
import SandboxStack
import SymMessages

/// Who appears in the sandbox's stories, as `Examples/directory.yaml` has them.
struct Cast {
    static let ana = Caller.person(person("ana@example.com"))
    static let ben = Caller.person(person("ben@example.com"))
    /// The administrator.
    static let cy = Caller.person(person("cy@example.com"))
    static let bot = "pagerduty"

    private static func person(_ address: String) -> PersonID {
        guard let person = PersonID(rawValue: address) else {
            preconditionFailure("\(address) is written in this file")
        }
        return person
    }
}

/// Where the sandbox finds its examples and keeps its files.
struct SandboxOptions: ParsableArguments {
    @Option(help: "The folder with directory.yaml, policy.hujson and the configurations.")
    var examples = "Examples"

    @Option(help: "The folder for logs, tokens and the like; what an earlier run left there is replaced.")
    var folder = ".sandbox"

    /// - Parameter name: of a folder below `folder`, so that one command does not disturb another.
    func plan(_ name: String) throws -> Stack.Plan {
        let files = FileManager.default
        let folder = "\(folder)/\(name)"
        if files.fileExists(atPath: folder) { try files.removeItem(atPath: folder) }
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for file in ["policy.hujson", "directory.yaml"] where !files.fileExists(atPath: "\(examples)/\(file)") {
            throw ValidationError(
                "\(examples)/\(file) is not there: run this in the project's folder, or give --examples")
        }
        return Stack.Plan(
            programs: .besideThisProcess, folder: folder, policy: "\(examples)/policy.hujson",
            directory: "\(examples)/directory.yaml", callers: [Cast.ana, Cast.ben, Cast.cy],
            bots: BotName(rawValue: Cast.bot).map { [$0] } ?? [])
    }
}
