/// Runs processes as child tasks of one scope: none outlives it.
public final class ProcessSupervisor: Sendable {
    private let launches: AsyncStream<ChildProcess>.Continuation

    private init(_ launches: AsyncStream<ChildProcess>.Continuation) { self.launches = launches }

    /// Runs `body`; whatever it left running is killed when it returns or throws.
    public static func with<Result: Sendable>(
        _ body: (ProcessSupervisor) async throws -> Result
    ) async throws -> Result {
        let (children, launches) = AsyncStream.makeStream(of: ChildProcess.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { running in
                    for await child in children {
                        running.addTask { await child.run() }
                    }
                }
            }
            defer {
                launches.finish()
                group.cancelAll()
            }
            return try await body(ProcessSupervisor(launches))
        }
    }

    public func start(_ launch: ChildProcess.Launch) -> ChildProcess {
        let child = ChildProcess(launch)
        launches.yield(child)
        return child
    }
}
