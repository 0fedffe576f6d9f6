import LeaseCopy
import Leases
import Logging
import ServiceLifecycle
import SymMessages
import Synchronization

/// What is known of Kafka, by whoever asks it or writes to it.
final class SharedContact: Sendable {
    private let contact = Mutex(LedgerContact())

    func note(isDurable: Bool, in store: LedgerContact.Store) {
        _ = contact.withLock { $0.recorded(isDurable, in: store, now: .now) }
    }

    /// - Returns: whether it is away.
    func note(isAnswered: Bool, asked: ContinuousClock.Instant) -> Bool {
        contact.withLock { contact in
            _ = contact.asked(at: asked, isAnswered: isAnswered, now: .now)
            return contact.isAway
        }
    }
}

/// Asks Kafka every second where the ledger ends, and tells the service when Kafka is away (``LedgerContact``), with what the
/// local copy remembers, and when it is back.
struct LedgerWatch: Service {
    let contact: SharedContact
    let isAnswered: @Sendable () async -> Bool
    let remember: @Sendable () async -> [LeaseRecord]
    let deliver: @Sendable (TailscaleLeases.Input) async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var told = false
            repeat {
                let asked = ContinuousClock.now
                let answer = await isAnswered()
                if Task.isCancelled { return }
                let isAway = contact.note(isAnswered: answer, asked: asked)
                // Told here only, so that news cannot overtake each other.
                if isAway != told { await deliver(isAway ? .ledgerAway(remembering: await remember()) : .ledgerBack) }
                told = isAway
            } while (try? await Task.sleep(for: .seconds(1))) != nil
        }
    }
}

extension LeaseCopy {
    /// What it has of leases that have not ended; whatever cannot be read is said.
    func remembered(_ logger: Logger) async -> [LeaseRecord] {
        do {
            let memory = try await memory()
            if let first = memory.unreadable.first {
                logger.critical(
                    "\(memory.unreadable.count) records of the local copy cannot be read, so a lease may end late. Run the version that wrote them.",
                    metadata: ["lease": "\(first)"])
            }
            return memory.records
        } catch {
            logger.critical(
                "The local copy of the ledger cannot be read, so access may end late: only when Kafka is back.",
                metadata: ["error": "\(error)"])
            return []
        }
    }
}
