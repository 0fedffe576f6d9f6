import Foundation
import Leases
import Logging
import ServiceRuntime
import SymMessages
import Synchronization
import TailnetPolicy

typealias TailscaleLeases = LeaseService<TailscaleTarget>

extension LeaseService: ServiceCore {}

/// The provisioner's own value and runner, on a ledger and tailnets that answer after a moment.
///
/// Records are written and read as the text they are in Kafka: that is part of what it costs. There is no network and no
/// disk.
final class LeaseRig: Sendable {
    /// Milliseconds that a call to a tailnet, or a record's way to the ledger and back, takes.
    static let callTakes = 1

    /// A write that starts.
    struct Sent: Sendable {
        let at: Double
        let tailnet: Tailnet
        let changes: [Leases.MembershipChange]
    }

    private struct State {
        var files: [String: PolicyFile] = [:]
        var sent: [Sent] = []
        var reads: [Tailnet: Int] = [:]
        var confirmed = 0
        var alarms: [String] = []
        var claims: Set<Int32> = []
        var lastClaim = 0.0
        /// When each tailnet was first read.
        var firstRead: [Tailnet: Double] = [:]
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> Timestamp = { Timestamp.now() }

    init(files: [String: [UInt8]]) throws {
        var made: [String: PolicyFile] = [:]
        for (name, text) in files { made[name] = try Self.file(text) }
        state = Mutex(State(files: made))
    }

    static func file(_ text: [UInt8]) throws -> PolicyFile {
        guard let etag = ETag(Population.version(text)) else { throw BenchError("no version") }
        return PolicyFile(text: text, etag: etag)
    }

    /// Runs `body` beside the service.
    func run(_ body: @escaping @Sendable (ServiceRunner<WakefulLeases>) async throws -> Void) async throws {
        let runner = ServiceRunner(
            core: WakefulLeases(core: TailscaleLeases(owner: "bench", seed: 1)),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }, perform: perform)
        try await withThrowingTaskGroup { group in
            group.addTask { try await runner.run() }
            group.addTask { try await body(runner) }
            try await group.next()
            group.cancelAll()
            // What is cut off now is of no interest.
            while await group.nextResult() != nil {}
        }
    }

    /// What was written since it was last asked.
    func takeSent() -> [Sent] {
        state.withLock { state in
            defer { state.sent = [] }
            return state.sent
        }
    }

    var sentCount: Int { state.withLock(\.sent.count) }
    var confirmedCount: Int { state.withLock(\.confirmed) }
    var alarms: [String] { state.withLock(\.alarms) }
    var claimed: (count: Int, last: Double) { state.withLock { ($0.claims.count, $0.lastClaim) } }
    var firstReads: [Double] { state.withLock { Array($0.firstRead.values) } }

    private func perform(_ effect: WakefulLeases.Effect) async throws -> [TailscaleLeases.Input] {
        switch effect.effect {
        case .append(let record, let partition):
            let read = try Population.asRead(record)
            try await takeTime()
            return [.recorded(read, partition: partition)]
        case .claim(let claim, let partition):
            try await takeTime()
            state.withLock { state in
                state.claims.insert(partition)
                state.lastClaim = WallClock.now
            }
            return [.claimed(claim, partition: partition)]
        case .read(let tailnet, _, let ticket, _):
            try await takeTime()
            let file = state.withLock { state in
                if state.firstRead[tailnet] == nil { state.firstRead[tailnet] = WallClock.now }
                return state.files[tailnet.name]
            }
            guard let file else { throw BenchError("\(tailnet) is not there.") }
            return [.read(tailnet, ticket, .success(file))]
        case .write(let tailnet, _, let ticket, let write):
            let started = WallClock.now
            let result = try save(write, of: tailnet, at: started)
            try await takeTime()
            return [.written(tailnet, ticket, result)]
        case .validate(let tailnet, _, let ticket, _):
            return [.validated(tailnet, ticket, .accepted)]
        case .check(let terms):
            try await takeTime()
            return [.checked(terms.leaseID, refusal: nil)]
        case .catchUp(let tailnet, _, let ticket):
            try await takeTime()
            return [.caughtUp(tailnet, ticket, isRead: true)]
        case .publish(let outcome):
            _ = try WireFormat.encode(
                Envelope(
                    id: outcome.id, source: "sym/provisioner/tailscale", subject: outcome.leaseID.request.rawValue,
                    time: now(), body: outcome))
            try await takeTime()
            if case .confirmed = outcome { state.withLock { $0.confirmed += 1 } }
            return [.published(outcome, acknowledged: true)]
        case .park(let letter, let position):
            return [.parked(letter, position, acknowledged: true)]
        case .log(let line):
            if line.level != .notice { state.withLock { $0.alarms.append(line.message) } }
            return []
        case .forget, .commit:
            return []
        }
    }

    private func save(_ write: Write<PolicyDraft>, of tailnet: Tailnet, at moment: Double) throws -> WriteResult {
        let file = try Self.file(write.draft.text)
        return state.withLock { state in
            state.sent.append(Sent(at: moment, tailnet: tailnet, changes: write.changes))
            guard state.files[tailnet.name]?.etag.opaque == write.version else { return .preconditionFailed }
            state.files[tailnet.name] = file
            return .written
        }
    }

    private func takeTime() async throws { try await Task.sleep(for: .milliseconds(Self.callTakes)) }
}

/// Waits for what is to come about by itself.
func eventually(_ what: String, within limit: Duration = .seconds(60), _ holds: () -> Bool) async throws {
    let start = ContinuousClock.now
    while !holds() {
        guard ContinuousClock.now - start < limit else { throw BenchError("It took too long for \(what).") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
