import Leases
import Logging
import ServiceLifecycle
import SymMessages
import Synchronization
import TailnetPolicy
import TailscaleAPI

/// What a provisioner does that is to write nothing (`SYM_PROVISIONER_DRY_RUN`): each change is shown to the service, which
/// says whether it would take it, and told in the log; the grant then fails, so there is nothing to be ended later.
///
/// It cannot end an access either. So it stops, saying so, when it finds one that lives: in the ledger, or when somebody
/// has to be taken out of a group.
final class DryRun: Service {
    /// What a grant fails with.
    static let outcome = "dry run: nothing was written"

    private struct State {
        /// Partitions whose ledger is being read, where later records may say that a lease has ended.
        var replaying: Set<Int32> = []
        var live: [LeaseID: (terms: LeaseTerms, partition: Int32)] = [:]
        /// Changes of batches that were not taken apart to the last yet.
        var told: Set<Leases.MembershipChange> = []
    }

    private let state = Mutex(State())
    private let obstacles: AsyncStream<LiveAccess>
    let report: AsyncStream<LiveAccess>.Continuation
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
        (obstacles, report) = AsyncStream.makeStream(of: LiveAccess.self, bufferingPolicy: .bufferingOldest(1))
    }

    /// Throws when there is an access that would have to be ended, and that ends the process.
    func run() async throws {
        logger.warning("SYM_PROVISIONER_DRY_RUN is set: nothing will be written, and every grant will fail.")
        let obstacle = await cancelWhenGracefulShutdown { [obstacles] in
            await obstacles.first { _ in true }
        }
        if let obstacle { throw obstacle }
    }

    /// Looks at what comes from the ledger.
    func note(_ input: TailscaleLeases.Input) {
        let found: LiveAccess? = state.withLock { state in
            switch input {
            case .assigned(let numbers):
                state.replaying.formUnion(numbers)
                return nil
            case .revoked(let numbers):
                state.live = state.live.filter { !numbers.contains($0.value.partition) }
                return nil
            case .recorded(let record, let partition):
                let lives = record.phase != .ended && record.confirmation.map { !$0.standing } ?? false
                state.live[record.terms.leaseID] = lives ? (record.terms, partition) : nil
            case .replayed(let partition): state.replaying.remove(partition)
            default: return nil
            }
            let settled = state.live.values.filter { !state.replaying.contains($0.partition) }.map(\.terms)
            return LiveAccess(settled)
        }
        if let found { report.yield(found) }
    }

    /// Asks whether the service would take a draft, in place of sending it.
    func write(
        _ draft: PolicyDraft, of changes: [Leases.MembershipChange], _ tailnet: Tailnet, _ client: TailscaleClient
    ) async -> WriteResult {
        if let removal = changes.first(where: { $0.action == .remove }) {
            report.yield(LiveAccess(removal, in: tailnet))
            return .unavailable(Self.outcome, retryAfter: 30_000)
        }
        let validation: PolicyValidation
        do throws(TailscaleError) {
            validation = try await client.validatePolicy(draft)
        } catch {
            return switch ReadFailure(error) {
            case .unauthorized(let message): .unauthorized(message)
            case .unavailable(let message, let retryAfter): .unavailable(message, retryAfter: retryAfter)
            case .unusable(let message): .unavailable(message, retryAfter: nil)
            }
        }
        tell(changes, tailnet, validation)
        return .rejected(
            validation.isAccepted ? Self.outcome : "\(Self.outcome). It would have been refused: \(validation)")
    }

    /// Each change once, however a refused batch is taken apart.
    private func tell(_ changes: [Leases.MembershipChange], _ tailnet: Tailnet, _ validation: PolicyValidation) {
        let fresh = state.withLock { state in
            let fresh = changes.filter { state.told.insert($0).inserted }
            if changes.count == 1 { state.told.subtract(changes) }
            return fresh
        }
        for change in fresh {
            logger.notice(
                "Dry run: this would be written. \(validation)",
                metadata: [
                    "tailnet": "\(tailnet)", "group": "\(change.group)",
                    "change": "\(change.action == .add ? "+" : "-") \(change.login)",
                ])
        }
    }
}

/// An access that a dry run cannot end.
struct LiveAccess: Error, CustomStringConvertible, Equatable {
    let description: String

    /// - Returns: `nil` if there is none.
    init?(_ leases: [LeaseTerms]) {
        guard let first = leases.min(by: { $0.leaseID < $1.leaseID }) else { return nil }
        let others = leases.count == 1 ? "" : " and \(leases.count - 1) more"
        description =
            "SYM_PROVISIONER_DRY_RUN is set, but there is access that has to be ended: lease \(first.leaseID) of "
            + "\(first.login) on \(first.group) in tailnet \(first.tailnet)\(others). \(Self.advice)"
    }

    init(_ removal: Leases.MembershipChange, in tailnet: Tailnet) {
        description =
            "SYM_PROVISIONER_DRY_RUN is set, but \(removal.login) has to be taken out of \(removal.group) in \(tailnet). "
            + Self.advice
    }

    private static let advice =
        "A dry run writes nothing, so it would stay. Start the provisioner without it until these leases have ended."
}
