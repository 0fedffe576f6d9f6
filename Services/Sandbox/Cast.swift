import SandboxStack
import SymMessages

/// Who appears in the sandbox's stories, as `Examples/directory.yaml` has them.
enum Cast {
    static let ana = caller("person:ana@example.com")
    static let ben = caller("person:ben@example.com")
    /// The administrator.
    static let cy = caller("person:cy@example.com")
    static let pagerduty = caller("bot:pagerduty")

    private static func caller(_ text: String) -> Caller {
        guard let caller = Caller(text) else { preconditionFailure("\(text) is written in this file") }
        return caller
    }
}

/// Somebody at work in the sandbox.
struct Actor: Sendable {
    let stack: Stack
    let caller: Caller

    var http: HTTP { HTTP(base: stack.intakeURL, token: stack.tokens[caller]) }

    /// Runs symflow as this person would.
    func symflow(_ arguments: String...) async throws -> Programs.Finished {
        try await symflow(arguments)
    }

    func symflow(_ arguments: [String]) async throws -> Programs.Finished {
        try await stack.plan.programs.run(
            "symflow", arguments, environment: ["SYM_URL": stack.intakeURL, "SYM_TOKEN": stack.tokens[caller] ?? ""])
    }
}

extension Stack {
    func person(_ caller: Caller) -> Actor { Actor(stack: self, caller: caller) }

    /// The policy file as the tailnet has it now.
    func policyFile() async throws -> String {
        try await HTTP(base: simulatorURL, token: nil).call("GET", "/simulator/policy").text
    }
}

extension Programs.Finished {
    /// Throws with what the program said unless it ended well.
    @discardableResult
    func succeeded() throws -> Programs.Finished {
        guard exitCode == 0 else {
            throw Narrator.Untrue(claim: "symflow ended with exit code \(exitCode)", detail: output + complaint)
        }
        return self
    }
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}
