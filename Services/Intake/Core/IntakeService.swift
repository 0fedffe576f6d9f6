import KafkaClient
import ServiceRuntime
import SymConfiguration
import SymMessages

/// Takes in what people and other systems want, turns it into commands, and tells what became of it.
///
/// A value: no clock, no I/O, no randomness. Only intake writes `sym.commands`, `sym.config`, `sym.directory` and
/// `sym.credentials`.
struct IntakeService: ServiceCore {
    static let tick = IntakeInput.tick

    var facts = Facts()
    /// Records of `sym.directory` below this offset have been read.
    var directoryOffset: Int64 = 0
    /// The record that put the configuration in force.
    private(set) var inForce: ConfigRecord?
    /// Every version that was in force.
    private(set) var archive = ConfigurationArchive()
    var book = RequestBook()
    var waiters = Waiters()
    var outbox = Outbox()
    /// Submitted through this intake, and not yet in the log.
    var unanswered: [RequestID: Unanswered] = [:]
    var progress: [SubmissionPartition: OffsetTracker] = [:]
    var credentials = Credentials()
    var integrationHealth = IntegrationHealthBook()
    /// Directory and tokens, by the id of the message that changes them, until it is read back. One that Kafka did not
    /// acknowledge stays: it may be in the log all the same.
    var pendingWrites: [String: PendingWrite] = [:]
    var finishedWrites = FinishedWrites()
    /// Keys whose newest record is void: what stands is to be written once more, see `Directory.apply`.
    var overtaken: Set<String> = []
    /// Whether the edge has yet to be told of a change of directory or tokens.
    var isAccessStale = true
    private var accessUpdates = 0
    let topics: Topics
    /// What the log held when we began is read, what the file adds is written and read back.
    private(set) var isReady = false

    private let file: Directory.File?
    private var unread: [FollowedTopic: Set<Int32>]
    private var fileIsCompared = false
    /// Ids of the messages that bring the directory file into `sym.directory`, until they are read back.
    var unreadEntries: Set<String> = []
    private var readBots: [BotName]?
    /// How often the list of bots changed.
    private var subscriptions = 0

    struct Unanswered: Sendable, Equatable {
        var caller: Caller
        var access: AccessRequest
        /// Id of the command.
        var command: String
        var isAcknowledged = false
    }

    struct SubmissionPartition: Hashable, Sendable {
        var bot: BotName
        var partition: Int32
    }

    /// - Parameter file: the entries of the directory file; `nil` when there is none.
    init(directoryFile file: Directory.File?, topics: Topics = Topics()) {
        self.file = file
        self.topics = topics
        unread = Dictionary(
            uniqueKeysWithValues: FollowedTopic.allCases.map { ($0, Set(0..<$0.partitions)) })
    }

    var basis: Basis { Basis(configVersion: facts.history.version, directoryOffset: directoryOffset) }

    var nextDeadline: Timestamp? { [waiters.nextDeadline, outbox.nextDeadline].compactMap { $0 }.min() }

    mutating func handle(_ input: IntakeInput, now: Timestamp) -> [IntakeEffect] {
        let effects = take(input, now: now)
        guard isReady, isAccessStale else { return effects }
        isAccessStale = false
        accessUpdates += 1
        let access = Access(credentials: credentials, directory: facts.directory)
        return [.updateAccess(access, number: accessUpdates, then: effects.filter(\.restsOnAccess))]
            + effects.filter { !$0.restsOnAccess }
    }

    private mutating func take(_ input: IntakeInput, now: Timestamp) -> [IntakeEffect] {
        switch input {
        case .call(let ticket, let caller, let call): return take(call, from: caller, as: ticket, now: now)
        case .abandoned(let ticket):
            waiters.remove(ticket)
            return []
        case .event(let envelope): return read(envelope, now: now)
        case .configuration(let envelope): return read(envelope)
        case .directory(let change, let offset): return read(change, at: offset, now: now)
        case .credential(let envelope): return read(envelope, now: now) + startIfReady(now: now)
        case .health(let record, let integration, let provisioner):
            integrationHealth.take(record, of: integration, from: provisioner)
            return []
        case .tokenUsed(let id): return noteUse(of: id, now: now)
        case .caughtUp(let topic, let partition):
            unread[topic]?.remove(partition)
            return compareFile(now: now) + startIfReady(now: now)
        case .submission(let position, let reading): return take(reading, at: position, now: now)
        case .submissionsRevoked(let bot, let partition):
            progress[SubmissionPartition(bot: bot, partition: partition)] = nil
            return []
        case .acknowledged(let id): return acknowledged(id, now: now)
        case .unacknowledged(let id, let reason): return failed(id, reason: reason, now: now)
        case .tick: return outbox.due(at: now).map { .send($0) } + expire(at: now)
        }
    }

    /// What is missing before calls can be answered.
    var obstacle: String? {
        if isReady { return nil }
        let topics = FollowedTopic.allCases.filter { unread[$0]?.isEmpty == false }
        return topics.isEmpty
            ? "the directory file is not in Kafka yet"
            : "the log is not read to its end yet (\(topics.map { "\($0)" }.joined(separator: ", ")))"
    }
}

// MARK: - Reading what every intake follows

extension IntakeService {
    private mutating func read(_ envelope: Envelope<RequestEvent>, now: Timestamp) -> [IntakeEffect] {
        guard let id = book.append(envelope) else { return [] }
        if book[id] != nil { unanswered[id] = nil }
        return waiters.answered(envelope.body.cause).map { waiter in
            .answer(waiter.ticket, outcome(of: envelope.body.cause, about: id, for: waiter, now: now))
        }
    }

    private mutating func read(_ envelope: Envelope<ConfigRecord>) -> [IntakeEffect] {
        let record = envelope.body
        let before = facts.history.version
        switch facts.history.append(record) {
        case .accepted:
            inForce = record
            archive.append(record, call: Self.call(behind: envelope.id))
            var effects: [IntakeEffect] = [
                .report(.configurationInForce(version: record.version, by: record.by))
            ]
            if case .unusable(let reason) = facts.history.state {
                effects.append(.report(.configurationUnusable(version: record.version, reason: reason)))
            }
            return effects
                + waiters.answered(envelope.id).map {
                    .answer($0.ticket, .applied(version: record.version, changed: true, warnings: warnings(for: $0)))
                }
        case .void:
            let refusal = Refusal(
                .conflict, field: "based_on",
                "Version \(before)\(authorInForce) came first, so this one takes no effect. Look at that one with "
                    + "`symflow export`, then apply again.")
            return [
                .report(.configurationVoid(version: record.version, basedOn: record.basedOn, inForce: before))
            ] + waiters.answered(envelope.id).map { .answer($0.ticket, .refused(refusal, request: nil)) }
        }
    }

    private mutating func read(_ change: DirectoryChange, at offset: Int64, now: Timestamp) -> [IntakeEffect] {
        directoryOffset = max(directoryOffset, offset + 1)
        var effects: [IntakeEffect] = []
        switch change {
        case .set(let envelope): effects = read(envelope, at: offset, now: now)
        case .removed(let key): effects = readRemoval(of: key, now: now)
        case .unreadable: break
        }
        return effects + startIfReady(now: now)
    }

    /// Once, when directory and tokens were read to their end.
    private mutating func compareFile(now: Timestamp) -> [IntakeEffect] {
        guard !fileIsCompared, unread[.directory]?.isEmpty == true, unread[.credentials]?.isEmpty == true else {
            return []
        }
        fileIsCompared = true
        return file.map { match($0, now: now) } ?? []
    }

    private mutating func startIfReady(now: Timestamp) -> [IntakeEffect] {
        var effects: [IntakeEffect] = []
        if !isReady, fileIsCompared, unreadEntries.isEmpty, unread.values.allSatisfy(\.isEmpty) {
            isReady = true
            effects.append(.becomeReady)
            for key in overtaken.sorted() { effects += writeAgain(key, because: "start", now: now) }
        }
        let bots = facts.directory.bots.map(\.name)
        if isReady, bots != readBots {
            readBots = bots
            subscriptions += 1
            effects.append(.readSubmissions(of: bots, number: subscriptions))
        }
        return effects
    }
}

// MARK: - Writing

extension IntakeService {
    private static let source = "sym/intake"

    func envelope(for command: Command, about request: RequestID, id: String, now: Timestamp) -> Envelope<Command> {
        Envelope(id: id, source: Self.source, subject: request.rawValue, time: now, body: command)
    }

    func envelope(for record: DirectoryRecord, id: String, now: Timestamp) -> Envelope<DirectoryRecord> {
        Envelope(id: id, source: Self.source, subject: record.key, time: now, body: record)
    }

    func envelope(for record: CredentialRecord, id: String, now: Timestamp) -> Envelope<CredentialRecord> {
        Envelope(id: id, source: Self.source, subject: record.key, time: now, body: record)
    }

    func envelope(for record: ConfigRecord, id: String) -> Envelope<ConfigRecord> {
        Envelope(id: id, source: Self.source, subject: String(record.version), time: record.at, body: record)
    }

    func envelope(for letter: DeadLetter, now: Timestamp) -> Envelope<DeadLetter> {
        Envelope(id: letter.id, source: Self.source, subject: letter.key ?? "", time: now, body: letter)
    }

    /// Sends something that must reach Kafka.
    mutating func oblige(_ message: OutgoingMessage) -> [IntakeEffect] {
        guard !outbox.contains(message) else { return [] }
        return outbox.add(message, for: .obligation(nil)).map { [.send($0)] } ?? []
    }

    private mutating func acknowledged(_ id: SendID, now: Timestamp) -> [IntakeEffect] {
        guard let (item, next) = outbox.acknowledged(id) else { return [] }
        if let request = request(submittedBy: item.message) { unanswered[request]?.isAcknowledged = true }
        var effects: [IntakeEffect] = next.map { [.send($0)] } ?? []
        effects += waiters.acknowledged(item.message.id).map { .answer($0.ticket, acknowledgement(of: $0, now: now)) }
        if case .obligation(let position?) = item.purpose { effects += finish(position) }
        return effects
    }

    private mutating func failed(_ id: SendID, reason: String, now: Timestamp) -> [IntakeEffect] {
        guard let (item, next) = outbox.failed(id, now: now) else { return [] }
        // Sent again with the same key it must go out again, so it does not count as submitted any more.
        if item.purpose == .call, let request = request(submittedBy: item.message) { unanswered[request] = nil }
        return (next.map { [.send($0)] } ?? [])
            + [.report(.notAcknowledged(message: item.message.id, reason: reason))]
            + waiters.failed(item.message.id).map { .answer($0.ticket, .unacknowledged) }
    }

    private func request(submittedBy message: OutgoingMessage) -> RequestID? {
        guard case .command(let envelope) = message, case .submit = envelope.body,
            let request = RequestID(rawValue: envelope.subject), unanswered[request]?.command == envelope.id
        else { return nil }
        return request
    }

    private mutating func expire(at now: Timestamp) -> [IntakeEffect] {
        waiters.expire(at: now).map { waiter in
            .answer(waiter.ticket, waiter.isAcknowledged ? acknowledgement(of: waiter, now: now) : .unacknowledged)
        }
    }

    /// The answer when Kafka has the message and nothing more is known or wanted.
    private func acknowledgement(of waiter: Waiters.Waiter, now: Timestamp) -> Answer {
        switch waiter.subject {
        case .command(let request):
            .accepted(
                request,
                book[request].flatMap { facts.maySee($0.request, waiter.caller) ? RequestView($0, at: now) : nil })
        case .configuration, .write: .recorded
        }
    }

    /// The answer when the log says what became of a command.
    func outcome(of command: String, about request: RequestID, for waiter: Waiters.Waiter, now: Timestamp) -> Answer {
        guard waiter.wantsOutcome else { return acknowledgement(of: waiter, now: now) }
        return outcome(of: command, about: request, now: now) ?? acknowledgement(of: waiter, now: now)
    }

    /// `nil` when the log has no answer to this command.
    func outcome(of command: String, about request: RequestID, now: Timestamp) -> Answer? {
        guard let event = book.answer(to: command, about: request) else { return nil }
        switch event.fact {
        case .commandRefused(let refused): return .refused(refused.refusal, request: request)
        case .refused(let refused): return .refused(refused.refusal, request: request)
        default: return book[request].map { .request(RequestView($0, at: now)) }
        }
    }
}
