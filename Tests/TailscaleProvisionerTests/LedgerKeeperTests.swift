import Foundation
import KafkaClient
import LeaseCopy
import Leases
import Logging
import ServiceRuntime
import SymMessages
import Synchronization
import Testing

@testable import TailscaleProvisioner

@Suite("The ledger, on its way into the local copy")
struct LedgerKeeperTests {
    @Test("P2 what the service takes for recorded is in the copy before")
    func before() async throws {
        try await Scene.with { scene in
            let seen = Mutex<[Bool]>([])
            let reader = LeaseReader(
                topics: scene.topics, becomeReady: {}, logger: scene.logger, keeper: scene.keeper
            ) { input in
                guard case .recorded(let record, _) = input else { return }
                let isKept = (try? await scene.copy.memory().records.contains(record)) ?? false
                seen.withLock { $0.append(isKept) }
            }
            try await reader.received(
                (1...5).map { try scene.ledger($0, revision: $0) }, from: scene.partition)
            #expect(seen.withLock { $0 } == Array(repeating: true, count: 5))
        }
    }

    @Test("P2 the copy has what others work on, too, and the claims of an assigned partition are told from it")
    func everything() async throws {
        try await Scene.with { scene in
            let reader = KnowledgeReader(
                topics: scene.topics,
                health: HealthReader(topics: scene.topics, deliver: { _ in }, logger: scene.logger),
                keeper: scene.keeper)
            try await reader.received([try scene.ledger(1, revision: 4)], from: scene.partition)
            #expect(try await scene.copy.memory().records.map(\.revision) == [4])

            let inputs = Mutex<[TailscaleLeases.Input]>([])
            let orders = LeaseReader(
                topics: scene.topics, becomeReady: {}, logger: scene.logger, keeper: scene.keeper
            ) { input in inputs.withLock { $0.append(input) } }
            _ = try await orders.partitionsAssigned([TopicPartition(topic: scene.topics.orders, partition: 3)])
            guard case .remembered([3: 7])? = inputs.withLock({ $0 }).first else {
                return #expect(Bool(false), "\(inputs.withLock { $0 })")
            }
        }
    }

    @Test("P1 a copy that cannot be written: nothing counts as recorded, and Kafka counts as away for ends")
    func unwritable() async throws {
        try await Scene.with { scene in
            try scene.copy.close()
            let delivered = Mutex(0)
            let reader = LeaseReader(
                topics: scene.topics, becomeReady: {}, logger: scene.logger, keeper: scene.keeper
            ) { _ in delivered.withLock { $0 += 1 } }
            let records = [try scene.ledger(1, revision: 1)]
            let reading = Task { try await reader.received(records, from: scene.partition) }
            // As Kafka answers, only the copy can be the reason.
            var isAway = false
            let limit = ContinuousClock.now + .seconds(40)
            while !isAway, ContinuousClock.now < limit {
                try await Task.sleep(for: .milliseconds(50))
                isAway = scene.contact.note(isAnswered: true, asked: .now)
            }
            reading.cancel()
            _ = await reading.result
            #expect(isAway)
            #expect(delivered.withLock { $0 } == 0)
        }
    }
}

@Suite("SYM_PROVISIONER_STATE_DIR")
struct StateFolderTests {
    @Test(
        "Required, unless --stateless is given; never both, and no other option",
        arguments: [
            (["SYM_PROVISIONER_STATE_DIR": "/s"], [], "/s"), ([:], ["--stateless"], nil), ([:], [], "is not set"),
            (["SYM_PROVISIONER_STATE_DIR": "/s"], ["--stateless"], "remove one"), ([:], ["--stateles"], "no option"),
        ] as [([String: String], [String], String?)])
    func path(environment: [String: String], arguments: [String], wanted: String?) {
        do {
            #expect(try StateFolder.path(Settings(environment: environment), arguments) == wanted)
        } catch {
            #expect(wanted.map { error.description.contains($0) } ?? false, "\(error)")
        }
    }
}

private struct Scene: Sendable {
    let topics: ProvisionerTopics
    let copy: LeaseCopy
    let contact = SharedContact()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    var keeper: LedgerKeeper { LedgerKeeper(copy: copy, contact: contact, logger: logger) }
    var partition: TopicPartition { TopicPartition(topic: topics.leases, partition: 3) }

    static func with(_ body: (Scene) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/sym-keeper-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let topics = ProvisionerTopics(
            topics: Topics(), provisioner: try #require(ResourceName(rawValue: "tailscale")))
        let copy = try await LeaseCopy.open(
            folder: folder, ledger: topics.leases, now: Timestamp(milliseconds: 1_800_000_000_000))
        try await body(Scene(topics: topics, copy: copy))
        try copy.close()
    }

    /// As it stands in the ledger, of epoch 7.
    func ledger(_ number: Int, revision: Int) throws -> KafkaRecord {
        let terms = LeaseTerms(
            leaseID: LeaseID(
                request: RequestID(
                    caller: .person(try #require(PersonID(rawValue: "ana@example.com"))), source: "http",
                    id: "\(number)"), round: 1),
            integration: try #require(ResourceName(rawValue: "main")), tailnet: "-",
            group: try #require(GroupName(rawValue: "group:prod")),
            login: try #require(Login(rawValue: "ana@example.com")),
            credential: .apiToken(SecretReference(source: .env, path: "TOKEN")), duration: Seconds(60),
            startBy: Timestamp(milliseconds: 1))
        let record = LeaseRecord(terms: terms, epoch: 7, revision: revision, phase: .wanted)
        let envelope = Envelope(
            id: "x", source: "t", subject: terms.leaseID.rawValue, time: Timestamp(milliseconds: 0), body: record)
        return KafkaRecord(
            topicPartition: partition, offset: Int64(number), key: Array(terms.leaseID.rawValue.utf8),
            value: try WireFormat.encode(envelope))
    }
}
