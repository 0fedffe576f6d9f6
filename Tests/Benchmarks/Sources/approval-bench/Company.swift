import SymConfiguration
import SymMessages

/// Who asks for what, and what everybody knows.
struct Company {
    /// A flow of the usual kind: one stage, ten people who may decide.
    static let configuration = """
        {"sym_integration":{"main":{"type":"tailscale","external_id":"example.com",
           "settings":{"api_token_secret":"token"}}},
         "sym_secrets":{"env":{"type":"env"}},
         "sym_secret":{"token":{"source_id":"env","path":"TAILSCALE_API_TOKEN"}},
         "sym_target":{"prod":{"type":"tailscale_group","label":"Prod","settings":{"group_name":"prod"}}},
         "sym_strategy":{"main":{"type":"tailscale","integration_id":"main","targets":["prod"]}},
         "sym_group":{"sre":{"members":[PEOPLE]}},
         "sym_flow":{"prod-access":{"label":"Prod access","params":{"strategy_id":"main","allowed_sources":["api"],
           "prompt_field":[{"name":"reason","type":"string","required":true},
             {"name":"duration","type":"duration","allowed_values":["30m","1h"],"required":true}]},
           "rules":[{"name":"everyone","pending_for":"8h","stages":[{"name":"sre","approvers":{"groups":["sre"]},
             "notify":{"slack":["#sym-requests"],"remind_after":"15m"}}]}]}}}
        """
    static let now = Timestamp(milliseconds: 1_800_000_000_000)
    static let partitions = Topics.requestPartitions

    let people: [PersonID]
    let approvers: [PersonID]
    private let flow: ResourceName
    private let provisioner: ResourceName
    let records: [DirectoryRecord]

    init() throws {
        people = try (0..<1_000).map { try Self.made(PersonID(rawValue: "person-\($0)@example.com")) }
        approvers = Array(people.suffix(10))
        flow = try Self.made(ResourceName(rawValue: "prod-access"))
        provisioner = try Self.made(ResourceName(rawValue: "tailscale"))
        records = people.map { .person(.init(id: $0, role: .member, origin: .file)) }
    }

    private static func made<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw BenchError("a name of the benchmark is none") }
        return value
    }

    private var basis: Basis { Basis(configVersion: 1, directoryOffset: Int64(records.count)) }

    /// A service that has read configuration and directory, and owns every partition.
    func service(snapshotEvery: Int64 = 0) throws -> ApprovalService {
        var service = ApprovalService(
            instance: "bench", provisioners: [provisioner], snapshotEvery: snapshotEvery)
        let names = approvers.map { "\"\($0)\"" }.joined(separator: ",")
        let text = Self.configuration.replacing("PEOPLE", with: names)
        let record = ConfigRecord(
            basedOn: 0, by: .person(people[0]), at: Self.now,
            resources: try WireFormat.decode(JSONValue.self, from: Array(text.utf8)))
        _ = service.handle(
            .config(Envelope(id: "c", source: "sym/intake", subject: "1", time: Self.now, body: record)), now: Self.now)
        for (offset, record) in records.enumerated() {
            _ = service.handle(.directory(key: record.key, record, offset: Int64(offset)), now: Self.now)
        }
        for topic in [KnowledgeTopic.config, .directory] {
            _ = service.handle(.knowledgeRead(topic, end: 0), now: Self.now)
        }
        _ = service.handle(.assigned(Array(0..<Self.partitions), takeOver: 1), now: Self.now)
        return service
    }

    func requestID(_ number: Int) -> RequestID { RequestID(caller: caller(number), source: "http", id: "\(number)") }

    func caller(_ number: Int) -> Caller { .person(people[number % (people.count - approvers.count)]) }

    /// Any spread will do here; the real one is murmur2 of the id.
    func partition(_ number: Int) -> Int32 { Int32(number % Int(Self.partitions)) }

    func submit(_ number: Int) -> Envelope<Command> {
        let access = AccessRequest(
            flow: flow, duration: Seconds(1_800), reason: "Look at why the deployment \(number) is stuck.")
        let id = requestID(number)
        return Envelope(
            id: "\(id)/submit/\(access.sha256.prefix(16))", source: "sym/intake", subject: id.rawValue, time: Self.now,
            body: .submit(
                .init(
                    submission: Submission(channel: .api, source: "http", id: "\(number)"), caller: caller(number),
                    access: access, basis: basis)))
    }

    func approve(_ number: Int, offer: String) -> Envelope<Command> {
        let id = requestID(number)
        return Envelope(
            id: "\(id)/approve/\(number)", source: "sym/intake", subject: id.rawValue, time: Self.now,
            body: .approve(
                .init(
                    voter: .person(approvers[number % approvers.count]), offerID: offer, message: "fine", basis: basis))
        )
    }

    func outcome(_ outcome: Outcome) -> Envelope<Outcome> {
        Envelope(
            id: outcome.id, source: "sym/tailscale", subject: outcome.leaseID.request.rawValue, time: Self.now,
            body: outcome)
    }

    var outcomes: Stream { .outcomes(provisioner: provisioner) }
}
