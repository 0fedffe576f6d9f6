import FoundationEssentials
import SymMessages

/// kcat, the integrator in our stories and tests: a Kafka client that is not ours.
public struct Kcat: Sendable {
    private let path: String
    private let bootstrapServers: String

    /// `nil` if kcat is not installed.
    public init?(bootstrapServers: String) {
        let places = ["/usr/bin/kcat", "/usr/local/bin/kcat", "/opt/homebrew/bin/kcat"]
        guard let path = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else { return nil }
        self.path = path
        self.bootstrapServers = bootstrapServers
    }

    public static var isInstalled: Bool { Kcat(bootstrapServers: "") != nil }

    public struct Failed: Error, CustomStringConvertible {
        public let description: String
    }

    /// The command line that sends one record, its value on standard input.
    public func producing(to topic: String, key: String?, headers: [(String, String)] = []) -> [String] {
        // Who writes by key finds the partition as everybody here does; kcat's own default is another.
        let keyed = key.map { ["-X", "partitioner=murmur2", "-k", $0] } ?? []
        return ["-P", "-b", bootstrapServers, "-t", topic] + keyed + headers.flatMap { ["-H", "\($0.0)=\($0.1)"] }
    }

    /// Sends one record.
    public func produce(
        to topic: String, key: String? = nil, headers: [(String, String)] = [], value: String
    ) async throws {
        try await produce(to: topic, key: key, headers: headers, values: [value])
    }

    /// Sends records in this order, at once.
    public func produce(
        to topic: String, key: String? = nil, headers: [(String, String)] = [], values: [String]
    ) async throws {
        // kcat sends one record per line.
        let lines = values.map { $0.split(separator: "\n").joined(separator: " ") }
        try await run(producing(to: topic, key: key, headers: headers), input: lines.joined(separator: "\n"))
    }

    /// All values that stand in a topic now, by partition and in order.
    public func values(of topic: String) async throws -> [String] {
        try await run(["-C", "-b", bootstrapServers, "-t", topic, "-e", "-q", "-f", "%s\\n"], input: "")
            .split(separator: "\n").map(String.init)
    }

    @discardableResult
    private func run(_ arguments: [String], input: String) async throws -> String {
        let finished = try await Programs.run(path: path, arguments, input: input)
        guard finished.exitCode == 0 else { throw Failed(description: "kcat: \(finished.complaint)") }
        return finished.output
    }
}
