import ServiceRuntime
import SymConfiguration
import SymMessages

@testable import Approval
@testable import Intake

/// Intake and approval as the services have them, on topics in memory: what one writes is read at once by whoever reads
/// it. The clock stands still unless it is told to go on. In the provisioner's place each order is carried out at once.
struct SimulatedSym {
    private enum Step {
        case intake(IntakeInput)
        case approval(ApprovalService.Input)
    }

    private static let provisioner = ResourceName(rawValue: "tailscale")

    private(set) var now = Timestamp(milliseconds: 1_767_323_045_000)
    private let tokens: TokenDesk
    private var intake: IntakeService
    private var approval: ApprovalService
    private var steps: [Step] = []
    private var answers: [(Ticket, Answer)] = []
    /// What stands in `sym.events`.
    private(set) var events: [Envelope<RequestEvent>] = []
    private var directoryEnd: Int64 = 0
    private var commands: Int64 = 0
    private var leaseEnds: [LeaseID: Timestamp] = [:]
    private var outcomes: Int64 = 0

    /// - Parameter tokens: whom intake tells which tokens are good.
    init(directory: Directory.File?, tokens: TokenDesk) {
        self.tokens = tokens
        intake = IntakeService(directoryFile: directory, topics: Topics())
        approval = ApprovalService(instance: "approval", provisioners: Set([Self.provisioner].compactMap(\.self)))
        steps = [
            .approval(.knowledgeRead(.config, end: 0)), .approval(.knowledgeRead(.directory, end: 0)),
            .approval(.assigned([0], takeOver: 1)),
        ]
        steps += FollowedTopic.allCases.flatMap { topic in
            (0..<topic.partitions).map { .intake(.caughtUp(topic, partition: $0)) }
        }
        steps.append(.approval(.eventsReplayed(partition: 0, end: 0)))
        settle()
    }

    /// Hands intake an input, does all that follows from it, and returns what was answered meanwhile.
    mutating func take(_ input: IntakeInput) -> [(Ticket, Answer)] {
        steps.append(.intake(input))
        settle()
        defer { answers = [] }
        return answers
    }

    /// Time passes.
    mutating func pass(_ span: Seconds) -> [(Ticket, Answer)] {
        now = now + span
        steps.append(.approval(.tick))
        return take(.tick)
    }

    private mutating func settle() {
        var next = 0
        while next < steps.count {
            switch steps[next] {
            case .intake(let input): for effect in intake.handle(input, now: now) { perform(effect) }
            case .approval(let input): for effect in approval.handle(input, now: now) { perform(effect) }
            }
            next += 1
        }
        steps = []
    }

    private mutating func perform(_ effect: IntakeEffect) {
        switch effect {
        case .answer(let ticket, let answer): answers.append((ticket, answer))
        case .send(let sending):
            steps.append(.intake(.acknowledged(sending.id)))
            write(sending.message)
        case .updateAccess(let access, let number, let rest):
            tokens.update(access, number: number)
            for effect in rest { perform(effect) }
        case .store, .readSubmissions, .becomeReady, .report: break
        }
    }

    private mutating func write(_ message: OutgoingMessage) {
        switch message {
        case .command(let envelope):
            steps.append(.approval(.command(envelope, place(.commands, &commands))))
        case .configuration(let envelope):
            steps += [.approval(.config(envelope)), .intake(.configuration(envelope))]
            check(envelope.body)
        case .directory(let envelope): writeDirectory(envelope.body.key, envelope)
        case .directoryRemoval(let key): writeDirectory(key, nil)
        case .credential(let envelope): steps.append(.intake(.credential(envelope)))
        case .deadLetter: break
        }
    }

    private mutating func writeDirectory(_ key: String, _ envelope: Envelope<DirectoryRecord>?) {
        steps.append(.approval(.directory(key: key, envelope?.body, offset: directoryEnd)))
        steps.append(.intake(.directory(envelope.map { .set($0) } ?? .removed(key: key), offset: directoryEnd)))
        directoryEnd += 1
    }

    private mutating func perform(_ effect: ApprovalService.Effect) {
        switch effect {
        case .append(let event, let partition):
            events.append(event)
            let record = EventRecord((try? WireFormat.encode(event)) ?? [], offset: Int64(events.count - 1))
            steps += [.approval(.event(record, partition: partition)), .intake(.event(event))]
        case .order(let order, let provisioner): carryOut(order, for: provisioner)
        case .askForEventsEnd(let partition, let request):
            steps.append(.approval(.eventsEnd(partition: partition, request, Int64(events.count))))
        case .askForEnds(let partition):
            var ends: [Approval.Stream: Int64] = [.commands: commands]
            if let provisioner = Self.provisioner { ends[.outcomes(provisioner: provisioner)] = outcomes }
            steps.append(.approval(.inputsEnd(partition: partition, ends, asked: now)))
        case .park, .resumeFrom, .alarm, .ready, .askForEventBounds, .readEvents, .writeSnapshot: break
        }
    }

    private mutating func carryOut(_ order: Order, for provisioner: ResourceName) {
        let lease = order.terms.leaseID
        let outcome: Outcome
        switch order {
        case .grant(let terms): outcome = confirm(lease, until: now + terms.duration)
        case .extend(let terms, let extended):
            outcome = confirm(lease, until: (leaseEnds[extended] ?? now) + terms.duration)
        case .end: outcome = .ended(.init(leaseID: lease, endedAt: now, reason: .revoked, membership: .removed))
        }
        let envelope = Envelope(
            id: outcome.id, source: "sym/tailscale", subject: lease.request.rawValue, time: now, body: outcome)
        steps.append(.approval(.outcome(envelope, place(.outcomes(provisioner: provisioner), &outcomes))))
    }

    private mutating func confirm(_ lease: LeaseID, until end: Timestamp) -> Outcome {
        leaseEnds[lease] = end
        return .confirmed(.init(leaseID: lease, startedAt: now, endsAt: end, standing: false))
    }

    /// There is one tailnet, example.com; its group may tag devices.
    private mutating func check(_ record: ConfigRecord) {
        guard let configuration = try? Configuration(resources: record.resources) else { return }
        for integration in configuration.tailnets {
            let isThere = integration.tailnet == "example.com"
            let problem = HealthRecord.Remark(
                code: "tailnet_not_found", message: "There is no tailnet \"\(integration.tailnet)\" for this token.")
            let warning = HealthRecord.Remark(
                code: "outlives_lease",
                message:
                    "group:prod may tag devices with \"tag:prod\": what was tagged during a lease stays tagged after it "
                    + "(line 9).")
            let health = HealthRecord(
                integration: integration.name, tailnet: integration.tailnet, problems: isThere ? [] : [problem],
                warnings: isThere ? [warning] : [], configVersion: record.version, checkedAt: now,
                validUntil: now + Seconds(900))
            steps.append(.intake(.health(health, of: integration.name, provisioner: integration.provisioner)))
        }
    }

    private func place(_ stream: Approval.Stream, _ end: inout Int64) -> RecordPlace {
        defer { end += 1 }
        return RecordPlace(stream: stream, partition: 0, offset: end)
    }
}
