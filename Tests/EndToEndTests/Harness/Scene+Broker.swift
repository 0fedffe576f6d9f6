import SandboxStack
import Testing

extension Scene {
    /// Tells the broker to go `down` or `up`, and waits until it is.
    func broker(_ command: String) async throws {
        let broker = try #require(stack.process(.broker))
        let seen = broker.lines.filter { $0 == command }.count
        broker.write(command)
        try await eventually("the broker to be \(command)") {
            broker.lines.filter { $0 == command }.count > seen ? .found(()) : .notYet("")
        }
    }
}
