import Crypto
import Foundation
import KafkaClient
import SymMessages

/// Live leases, spread evenly over tailnets: in each the same people, in one group after the other.
struct Population {
    static let partitions: Int32 = 48
    private static let peopleOfTailnet = 500
    /// Of the claim under which the leases were written; the provisioner that is measured makes the next.
    static let epoch = 1

    let tailnets: Int
    let leases: Int

    private var perTailnet: Int { (leases + tailnets - 1) / tailnets }
    private var groups: Int { max(1, (perTailnet + Self.peopleOfTailnet - 1) / Self.peopleOfTailnet) }

    static func integration(_ tailnet: Int) -> ResourceName { ResourceName(rawValue: "team-\(tailnet)") ?? malformed() }

    static func partition(_ integration: ResourceName) -> Int32 {
        murmur2Partition(key: Array(integration.rawValue.utf8), count: partitions)
    }

    func integration(of lease: Int) -> ResourceName { Self.integration(lease % tailnets) }

    static func name(_ tailnet: Int) -> String { "team-\(tailnet).example.com" }

    /// - Parameter person: 0…; a lease of its own for everybody of a tailnet.
    static func terms(
        id: String, tailnet: Int, group: Int, person: Int, duration: Seconds, startBy: Timestamp
    ) -> LeaseTerms {
        LeaseTerms(
            leaseID: LeaseID(
                request: RequestID(caller: .bot(BotName(rawValue: "bench") ?? malformed()), source: "bench", id: id),
                round: 1),
            integration: integration(tailnet), tailnet: name(tailnet),
            group: GroupName(rawValue: "group:on-call-\(group)") ?? malformed(), login: login(person),
            credential: .apiToken(SecretReference(source: .env, path: "TAILSCALE_API_TOKEN")), duration: duration,
            startBy: startBy)
    }

    static func login(_ person: Int) -> Login { Login(rawValue: "person.\(person)@example.com") ?? malformed() }

    private func terms(_ lease: Int, now: Timestamp) -> LeaseTerms {
        let number = lease / tailnets
        return Self.terms(
            id: "lease \(lease)", tailnet: lease % tailnets, group: number / Self.peopleOfTailnet,
            person: number % Self.peopleOfTailnet, duration: Seconds(86_400),
            startBy: now.advanced(byMilliseconds: -3_000_000))
    }

    /// As the ledger has it once a reading has shown the login.
    func record(_ lease: Int, endsAt: Timestamp, now: Timestamp, epoch: Int = Self.epoch, revision: Int = 3)
        -> LeaseRecord
    {
        let terms = terms(lease, now: now)
        let started = now.advanced(byMilliseconds: -3_600_000)
        // What one write leaves is what the next of that tailnet begins with.
        let (before, after) = (Self.version("text \(lease)"), Self.version("text \(lease + tailnets)"))
        return LeaseRecord(
            terms: terms, epoch: epoch, revision: revision, phase: .confirmed,
            attempt: LeaseRecord.Attempt(
                etag: before, stoodBefore: false, deadline: started, end: started + terms.duration),
            confirmation: Fact.Active(leaseID: terms.leaseID, startedAt: started, endsAt: endsAt, standing: false),
            receipts: LeaseRecord.Receipts(
                added: WriteReceipt(etagBefore: before, etagAfter: after, at: started, attempts: 1)))
    }

    /// The same record as the reader makes it: from the text that stands in Kafka.
    static func asRead(_ record: LeaseRecord) throws -> LeaseRecord {
        let envelope = Envelope(
            id: "\(record.terms.leaseID)/\(record.epoch)/\(record.revision)", source: "sym/provisioner/tailscale",
            subject: record.terms.leaseID.rawValue, time: record.terms.startBy, body: LedgerEntry.record(record))
        let text = try WireFormat.encode(envelope)
        guard case .record(let read) = try WireFormat.decode(Envelope<LedgerEntry>.self, from: text).body else {
            throw BenchError("A record was read as something else.")
        }
        return read
    }

    /// A policy file with every login of the leases in its group, and the rules that go with them.
    func policy() -> [UInt8] {
        let lists = (0..<groups).map { group in
            let people = (0..<min(Self.peopleOfTailnet, max(0, perTailnet - group * Self.peopleOfTailnet)))
            return "\t\t\"group:on-call-\(group)\": [\n"
                + people.map { "\t\t\t\"\(Self.login($0))\",\n" }.joined() + "\t\t],\n"
        }
        return Self.policy(lists.joined(), groups: groups)
    }

    static func policy(_ lists: String, groups: Int) -> [UInt8] {
        let rules = (0..<groups).map { group in
            "\t\t{\"action\": \"accept\", \"src\": [\"group:on-call-\(group)\"], \"dst\": [\"10.\(group).0.0/16:22\"]},\n"
        }
        return Array(
            "// Who may reach what.\n{\n\t\"groups\": {\n\(lists)\t},\n\t\"acls\": [\n\(rules.joined())\t],\n}\n".utf8)
    }

    static func version(_ text: String) -> String { version(Array(text.utf8)) }

    static func version(_ text: [UInt8]) -> String {
        SHA256.hash(data: text).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

func malformed<Value>() -> Value { preconditionFailure("a constant of the benchmark is malformed") }
