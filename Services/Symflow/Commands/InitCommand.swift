import ArgumentParser
import SymMessages

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Begin a configuration: a commented sym.yaml, which is never overwritten.")

    @Option(help: "The folder to put it in.")
    var directory = "."

    @Option(
        name: [.customLong("workspace-id"), .customLong("slack-workspace-id")],
        help: "Your Slack workspace, such as T0123ABCD. Left out: without Slack.")
    var workspaceID: String?

    @Option(help: "The name of the environment.")
    var environment = "prod"

    @Option(help: "Your tailnet's name, as the admin console shows it.")
    var tailnet = "example.com"

    func validate() throws {
        guard ResourceName(rawValue: environment) != nil else {
            throw ValidationError("--environment must be letters, digits, - or _.")
        }
        let isTailnet = tailnet.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "._-@+".utf8.contains(byte)
        }
        guard isTailnet, (1...253).contains(tailnet.utf8.count), tailnet != "-" else {
            throw ValidationError("--tailnet must be the name of a tailnet, such as example.com.")
        }
        if let workspaceID {
            let isID = workspaceID.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
            guard isID, workspaceID.hasPrefix("T") || workspaceID.hasPrefix("E"), workspaceID.utf8.count <= 32 else {
                throw ValidationError("--workspace-id must be the id of a workspace, such as T0123ABCD.")
            }
        }
    }

    func run() throws {
        let path = directory == "." ? "sym.yaml" : "\(directory)/sym.yaml"
        let scaffold = Scaffold(workspaceID: workspaceID, environment: environment, tailnet: tailnet)
        try TextFile(path).writeNew(scaffold.yaml)
        Console.say(
            """
            wrote \(path). Read it, change what is yours to change, then:
              symflow validate \(path)
              symflow apply \(path)
            """)
    }
}
