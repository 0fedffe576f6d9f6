import KafkaClient
import Leases
import Logging
import ServiceRuntime
import SymMessages
import TailnetPolicy
import TailscaleAPI

typealias TailscaleLeases = LeaseService<TailscaleTarget>

extension LeaseService: ServiceCore {}

/// Carries out what the service's value wants done.
struct LeaseEffects: Sendable {
    let topics: ProvisionerTopics
    /// `source` of what we write.
    let source: String
    let publisher: Publisher
    let offsets: OffsetStore
    let answers: TailnetAnswers
    let checks: GrantChecks
    let inputs: InputEnds
    /// `nil`: changes are written.
    let dryRun: DryRun?
    /// Told when the credential of an integration was refused, or does not suffice.
    let suspect: @Sendable (ResourceName) -> Void
    /// Told whether the ledger took a record.
    let noteRecord: @Sendable (Bool) -> Void
    let logger: Logger

    func perform(_ effect: WakefulLeases.Effect) async throws -> [TailscaleLeases.Input] {
        switch effect.effect {
        case .append(let record, let partition):
            let lease = record.terms.leaseID
            let isWritten = try await publish(
                record, id: "\(lease)/\(record.epoch)/\(record.revision)", key: lease.rawValue, to: topics.leases,
                partition: .number(partition))
            return isWritten ? [] : [.appendFailed(record, partition: partition)]
        case .claim(let claim, let partition):
            let isWritten = try await publish(
                claim, id: "claim/\(partition)/\(claim.epoch)/\(claim.owner)", key: LeaseClaim.key, to: topics.leases,
                partition: .number(partition))
            return isWritten ? [] : [.claimFailed(claim, partition: partition)]
        case .forget(let lease, let partition):
            try await bury(lease, partition)
            return []
        case .publish(let outcome):
            let isWritten = try await publish(
                outcome, id: outcome.id, key: outcome.leaseID.request.rawValue, to: topics.outcomes)
            if isWritten { FaultPoint.reached("provisioner.outcome-published") }
            return [.published(outcome, acknowledged: isWritten)]
        case .park(let letter, let position):
            let isWritten = try await publish(letter, id: letter.id, key: letter.id, to: topics.deadLetters)
            return [.parked(letter, position, acknowledged: isWritten)]
        case .commit(let partition, let next):
            FaultPoint.reached("provisioner.before-commit")
            offsets.store(offset: next, for: TopicPartition(topic: topics.orders, partition: partition))
            return []
        case .read(let tailnet, let credential, let ticket, let purpose):
            return [.read(tailnet, ticket, await read(tailnet, credential, purpose))]
        case .write(let tailnet, let credential, let ticket, let write):
            return [.written(tailnet, ticket, await self.write(write, madeAt: effect.madeAt, tailnet, credential))]
        case .validate(let tailnet, let credential, let ticket, let file):
            return [.validated(tailnet, ticket, await validate(file, tailnet, credential))]
        case .check(let terms):
            return [.checked(terms.leaseID, refusal: await checks.refusal(of: terms))]
        case .catchUp(let tailnet, let partition, let ticket):
            return [.caughtUp(tailnet, ticket, isRead: await inputs.areRead(partition))]
        case .log(let line):
            log(line)
            return []
        }
    }

    /// - Returns: whether it is certainly in the log.
    private func publish(
        _ body: some MessageBody, id: String, key: String, to topic: String,
        partition: OutgoingRecord.Partition = .key
    ) async throws -> Bool {
        let envelope = Envelope(id: id, source: source, subject: key, time: Timestamp.now(), body: body)
        do {
            try await publisher.publish(envelope, to: topic, partition: partition)
            if topic == topics.leases { noteRecord(true) }
            return true
        } catch let error as KafkaError where error.code != .fatal {
            logger.warning(
                "Kafka did not acknowledge a record; it will be sent again.",
                metadata: ["topic": "\(topic)", "id": "\(id)", "error": "\(error)"])
            if topic == topics.leases { noteRecord(false) }
            return false
        }
    }

    private func bury(_ lease: LeaseID, _ partition: Int32) async throws {
        do {
            try await publisher.publishTombstone(key: lease.rawValue, to: topics.leases, partition: .number(partition))
        } catch let error as KafkaError where error.code != .fatal {
            logger.warning(
                "Kafka did not acknowledge a tombstone; it will be sent again.",
                metadata: ["topic": "\(topics.leases)", "lease": "\(lease)", "error": "\(error)"])
        }
    }

    private func read(
        _ tailnet: Tailnet, _ credential: TailnetCredential, _ purpose: TailscaleLeases.ReadPurpose
    ) async -> Result<PolicyFile, ReadFailure> {
        do {
            let file = try await answers.client(tailnet, credential).readPolicy()
            if purpose == .readBack { FaultPoint.reached("provisioner.read-back") }
            return .success(file)
        } catch {
            let failure = ReadFailure(error)
            if case .unauthorized = failure { suspect(tailnet.integration) }
            return .failure(failure)
        }
    }

    private func write(
        _ write: Write<PolicyDraft>, madeAt: ContinuousClock.Instant, _ tailnet: Tailnet,
        _ credential: TailnetCredential
    ) async -> WriteResult {
        if let dryRun {
            return await dryRun.write(write.draft, of: write.changes, tailnet, answers.client(tailnet, credential))
        }
        FaultPoint.reached("provisioner.before-write")
        do {
            let file = try await answers.client(tailnet, credential).writePolicy(write.draft) {
                // Asked up to the very last moment at which the write can still be held back, on the connection.
                let madeAgo = ContinuousClock.now - madeAt
                // Who has stood still so long looks at everything anew: a removal may be of before somebody came back.
                let isTooLate =
                    write.isTooLate(at: Timestamp.now(), madeAgo: madeAgo)
                    || madeAgo > .milliseconds(WakefulLeases.limit)
                if !isTooLate { FaultPoint.reached("provisioner.write-released") }
                return isTooLate
            }
            logger.info(
                "policy file written",
                metadata: [
                    "tailnet": "\(tailnet)", "changes": "\(write.changes.count)", "from": "\(write.version.prefix(12))",
                    "to": "\(file.etag.opaque.prefix(12))",
                ])
            FaultPoint.reached("provisioner.written")
            if write.changes.contains(where: { $0.action == .remove }) { FaultPoint.reached("provisioner.removed") }
            return .written
        } catch {
            let result = WriteResult(error)
            if case .unauthorized = result { suspect(tailnet.integration) }
            return result
        }
    }

    private func validate(
        _ file: PolicyFile, _ tailnet: Tailnet, _ credential: TailnetCredential
    ) async -> ValidationResult {
        // What a dry run rejects was not rejected by the service.
        guard dryRun == nil else { return .accepted }
        do throws(TailscaleError) {
            switch try await answers.client(tailnet, credential).validatePolicy(file.text) {
            case .accepted, .acceptedWithWarnings: return .accepted
            case .refused(let message, _): return .refused(message)
            }
        } catch {
            let result = ValidationResult(error)
            if case .unauthorized = result { suspect(tailnet.integration) }
            return result
        }
    }

    private func log(_ line: LogLine) {
        switch line.level {
        case .notice: logger.notice("\(line.message)")
        case .warning: logger.warning("\(line.message)")
        case .alarm: logger.critical("\(line.message)")
        }
    }
}
