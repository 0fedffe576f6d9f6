import Logging
import ServiceLifecycle
import SymMessages

/// Owns a service's value: hands it one input after the other and carries out its effects.
///
/// Effects start in order and run concurrently, as child tasks of `run`; the inputs they return are fed back. An effect
/// that throws ends the service, and with it the process: whoever supervises it starts it anew, and it catches up from
/// the log.
public final class ServiceRunner<Core: ServiceCore>: Service {
    private enum Delivery: Sendable {
        case input(Core.Input)
        /// A sleep is over; the number tells which.
        case awake(Int)
    }

    private let initial: Core
    private let mailbox = Mailbox<Delivery>(limit: 10_000)
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let performAtOnce: @Sendable (Core.Effect) -> Bool
    private let perform: @Sendable (Core.Effect) async throws -> [Core.Input]

    /// - Parameters:
    ///   - performAtOnce: carries out an effect that waits for nothing and has no answer, if this is one; a child task
    ///     would take many times as long. `false`: it is for `perform`.
    public init(
        core: Core, logger: Logger, now: @escaping @Sendable () -> Timestamp = { Timestamp.now() },
        performAtOnce: @escaping @Sendable (Core.Effect) -> Bool = { _ in false },
        perform: @escaping @Sendable (Core.Effect) async throws -> [Core.Input]
    ) {
        initial = core
        self.logger = logger
        self.now = now
        self.performAtOnce = performAtOnce
        self.perform = perform
    }

    /// Queues an input; waits while too much is queued, so that a fast topic does not fill the memory.
    public func deliver(_ input: Core.Input) async { await mailbox.deliver(.input(input)) }

    /// Queues an input at once.
    public func post(_ input: Core.Input) { mailbox.post(.input(input)) }

    public func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                var core = initial
                var sleeps = 0
                // What the present sleep is for. It is forgotten when that sleep is over, whatever the clock says by then:
                // a clock that was set back must not leave the service without a sleeper.
                var alarm: Timestamp?
                while let deliveries = await mailbox.next() {
                    for delivery in deliveries {
                        if case .awake(sleeps) = delivery { alarm = nil }
                        for effect in core.handle(Self.input(of: delivery), now: now()) where !performAtOnce(effect) {
                            group.addTask { [mailbox, perform] in
                                do {
                                    for input in try await perform(effect) { mailbox.post(.input(input)) }
                                } catch {
                                    // The loop above waits for inputs, not for its children.
                                    mailbox.finish()
                                    throw error
                                }
                            }
                        }
                    }
                    guard let deadline = core.nextDeadline, alarm.map({ deadline < $0 }) ?? true else { continue }
                    // Cut short, so that none outlives a clock that was set forward by much; a tick too early does no harm.
                    let wait = min(max(deadline.milliseconds(since: now()), 0), 30_000)
                    alarm = now().advanced(byMilliseconds: wait)
                    sleeps += 1
                    group.addTask { [mailbox, sleeps] in
                        try? await Task.sleep(for: .milliseconds(wait))
                        mailbox.post(.awake(sleeps))
                    }
                }
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: { [mailbox] in
            mailbox.finish()
        }
    }

    private static func input(of delivery: Delivery) -> Core.Input {
        switch delivery {
        case .input(let input): input
        case .awake: Core.tick
        }
    }
}
