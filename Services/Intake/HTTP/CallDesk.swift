import SymMessages
import Synchronization

/// Hands calls to the core and their answers back.
final class CallDesk: Sendable {
    private struct State {
        var lastNumber: UInt64 = 0
        var waiting: [Ticket: CheckedContinuation<Answer, any Error>] = [:]
    }

    private let state = Mutex(State())

    /// Puts a call to the core and waits for its answer. Throws only when the task is cancelled.
    ///
    /// - Parameter post: takes an input for the core without waiting.
    func ask(
        _ caller: Caller, _ call: Call, post: @escaping @Sendable (IntakeInput) -> Void
    ) async throws -> Answer {
        let ticket = state.withLock { state in
            state.lastNumber += 1
            return Ticket(number: state.lastNumber)
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { $0.waiting[ticket] = continuation }
                // A cancellation before this point found nothing to resume.
                if Task.isCancelled { abandon(ticket, post) } else { post(.call(ticket, caller, call)) }
            }
        } onCancel: {
            abandon(ticket, post)
        }
    }

    func answer(_ ticket: Ticket, _ answer: Answer) {
        state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: answer)
    }

    private func abandon(_ ticket: Ticket, _ post: (IntakeInput) -> Void) {
        guard let continuation = state.withLock({ $0.waiting.removeValue(forKey: ticket) }) else { return }
        continuation.resume(throwing: CancellationError())
        post(.abandoned(ticket))
    }
}
