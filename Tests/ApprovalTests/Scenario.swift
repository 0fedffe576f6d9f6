import SymConfiguration
import SymMessages
import Testing

@testable import Approval

/// The example's people, rules and requests.
enum Scenario {
    static let ana = person("ana@example.com")
    static let ben = person("ben@example.com")
    static let cy = person("cy@example.com")
    static let dan = person("dan@example.com")
    static let eve = person("eve@example.com")
    static let pagerduty = bot("pagerduty")
    static let flow = name("prod-access")
    static let tailscale = name("tailscale")
    static let start = Timestamp(milliseconds: 1_767_323_045_000)

    /// - Parameter outcome: of the only rule, instead of one stage of `sre`.
    /// - Parameter givesNothing: whether the flow has no strategy.
    static func resources(
        required: Int = 1, outcome: String? = nil, givesNothing: Bool = false
    ) throws -> JSONValue {
        let stage = #""stages":[{"name":"sre","approvers":{"groups":["sre"]},"required":\#(required)}]"#
        let outcome = outcome ?? #""pending_for":"8h","grant_within":"15m",\#(stage)"#
        let strategy = givesNothing ? "" : #""strategy_id":"main","#
        let duration =
            givesNothing
            ? "" : #",{"name":"duration","type":"duration","allowed_values":["30m","1h"],"required":true}"#
        let text = """
            {"sym_integration":{"main":{"type":"tailscale","external_id":"example.com",
               "settings":{"api_token_secret":"token"}}},
             "sym_secrets":{"env":{"type":"env"}},
             "sym_secret":{"token":{"source_id":"env","path":"TAILSCALE_API_TOKEN"}},
             "sym_target":{"prod":{"type":"tailscale_group","label":"Prod","settings":{"group_name":"prod"}}},
             "sym_strategy":{"main":{"type":"tailscale","integration_id":"main","targets":["prod"]}},
             "sym_group":{"sre":{"members":["ana@example.com","ben@example.com","dan@example.com"]}},
             "sym_flow":{"prod-access":{"label":"Prod access","params":{\(strategy)
               "allowed_sources":["api","kafka"],
               "prompt_field":[{"name":"reason","type":"string","required":true}
                 \(duration)]},
               "rules":[{"name":"everyone",\(outcome)}]}}}
            """
        return try WireFormat.decode(JSONValue.self, from: Array(text.utf8))
    }

    /// Ben or Dan, after half an hour Eve, too; then Cy or Eve. Once more by an hour, if they say yes again.
    static let twoStages = """
        "pending_for":"8h","grant_within":"15m","extend":{"times":1,"by":"1h","approve":"again"},
        "stages":[
          {"name":"sre","approvers":{"users":["ben@example.com","dan@example.com"]},
           "notify":{"slack":["#sre"],"remind_after":"15m"},
           "escalate":[{"after":"30m","add":{"users":["eve@example.com"]},"notify":{"slack":["#leads"]}}]},
          {"name":"leads","approvers":{"users":["cy@example.com","eve@example.com"]}}]
        """

    static let directory: [DirectoryRecord] = [
        .person(.init(id: ana, role: .member, origin: .file)),
        .person(.init(id: ben, role: .member, origin: .file)),
        .person(.init(id: dan, role: .member, origin: .file)),
        .person(.init(id: cy, role: .admin, origin: .file)),
        .person(.init(id: eve, role: .member, origin: .file)),
        .identity(
            .init(
                person: ana, serviceType: "tailscale", externalID: "example.com", value: login("ana@github"),
                origin: .file)),
        .bot(.init(name: pagerduty, flows: [flow], people: [ana], origin: .file)),
    ]

    static let basis = Basis(configVersion: 1, directoryOffset: Int64(directory.count))

    static func access(
        _ duration: Int64 = 1_800, reason: String? = "deploy", beneficiary: PersonID? = nil
    ) -> AccessRequest {
        AccessRequest(flow: flow, duration: Seconds(duration), reason: reason, beneficiary: beneficiary)
    }

    static func requestID(_ id: String, caller: Caller = .person(ana)) -> RequestID {
        RequestID(caller: caller, source: "http", id: id)
    }

    static func submit(
        _ id: String, by caller: Caller = .person(ana), access: AccessRequest = access(), at time: Timestamp = start
    ) -> Envelope<Command> {
        let request = RequestID(caller: caller, source: "http", id: id)
        let channel: Submission.Channel = if case .bot = caller { .kafka } else { .api }
        return Envelope(
            id: "\(request)/submit/\(access.sha256.prefix(16))", source: "sym/intake", subject: request.rawValue,
            time: time,
            body: .submit(
                .init(
                    submission: Submission(channel: channel, source: "http", id: id), caller: caller, access: access,
                    basis: basis)))
    }

    static func command(
        _ body: Command, _ request: RequestID, id: String, at time: Timestamp = start
    ) -> Envelope<Command> {
        Envelope(id: id, source: "sym/intake", subject: request.rawValue, time: time, body: body)
    }

    static func approve(
        _ request: RequestID, by voter: PersonID, offer: String, id: String? = nil, at time: Timestamp = start
    ) -> Envelope<Command> {
        command(
            .approve(.init(voter: .person(voter), offerID: offer, message: nil, basis: basis)), request,
            id: id ?? "approve-\(voter)", at: time)
    }

    static func deny(
        _ request: RequestID, by voter: PersonID, offer: String, id: String? = nil, at time: Timestamp = start
    ) -> Envelope<Command> {
        command(
            .deny(.init(voter: .person(voter), offerID: offer, message: nil, basis: basis)), request,
            id: id ?? "deny-\(voter)", at: time)
    }

    static func stop(by person: PersonID) -> Command.Stop {
        Command.Stop(actor: .person(person), reason: nil, basis: basis)
    }

    static func extend(
        _ request: RequestID, by person: PersonID = ana, id: String, at time: Timestamp = start
    ) -> Envelope<Command> {
        command(.extend(.init(actor: .person(person), reason: "not done yet", basis: basis)), request, id: id, at: time)
    }

    static func outcome(_ outcome: Outcome) -> Envelope<Outcome> {
        Envelope(
            id: outcome.id, source: "sym/tailscale", subject: outcome.leaseID.request.rawValue, time: start,
            body: outcome)
    }

    /// Half an hour for the first round, an hour more for each further one.
    static func active(_ request: RequestID, round: Int = 1) -> Outcome {
        .confirmed(
            .init(
                leaseID: LeaseID(request: request, round: round), startedAt: start,
                endsAt: start + Seconds(1_800 + Int64(round - 1) * 3_600), standing: false))
    }

    static func ended(_ request: RequestID, _ reason: LeaseEnd = .expired, round: Int = 1) -> Outcome {
        .ended(
            .init(
                leaseID: LeaseID(request: request, round: round), endedAt: start, reason: reason,
                membership: .removed))
    }

    static func failed(_ request: RequestID, round: Int = 1) -> Outcome {
        .failed(.init(leaseID: LeaseID(request: request, round: round), reason: "too late"))
    }

    static func person(_ text: String) -> PersonID { literal(PersonID(rawValue: text)) }
    static func bot(_ text: String) -> BotName { literal(BotName(rawValue: text)) }
    static func name(_ text: String) -> ResourceName { literal(ResourceName(rawValue: text)) }
    static func login(_ text: String) -> Login { literal(Login(rawValue: text)) }

    private static func literal<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("a literal in a test is not a valid name") }
        return value
    }
}
