import Foundation
import SymMessages
import Testing

@testable import SymConfiguration

/// What the tests share: the examples, and short spellings of names.
enum Fixtures {
    static func example(_ name: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "Examples/\(name)"), encoding: .utf8)
    }

    /// A small configuration whose one rule can be replaced: two targets, groups `sre` (ana, ben), `staff` (ana, ben, cy)
    /// and `visitors` (gus).
    static func yaml(params: String = "", rules: String = defaultRule) -> String {
        """
        sym_secrets: { box: { type: env } }
        sym_secret: { key: { source_id: box, path: TOKEN } }
        sym_integration:
          net: { type: tailscale, external_id: example.com, settings: { api_token_secret: key, tailnet: "-" } }
        sym_target:
          prod: { type: tailscale_group, label: Production, settings: { group_name: prod } }
          test: { type: tailscale_group, settings: { group_name: "group:test" } }
        sym_strategy:
          net: { type: tailscale, integration_id: net, targets: [prod, test] }
        sym_group:
          sre: { members: [ana@example.com, ben@example.com] }
          staff: { members: [ana@example.com, ben@example.com, cy@example.com] }
          visitors: { members: [gus@example.com] }
        sym_flow:
          ssh:
            params:
              strategy_id: net
              prompt_field:
                - { name: reason, type: string, required: true }
                - { name: duration, type: duration, allowed_values: [30m, 1h, 8h] }
              \(params)
            rules:
              \(rules)
        """
    }

    static let defaultRule =
        "- { name: all, max_duration: 4h, stages: [ { name: sre, approvers: { groups: [sre] } } ] }"

    /// ana, ben: members; cy: admin; gus: guest; the bot `pager` may ask for `ssh` for ana.
    static let directory: Directory = {
        var directory = Directory()
        for (name, role) in [("ana", .member), ("ben", .member), ("cy", .admin), ("gus", .guest)]
            as [(String, DirectoryRecord.Person.Role)]
        {
            directory.apply(.person(.init(id: person(name), role: role, origin: .file)))
        }
        directory.apply(
            .bot(.init(name: bot("pager"), flows: [name("ssh")], people: [person("ana")], origin: .file)))
        return directory
    }()

    static func facts(yaml text: String = yaml(), directory: Directory = directory) throws -> Facts {
        var history = ConfigHistory()
        let source = try ConfigurationSource(yaml: text)
        let record = ConfigRecord(
            basedOn: 0, by: .person(person("cy")), at: Timestamp(milliseconds: 0), resources: source.resources)
        #expect(history.append(record) == .accepted)
        #expect(history.current != nil, "\(history.state)")
        return Facts(history: history, directory: directory)
    }

    static func submit(
        by caller: Caller = .person(person("ana")), channel: Submission.Channel = .api, flow: String = "ssh",
        target: String? = "prod", duration: Int64? = 1_800, reason: String? = "incident 7",
        for beneficiary: String? = nil
    ) -> Command.Submit {
        Command.Submit(
            submission: Submission(channel: channel, source: "http", id: "1"), caller: caller,
            access: AccessRequest(
                flow: name(flow), target: target.map(name), duration: duration.map { Seconds($0) }, reason: reason,
                beneficiary: beneficiary.map(person)),
            basis: Basis(configVersion: 1, directoryOffset: 0))
    }

    static let requestID = RequestID(caller: .person(person("ana")), source: "http", id: "1")
    static let now = Timestamp(milliseconds: 1_000_000)

    static func evaluate(_ facts: Facts, _ submit: Command.Submit) -> Result<Fact.Submitted, Refusal> {
        facts.evaluate(submit, requestID: requestID, now: now)
    }

    /// The request that an accepted submission makes, with votes that were cast.
    static func request(_ submitted: Fact.Submitted, votes: [PersonID] = []) -> Request {
        request(submitted, votes.map { (.pending, yes($0, submitted)) })
    }

    /// The request that an accepted submission makes, and what became of it.
    static func request(_ submitted: Fact.Submitted, _ facts: [(RequestState, Fact)]) -> Request {
        var log = RequestLog(id: requestID, reader: .deciding)
        for (index, (state, fact)) in ([(.pending, .submitted(submitted))] + facts).enumerated() {
            let event = RequestEvent(sequence: index + 1, state: state, cause: "c\(index)", fact: fact)
            #expect(log.append(event, at: now) == .accepted)
        }
        #expect(!log.request.isFrozen)
        return log.request
    }

    static func yes(_ person: PersonID, _ submitted: Fact.Submitted) -> Fact {
        .voted(.init(voter: person, offerID: submitted.offerID, message: nil))
    }

    /// In place, and more of it asked for by somebody: the second round is pending.
    static func prolonging(_ submitted: Fact.Submitted, by caller: Caller) -> [(RequestState, Fact)] {
        let lease = LeaseID(request: requestID, round: 1)
        var offer = submitted.offer
        offer.round = 2
        offer.askedBy = caller
        return [
            (.approved, .approved(.init(vote: nil, leaseID: lease, startBy: now))),
            (.active, .active(.init(leaseID: lease, startedAt: now, endsAt: now + Seconds(1_800), standing: false))),
            (.active, .extensionRequested(.init(offer: offer, extends: lease, pendingUntil: now + Seconds(1_800)))),
        ]
    }

    /// `ana` → `ana@example.com`.
    static func person(_ name: String) -> PersonID {
        guard let id = PersonID(rawValue: name.contains("@") ? name : "\(name)@example.com") else {
            preconditionFailure("no e-mail: \(name)")
        }
        return id
    }

    static func name(_ text: String) -> ResourceName {
        guard let name = ResourceName(rawValue: text) else { preconditionFailure("no name: \(text)") }
        return name
    }

    static func bot(_ text: String) -> BotName {
        guard let name = BotName(rawValue: text) else { preconditionFailure("no bot: \(text)") }
        return name
    }

    /// The problems of a configuration, one a line.
    static func problems(_ yaml: String) -> [String] {
        do {
            _ = try Configuration.parse(yaml: yaml)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
