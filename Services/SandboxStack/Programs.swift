import FoundationEssentials
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The folder with our executables, as SwiftPM built them.
public struct Programs: Sendable {
    /// Nothing is run that was not found here.
    public struct Missing: Error, CustomStringConvertible {
        public let path: String

        public var description: String { "\(path) is not there: run `make build` first" }
    }

    public let folder: String

    public init(folder: String) { self.folder = folder }

    /// The folder of the running executable: beside it lie the others. Of a test that is the folder of the test
    /// bundle, which is the same one.
    public static var besideThisProcess: Programs {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return Programs(folder: String(own.prefix(upTo: own.lastIndex(of: "/") ?? own.startIndex)))
    }

    public func path(_ name: String) throws(Missing) -> String {
        let path = "\(folder)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else { throw Missing(path: path) }
        return path
    }

    /// What a program said and how it ended.
    public struct Finished: Sendable {
        public let exitCode: Int32
        public let output: String
        public let complaint: String
    }

    /// Runs one of our programs to its end.
    public func run(
        _ name: String, _ arguments: [String], environment: [String: String], input: String = ""
    ) async throws -> Finished {
        try await Self.run(path: try path(name), arguments, environment: environment, input: input)
    }

    /// Runs any program to its end; it gets exactly this environment.
    public static func run(
        path: String, _ arguments: [String], environment: [String: String] = [:], input: String = ""
    ) async throws -> Finished {
        let variables = Dictionary(
            uniqueKeysWithValues: environment.compactMap { name, value in
                Environment.Key(rawValue: name).map { ($0, value) }
            })
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments), environment: .custom(variables),
            input: .string(input), output: .string(limit: 64 << 20), error: .string(limit: 1 << 20))
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Finished(exitCode: code, output: result.standardOutput, complaint: result.standardError)
    }
}
