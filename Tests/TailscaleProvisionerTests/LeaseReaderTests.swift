import KafkaClient
import Leases
import Logging
import ServiceRuntime
import SymMessages
import Synchronization
import Testing

@testable import TailscaleProvisioner

@Suite("Orders and ledger, from Kafka's records")
struct LeaseReaderTests {
    @Test("With each partition of the orders comes the same of the ledger, from its beginning")
    func companions() async throws {
        let desk = try Desk()
        let companions = try await desk.reader.partitionsAssigned([
            TopicPartition(topic: desk.topics.orders, partition: 3)
        ])
        #expect(
            companions == [
                Companion(topicPartition: TopicPartition(topic: desk.topics.leases, partition: 3), start: .beginning)
            ])
    }

    @Test("An order on the partition of its integration is taken")
    func order() async throws {
        let desk = try Desk()
        try await desk.receive(try desk.envelope(.grant(desk.terms)), partition: desk.home)
        guard case .order(.grant(desk.terms), let position)? = desk.inputs.first else {
            return #expect(Bool(false), "\(desk.inputs)")
        }
        #expect(position == OrderPosition(partition: desk.home, offset: 7))
    }

    @Test("P9 what cannot be used as an order becomes a dead letter that says why")
    func unusable() async throws {
        let desk = try Desk()
        let order = try desk.envelope(.grant(desk.terms))
        let other = String(decoding: order, as: UTF8.self).replacing("lease.grant.v1", with: "lease.lend.v1")
        let damaged = String(decoding: order, as: UTF8.self).replacing("group:prod", with: "prod")
        try await desk.receive(Array("not JSON".utf8), partition: desk.home)
        try await desk.receive(nil, partition: desk.home)
        try await desk.receive(Array(other.utf8), partition: desk.home)
        try await desk.receive(Array(damaged.utf8), partition: desk.home)
        // Of before credentials had kinds.
        let before = String(decoding: order, as: UTF8.self).replacing("\"credential\"", with: "\"secret\"")
        try await desk.receive(Array(before.utf8), partition: desk.home)
        try await desk.receive(order, partition: desk.home == 0 ? 1 : 0)
        let reasons = desk.inputs.map { input in
            if case .unusableOrder(let letter, _) = input { letter.reason } else { "taken" }
        }
        #expect(reasons.count == 6)
        for (reason, words) in zip(reasons, ["JSON", "JSON", "lend", "group", "credential is missing", "partition"]) {
            #expect(reason.contains(words), "\(reason)")
        }
    }

    @Test("P9 an extend order names an earlier lease of its request, or becomes a dead letter that says so")
    func extendOrder() async throws {
        let desk = try Desk()
        var further = desk.terms
        further.leaseID = LeaseID(request: desk.terms.leaseID.request, round: 2)
        let order = Order.extend(further, extends: desk.terms.leaseID)
        let text = String(decoding: try desk.envelope(order), as: UTF8.self)
        let extends = "\"extends\":\"\(desk.terms.leaseID)\""
        try #require(text.contains(extends))
        let other = LeaseID(
            request: RequestID(caller: .person(try #require(PersonID(rawValue: "x@y"))), source: "http", id: "1"),
            round: 1)
        for unusable in [
            text.replacing(extends, with: "\"was\":1"), text.replacing(extends, with: "\"extends\":\"\(other)\""),
            text.replacing(extends, with: "\"extends\":\"\(further.leaseID)\""),
            text.replacing(extends, with: "\"extends\":\"the last one\""),
        ] {
            try await desk.receive(Array(unusable.utf8), partition: desk.home)
        }
        try await desk.receive(Array(text.utf8), partition: desk.home)
        let reasons = desk.inputs.map { input in
            switch input {
            case .unusableOrder(let letter, _): letter.reason
            case .order(order, _): "taken"
            default: "\(input)"
            }
        }
        let earlier = "data.extends is not an earlier lease of the same request"
        #expect(
            reasons == [
                "data.extends is missing", earlier, earlier, "data.extends is not a valid LeaseID", "taken",
            ])
    }

    @Test("A record of the ledger is read back; a tombstone forgets; one that cannot be read stops nothing")
    func ledger() async throws {
        let desk = try Desk()
        let record = LeaseRecord(terms: desk.terms, epoch: 3, revision: 1, phase: .wanted)
        let envelope = Envelope(
            id: "x", source: "t", subject: desk.terms.leaseID.rawValue, time: Timestamp(milliseconds: 0), body: record)
        try await desk.receive(Array("{".utf8), partition: desk.home, topic: desk.topics.leases)
        try await desk.receive(try WireFormat.encode(envelope), partition: desk.home, topic: desk.topics.leases)
        try await desk.receive(nil, partition: desk.home, topic: desk.topics.leases)
        guard desk.inputs.count == 2, case .recorded(record, desk.home) = desk.inputs[0],
            case .forgotten(desk.terms.leaseID, desk.home) = desk.inputs[1]
        else { return #expect(Bool(false), "\(desk.inputs)") }
    }

    @Test("A claim is read back as it was written")
    func claim() async throws {
        let desk = try Desk()
        let claim = LeaseClaim(epoch: 4, owner: "tailscale/1")
        let envelope = Envelope(
            id: "x", source: "t", subject: LeaseClaim.key, time: Timestamp(milliseconds: 0), body: claim)
        let text = try WireFormat.encode(envelope)
        #expect(String(decoding: text, as: UTF8.self).contains("\"type\":\"sym.lease.claim.v1\""))
        try await desk.receive(text, partition: desk.home, topic: desk.topics.leases)
        guard case .claimed(claim, desk.home)? = desk.inputs.first else {
            return #expect(Bool(false), "\(desk.inputs)")
        }
    }

    @Test("A lease's result is one member on the wire, and read back as it was")
    func result() throws {
        let desk = try Desk()
        let ended = Fact.Ended(
            leaseID: desk.terms.leaseID, endedAt: Timestamp(milliseconds: 0), reason: .expired, membership: .removed)
        let failed = Fact.Failed(leaseID: desk.terms.leaseID, reason: "no")
        for (result, words) in [
            (LeaseRecord.Result.ended(ended), "\"result\":{\"ended\":{\"ended_at\""),
            (.failed(failed), "\"result\":{\"failed\":{\"lease_id\""),
        ] {
            let record = LeaseRecord(terms: desk.terms, revision: 4, phase: .ended, result: result)
            let text = try WireFormat.encode(record)
            #expect(String(decoding: text, as: UTF8.self).contains(words))
            #expect(try WireFormat.decode(LeaseRecord.self, from: text) == record)
        }
    }

    @Test("The ledger's end is the replay's end; the end of the orders is nothing")
    func caughtUp() async throws {
        let desk = try Desk()
        try await desk.reader.caughtUp(TopicPartition(topic: desk.topics.orders, partition: 3), upTo: 0)
        #expect(desk.inputs.isEmpty)
        try await desk.reader.caughtUp(TopicPartition(topic: desk.topics.leases, partition: 3), upTo: 0)
        guard case .replayed(3)? = desk.inputs.first else { return #expect(Bool(false), "\(desk.inputs)") }
    }
}

/// A reader with a desk that collects what it delivers.
private final class Desk: Sendable {
    let topics: ProvisionerTopics
    let terms: LeaseTerms
    let reader: LeaseReader
    private let delivered: Delivered

    var inputs: [TailscaleLeases.Input] { delivered.inputs.withLock { $0 } }
    var home: Int32 { topics.partition(of: terms.integration) }

    init() throws {
        let integration = try #require(ResourceName(rawValue: "main-tailscale"))
        topics = ProvisionerTopics(topics: Topics(), provisioner: try #require(ResourceName(rawValue: "tailscale")))
        terms = LeaseTerms(
            leaseID: LeaseID(
                request: RequestID(
                    caller: .person(try #require(PersonID(rawValue: "ana@example.com"))), source: "http", id: "1"),
                round: 1),
            integration: integration, tailnet: "-", group: try #require(GroupName(rawValue: "group:prod")),
            login: try #require(Login(rawValue: "ana@example.com")),
            credential: .apiToken(SecretReference(source: .env, path: "TOKEN")), duration: Seconds(60),
            startBy: Timestamp(milliseconds: 1))
        let delivered = Delivered()
        self.delivered = delivered
        reader = LeaseReader(
            topics: topics, becomeReady: {}, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) {
            delivered.add($0)
        }
    }

    func envelope(_ order: Order) throws -> [UInt8] {
        try WireFormat.encode(
            Envelope(
                id: order.id, source: "sym/approval", subject: order.terms.integration.rawValue,
                time: Timestamp(milliseconds: 0), body: order))
    }

    func receive(_ value: [UInt8]?, partition: Int32, topic: String? = nil) async throws {
        let place = TopicPartition(topic: topic ?? topics.orders, partition: partition)
        let key = topic == topics.leases ? terms.leaseID.rawValue : terms.integration.rawValue
        try await reader.received(
            [KafkaRecord(topicPartition: place, offset: 7, key: Array(key.utf8), value: value)], from: place)
    }
}

private final class Delivered: Sendable {
    let inputs = Mutex<[TailscaleLeases.Input]>([])

    func add(_ input: TailscaleLeases.Input) { inputs.withLock { $0.append(input) } }
}
