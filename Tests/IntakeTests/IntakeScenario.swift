import ServiceRuntime
import SymConfiguration
import SymMessages
import Testing

@testable import Intake

/// One intake beside a simulated log: what it sends is acknowledged, lost or read back as the test says.
struct IntakeScenario {
    var core: IntakeService
    var now = Timestamp(milliseconds: 1_767_225_600_000)
    /// Sent and not yet acknowledged.
    var underway: [Outbox.Sending] = []
    var answers: [Ticket: Answer] = [:]
    var stored: [Int64] = []
    var subscribed: [[BotName]] = []
    var reports: [Report] = []
    var isReady = false
    /// What the edge was told last.
    var access: Access?
    private var accessNumber = 0
    /// In the order of the log.
    private(set) var readMessages: [OutgoingMessage] = []
    private var lastTicket: UInt64 = 0
    private var directoryEnd: Int64 = 0

    init(directoryFile: Directory.File? = nil) {
        core = IntakeService(directoryFile: directoryFile)
    }

    /// An intake that has read the sample configuration and directory.
    static func started(
        _ configuration: String = Sample.configuration, directory: String = Sample.directory
    ) throws -> IntakeScenario {
        var scenario = IntakeScenario(directoryFile: try Directory.File(yaml: directory))
        scenario.catchUp()
        scenario.settleDirectory()
        try scenario.putInForce(configuration)
        #expect(scenario.isReady)
        return scenario
    }

    mutating func feed(_ input: IntakeInput) {
        for effect in core.handle(input, now: now) { perform(effect) }
    }

    private mutating func perform(_ effect: IntakeEffect) {
        switch effect {
        case .answer(let ticket, let answer): answers[ticket] = answer
        case .send(let sending): underway.append(sending)
        case .store(let offset, _, _): stored.append(offset)
        case .readSubmissions(let bots, _): subscribed.append(bots)
        case .becomeReady: isReady = true
        case .updateAccess(let access, let number, let rest):
            #expect(number > accessNumber)
            accessNumber = number
            self.access = access
            for effect in rest { perform(effect) }
        case .report(let report): reports.append(report)
        }
    }

    mutating func call(_ caller: Caller, _ call: Call) -> Ticket {
        lastTicket += 1
        let ticket = Ticket(number: lastTicket)
        feed(.call(ticket, caller, call))
        return ticket
    }

    /// The answer to a call that is answered at once.
    mutating func answer(_ caller: Caller, _ call: Call) -> Answer? { answers[self.call(caller, call)] }

    mutating func catchUp() {
        for topic in FollowedTopic.allCases {
            for partition in 0..<topic.partitions { feed(.caughtUp(topic, partition: partition)) }
        }
    }

    mutating func pass(_ seconds: Int64) {
        now = now + Seconds(seconds)
        feed(.tick)
    }

    // MARK: What Kafka does

    /// Acknowledges everything under way, and what follows from that.
    @discardableResult
    mutating func acknowledgeAll() -> [OutgoingMessage] {
        var acknowledged: [OutgoingMessage] = []
        while !underway.isEmpty {
            let sending = underway.removeFirst()
            acknowledged.append(sending.message)
            feed(.acknowledged(sending.id))
        }
        return acknowledged
    }

    mutating func failAll() {
        let failed = underway
        underway = []
        for sending in failed { feed(.unacknowledged(sending.id, reason: "timed out")) }
    }

    /// Acknowledges and reads back directory records, and what follows from them, until none is under way.
    mutating func settleDirectory() {
        while !underway.isEmpty {
            for message in acknowledgeAll() { readBack(message) }
        }
    }

    mutating func readBack(_ message: OutgoingMessage) {
        readMessages.append(message)
        switch message {
        case .directory(let envelope): readDirectory(.set(envelope))
        case .directoryRemoval(let key): readDirectory(.removed(key: key))
        case .configuration(let envelope): feed(.configuration(envelope))
        case .credential(let envelope): feed(.credential(envelope))
        case .command, .deadLetter: break
        }
    }

    mutating func readDirectory(_ change: DirectoryChange) {
        feed(.directory(change, offset: directoryEnd))
        directoryEnd += 1
    }

    mutating func putInForce(_ yaml: String) throws {
        let resources = try ConfigurationSource(yaml: yaml).resources
        let record = ConfigRecord(
            basedOn: core.facts.history.version, by: Sample.cy, at: now, resources: resources)
        feed(.configuration(Envelope(id: "c\(record.version)", source: "t", subject: "1", time: now, body: record)))
    }

    // MARK: What approval does

    /// Writes the next event of a request.
    mutating func event(_ id: RequestID, _ sequence: Int?, _ state: RequestState, cause: String, _ fact: Fact) {
        let body = RequestEvent(sequence: sequence, state: state, cause: cause, fact: fact)
        feed(
            .event(
                Envelope(
                    id: "\(id)/\(sequence ?? 0)/\(cause)", source: "sym/approval", subject: id.rawValue, time: now,
                    body: body)))
    }

    /// Decides a submit command as approval would.
    mutating func submitted(_ message: OutgoingMessage) throws {
        guard case .command(let envelope) = message, case .submit(let submit) = envelope.body else {
            Issue.record("not a submit command: \(message.id)")
            return
        }
        let id = try #require(RequestID(rawValue: envelope.subject))
        switch core.facts.evaluate(submit, requestID: id, now: now) {
        case .success(let terms): event(id, 1, .pending, cause: envelope.id, .submitted(terms))
        case .failure(let refusal):
            event(
                id, 1, .refused, cause: envelope.id,
                .refused(
                    .init(
                        submission: submit.submission, caller: submit.caller, contentSHA256: submit.access.sha256,
                        refusal: refusal)))
        }
    }

    /// A request of ana's that is pending, and its offer.
    mutating func pendingRequest(key: String = "k1") throws -> (id: RequestID, offerID: String) {
        _ = call(Sample.ana, .submit(Sample.submission(key), Sample.access, wait: nil))
        try submitted(try #require(acknowledgeAll().first))
        let id = RequestID(caller: Sample.ana, source: "http", id: key)
        return (id, try #require(core.book[id]?.request.terms?.offerID))
    }
}

extension OutgoingMessage {
    var command: Command? {
        if case .command(let envelope) = self { envelope.body } else { nil }
    }
}
