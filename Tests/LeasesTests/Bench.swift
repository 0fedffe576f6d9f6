import Leases
import SymMessages

/// One provisioner with a ledger, tailnets and an outcomes topic that do as they are told. Effects are carried out in order
/// when the test says so; what the test wants to see go wrong it queues beforehand or holds back.
struct Bench {
    var service: Service
    private let reconcileEvery: Seconds
    var now = at(0)
    /// The ledger as it stands in the log.
    var log: [LedgerEntry] = []
    private(set) var tombstones: [LeaseID] = []
    var documents: [String: ToyTarget.Document] = ["example.com": .init(groups: [group("prod"): []])]
    private(set) var outcomes: [Outcome] = []
    private(set) var commits: [Int64] = []
    private(set) var writes: [Write<ToyTarget.Draft>] = []
    private(set) var reads: [(Tailnet, TailnetCredential, Service.ReadPurpose)] = []
    private(set) var letters: [DeadLetter] = []
    private(set) var lines: [LogLine] = []
    /// Not carried out yet.
    private(set) var effects: [Service.Effect] = []

    /// Taken for the next reads and writes instead of doing them.
    var readFailures: [ReadFailure] = []
    var writeResults: [WriteResult] = []
    /// Secrets, by name, with which nothing can be read.
    var refusedSecrets: Set<String> = []
    /// What the service will not have, and its words.
    var rejects: (MembershipChange) -> String? = { _ in nil }
    /// Likewise, by the whole text.
    var rejectsWrite: (Write<ToyTarget.Draft>) -> String? = { _ in nil }
    /// What the service says of a text as it stands.
    var judges: (ToyTarget.Document) -> ValidationResult = { _ in .accepted }
    /// Versions the service was asked about.
    private(set) var validations: [String] = []
    /// Why a grant is not to be made.
    var refuses: (LeaseTerms) -> String? = { _ in nil }
    private(set) var checks: [LeaseTerms] = []
    /// Of the next answers lost, whether the write is applied nevertheless.
    var appliesLostWrites = false
    /// So many of the next appends do not reach the ledger.
    var appendsLost = 0
    var claimsLost = 0
    var tombstonesLost = 0
    /// Whether Kafka says where its topics end.
    var readsInputs = true
    /// Outcomes not acknowledged.
    var publishesLost = 0
    /// Effects for which this holds stay in `effects`.
    var holds: (Service.Effect) -> Bool = { _ in false }
    /// As with Tailscale; otherwise every write makes a version that never was before.
    var versionsAreHashes = false
    private var offset: Int64 = 0

    /// - Parameter reconcileEvery: so long that nothing is read without a reason, where a test counts readings.
    /// - Parameter gathersFor: not at all, where a test is not about that.
    init(assigned: Bool = true, reconcileEvery: Seconds = Seconds(60), gathersFor: Int64 = 0) {
        self.reconcileEvery = reconcileEvery
        service = Service(owner: "bench", seed: 1, reconcileEvery: reconcileEvery, gathersFor: gathersFor)
        guard assigned else { return }
        give(.assigned([0]))
        give(.replayed(0))
    }

    var ledger: [LeaseRecord] {
        log.compactMap { if case .record(let record) = $0 { record } else { nil } }
    }

    var claims: [LeaseClaim] {
        log.compactMap { if case .claim(let claim) = $0 { claim } else { nil } }
    }

    var members: [String] { documents["example.com"]?.groups[group("prod")] ?? [] }

    mutating func give(_ input: Service.Input) { effects += service.handle(input, now: now) }

    /// An order at the next offset; returns the offset.
    @discardableResult
    mutating func order(_ order: Order) -> Int64 {
        defer { offset += 1 }
        give(.order(order, OrderPosition(partition: 0, offset: offset)))
        return offset
    }

    /// Carries out everything that may be carried out, and what follows from it.
    mutating func settle() {
        var steps = 0
        while let index = effects.firstIndex(where: { !holds($0) }) {
            perform(effects.remove(at: index))
            steps += 1
            precondition(steps < 10_000, "it never comes to rest")
        }
    }

    /// Nothing comes of what is not carried out yet.
    mutating func dropHeld() -> [Service.Effect] {
        defer { effects = [] }
        return effects
    }

    /// Lets time pass, waking the service whenever it asks for it.
    mutating func pass(milliseconds: Int64) {
        let end = now.advanced(byMilliseconds: milliseconds)
        settle()
        while let next = service.nextDeadline, next <= end {
            now = max(now, next)
            give(.tick)
            settle()
        }
        now = end
        give(.tick)
        settle()
    }

    /// Throws the process away and starts another: replays the ledger, delivers orders again from the last commit.
    mutating func restart(orders: [Order] = []) {
        service = Service(owner: "bench again", seed: 2, reconcileEvery: reconcileEvery, gathersFor: 0)
        effects = []
        give(.assigned([0]))
        replay()
        for (index, order) in orders.enumerated() {
            give(.order(order, OrderPosition(partition: 0, offset: (commits.last ?? 0) + Int64(index))))
        }
        give(.replayed(0))
    }

    /// Everything that stands in the ledger, once more.
    mutating func replay() {
        for entry in log { read(entry) }
    }

    /// Somebody, or a late send of ours, writes this into the ledger.
    mutating func land(_ entry: LedgerEntry) {
        log.append(entry)
        read(entry)
    }

    /// Changes a text, whose version says what it is.
    mutating func edit(_ tailnet: String = "example.com", _ change: (inout [GroupName: [String]]) -> Void) {
        guard var groups = documents[tailnet]?.groups else { return }
        change(&groups)
        let text = groups.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.joined(separator: ","))" }
        documents[tailnet] = ToyTarget.Document(version: text.joined(separator: ";"), groups: groups)
    }

    private mutating func read(_ entry: LedgerEntry) {
        switch entry {
        case .record(let record): give(.recorded(record, partition: 0))
        case .claim(let claim): give(.claimed(claim, partition: 0))
        }
    }

    func lease(_ number: Int) -> LeaseRecord? {
        ledger.filter { $0.terms.leaseID == leaseID(number) }
            .max { ($0.epoch, $0.revision) < ($1.epoch, $1.revision) }
    }

    func outcomes(of number: Int) -> [Outcome] { outcomes.filter { $0.leaseID == leaseID(number) } }

    private mutating func perform(_ effect: Service.Effect) {
        switch effect {
        case .append(let record, let partition):
            guard appendsLost == 0 else {
                appendsLost -= 1
                return give(.appendFailed(record, partition: partition))
            }
            land(.record(record))
        case .claim(let claim, let partition):
            guard claimsLost == 0 else {
                claimsLost -= 1
                return give(.claimFailed(claim, partition: partition))
            }
            land(.claim(claim))
        case .forget(let lease, let partition):
            guard tombstonesLost == 0 else {
                tombstonesLost -= 1
                return
            }
            tombstones.append(lease)
            give(.forgotten(lease, partition: partition))
        case .read(let tailnet, let secret, let ticket, let purpose):
            reads.append((tailnet, secret, purpose))
            if !readFailures.isEmpty {
                give(.read(tailnet, ticket, .failure(readFailures.removeFirst())))
            } else if refusedSecrets.contains(secret.secret.path) {
                give(.read(tailnet, ticket, .failure(.unauthorized("\(secret.secret.path) is not accepted"))))
            } else if let document = documents[tailnet.name] {
                give(.read(tailnet, ticket, .success(document)))
            } else {
                give(.read(tailnet, ticket, .failure(.unavailable("no such tailnet", retryAfter: nil))))
            }
        case .write(let tailnet, _, let ticket, let write):
            writes.append(write)
            let rejection = write.changes.lazy.compactMap(rejects).first ?? rejectsWrite(write)
            let planned = writeResults.isEmpty ? .written : writeResults.removeFirst()
            let result = rejection.map { .rejected($0) } ?? planned
            var applies = result == .written
            if case .answerLost = result { applies = appliesLostWrites }
            guard applies else { return give(.written(tailnet, ticket, result)) }
            guard documents[tailnet.name]?.version == write.version else {
                return give(.written(tailnet, ticket, .preconditionFailed))
            }
            if versionsAreHashes {
                edit(tailnet.name) { $0 = write.draft.groups }
            } else {
                documents[tailnet.name]?.groups = write.draft.groups
                documents[tailnet.name]?.version += "+"
            }
            give(.written(tailnet, ticket, result))
        case .validate(let tailnet, _, let ticket, let document):
            validations.append(document.version)
            give(.validated(tailnet, ticket, judges(document)))
        case .publish(let outcome):
            guard publishesLost == 0 else {
                publishesLost -= 1
                return give(.published(outcome, acknowledged: false))
            }
            outcomes.append(outcome)
            give(.published(outcome, acknowledged: true))
        case .park(let letter, let position):
            letters.append(letter)
            give(.parked(letter, position, acknowledged: true))
        case .commit(_, let next):
            commits.append(next)
        case .check(let terms):
            checks.append(terms)
            give(.checked(terms.leaseID, refusal: refuses(terms)))
        case .catchUp(let tailnet, _, let ticket):
            give(.caughtUp(tailnet, ticket, isRead: readsInputs))
        case .log(let line):
            lines.append(line)
        }
    }
}
