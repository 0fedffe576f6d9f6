import Logging
import ServiceLifecycle
import SymMessages

/// Owns a service's value: hands it one input after the other and carries out its effects.
///
/// Effects start in order and run concurrently, as child tasks of `run`; the inputs they return are fed back. An effect
/// that throws ends the service, and with it the process: whoever supervises it starts it anew, and it catches up from
/// the log.
public final class ServiceRunner<Core: ServiceCore>: Service {
    private let initial: Core
    private let mailbox = Mailbox<Core.Input>(limit: 10_000)
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let perform: @Sendable (Core.Effect) async throws -> [Core.Input]

    public init(
        core: Core, logger: Logger, now: @escaping @Sendable () -> Timestamp = { Timestamp.now() },
        perform: @escaping @Sendable (Core.Effect) async throws -> [Core.Input]
    ) {
        initial = core
        self.logger = logger
        self.now = now
        self.perform = perform
    }

    /// Queues an input; waits while too much is queued, so that a fast topic does not fill the memory.
    public func deliver(_ input: Core.Input) async { await mailbox.deliver(input) }

    /// Queues an input at once.
    public func post(_ input: Core.Input) { mailbox.post(input) }

    public func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                var core = initial
                var alarm: Timestamp?
                while let inputs = await mailbox.next() {
                    for input in inputs {
                        let moment = now()
                        if let due = alarm, due <= moment { alarm = nil }
                        for effect in core.handle(input, now: moment) {
                            group.addTask { [mailbox, perform] in
                                do {
                                    for input in try await perform(effect) { mailbox.post(input) }
                                } catch {
                                    // The loop above waits for inputs, not for its children.
                                    mailbox.finish()
                                    throw error
                                }
                            }
                        }
                    }
                    guard let deadline = core.nextDeadline, alarm.map({ deadline < $0 }) ?? true else { continue }
                    // Sleeps are cut short so that none outlives a clock change by much; a tick too early does no harm.
                    let wait = min(max(deadline.milliseconds(since: now()), 0), 30_000)
                    alarm = now().advanced(byMilliseconds: wait)
                    group.addTask { [mailbox] in
                        try? await Task.sleep(for: .milliseconds(wait))
                        mailbox.post(Core.tick)
                    }
                }
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: { [mailbox] in
            mailbox.finish()
        }
    }
}
