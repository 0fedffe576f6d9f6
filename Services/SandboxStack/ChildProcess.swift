import Subprocess
import Synchronization

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// One process that we started: its standard output by lines, its end, and ways to end it.
///
/// Its standard input is a pipe that closes when we end, however we end; our programs end with it. Its standard error
/// goes to a file.
public final class ChildProcess: Sendable {
    /// What to start.
    public struct Launch: Sendable {
        public var name: String
        /// An absolute path.
        public var executable: String
        public var arguments: [String]
        /// All of its environment.
        public var environment: [String: String]
        /// The file that standard error is appended to.
        public var log: String

        public init(
            name: String, executable: String, arguments: [String] = [], environment: [String: String], log: String
        ) {
            self.name = name
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.log = log
        }
    }

    public enum End: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)
        case notStarted(String)

        public var description: String {
            switch self {
            case .exited(let code): "ended with exit code \(code)"
            case .signalled(let signal): "was ended by signal \(signal)"
            case .notStarted(let reason): "could not be started: \(reason)"
            }
        }
    }

    /// It ended while something was still expected of it.
    public struct Ended: Error, CustomStringConvertible {
        public let name: String
        public let end: End
        public let log: String

        public var description: String { "\(name) \(end); its log is \(log)" }
    }

    private enum Instruction: Sendable {
        case write(String)
        case closeInput
        case signal(Signal)
    }

    private struct State {
        var lines: [String] = []
        var processID: Int32?
        var end: End?
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
        var watcherCount = 0
    }

    public let launch: Launch
    private let state = Mutex(State())
    private let instructions: AsyncStream<Instruction>
    private let instruct: AsyncStream<Instruction>.Continuation

    init(_ launch: Launch) {
        self.launch = launch
        (instructions, instruct) = AsyncStream.makeStream()
    }

    public var name: String { launch.name }
    /// `nil` while it runs.
    public var end: End? { state.withLock(\.end) }
    public var lines: [String] { state.withLock(\.lines) }
    /// `nil` until it was started.
    public var processID: Int32? { state.withLock(\.processID) }

    /// Writes to its standard input.
    public func write(_ line: String) { instruct.yield(.write(line + "\n")) }

    /// Asks it to end, as the end of its parent would.
    public func closeInput() { instruct.yield(.closeInput) }

    /// Ends it by SIGKILL.
    public func kill() { instruct.yield(.signal(.kill)) }

    /// Makes it stand still, as a machine that is suspended.
    public func suspend() { instruct.yield(.signal(.suspend)) }

    /// Lets it go on after `suspend`.
    public func resume() { instruct.yield(.signal(.resume)) }

    /// The first line of standard output, past or future, that `match` makes something of. Throws `Ended` if it ends
    /// without one.
    public func firstLine<Found: Sendable>(_ match: @Sendable (String) -> Found?) async throws -> Found {
        var seen = 0
        for await _ in changes() {
            let (fresh, end) = state.withLock { ($0.lines.dropFirst(seen), $0.end) }
            for line in fresh {
                if let found = match(line) { return found }
            }
            seen += fresh.count
            if let end { throw Ended(name: name, end: end, log: launch.log) }
        }
        throw CancellationError()
    }

    /// Waits until it has ended.
    public func ended() async throws -> End {
        for await _ in changes() {
            if let end { return end }
        }
        throw CancellationError()
    }

    /// Yields at once and after every change.
    private func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.watcherCount += 1
            state.watchers[state.watcherCount] = continuation
            return state.watcherCount
        }
        continuation.onTermination = { [weak self] _ in self?.forget(id) }
        continuation.yield()
        return stream
    }

    private func forget(_ watcher: Int) {
        _ = state.withLock { $0.watchers.removeValue(forKey: watcher) }
    }

    private func change(_ apply: (inout State) -> Void) {
        let watchers = state.withLock { state in
            apply(&state)
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.yield() }
    }

    /// Starts it and returns when it has ended; cancelling kills it.
    func run() async {
        let end: End
        do {
            end = try await spawn()
        } catch {
            end = .notStarted("\(error)")
        }
        change { $0.end = end }
    }

    private func spawn() async throws -> End {
        let log = try FileDescriptor.open(
            FilePath(launch.log), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
        var options = PlatformOptions()
        // Ctrl-C reaches only us: we end the others in order.
        options.processGroupID = 0
        let environment = Dictionary(
            uniqueKeysWithValues: launch.environment.compactMap { name, value in
                Environment.Key(rawValue: name).map { ($0, value) }
            })
        let result = try await Subprocess.run(
            .path(FilePath(launch.executable)), arguments: Arguments(launch.arguments),
            environment: .custom(environment), platformOptions: options, input: .inputWriter, output: .sequence,
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            self.change { $0.processID = execution.processIdentifier.value }
            await withTaskGroup { group in
                group.addTask {
                    // A reading error means the same as the end of the output.
                    do {
                        for try await line in execution.standardOutput.strings() {
                            self.change { $0.lines.append(line) }
                        }
                    } catch {}
                    self.instruct.finish()
                }
                for await instruction in self.instructions {
                    // What fails here failed because the process has just ended, which is noticed anyway.
                    switch instruction {
                    case .write(let text): _ = try? await execution.standardInputWriter.write(text)
                    case .closeInput: try? await execution.standardInputWriter.finish()
                    case .signal(let signal): try? execution.send(signal: signal)
                    }
                }
            }
        }
        switch result.terminationStatus {
        case .exited(let code): return .exited(code)
        case .signaled(let signal): return .signalled(signal)
        }
    }
}
