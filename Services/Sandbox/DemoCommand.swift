import ArgumentParser
import SandboxStack

/// The story of a request, told and checked, in less than a minute.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Tells the story of a request from the message to the policy file and back.",
        discussion: "Everything that is shown is checked. Exit code 0: all of it holds; 1: something does not.")

    @OptionGroup var options: SandboxOptions

    func run() async throws {
        let narrator = Narrator()
        let began = ContinuousClock.now
        var plan = try options.plan("demo")
        plan.hasSlack = true
        try await options.tell(plan) { [examples = options.examples] stack in
            narrator.title(
                "Starting: a Kafka broker, a tailnet, Slack, sym-intake, sym-approval, sym-tailscale-provisioner")
            narrator.note("each a process of its own, on loopback only; broker, tailnet and Slack are simulated")
            try await stack.startAll()
            narrator.note("ready after \(Self.seconds(since: began))")
            try await DemoStory(stack: stack, narrator: narrator, examples: examples).tell()
        }
        narrator.title("Everything above was checked and holds. It took \(Self.seconds(since: began)).")
    }

    private static func seconds(since start: ContinuousClock.Instant) -> String {
        "\((((ContinuousClock.now - start) / .seconds(1)) * 10).rounded() / 10) s"
    }
}
