import SymConfiguration
import SymMessages

@testable import Approval

/// Three people, two stages, one extension: small enough that every order of everything that can happen is tried.
///
/// Ana asks. Ben decides in both stages, Cy in the second and, once escalated, in the first. Cy is an administrator.
struct MachineWorld {
    static let outcome = """
        "pending_for":"8h","grant_within":"15m","extend":{"times":1,"by":"1h","approve":"again"},
        "stages":[
          {"name":"first","approvers":{"users":["ben@example.com"]},"notify":{"slack":["#a"],"remind_after":"15m"},
           "escalate":[{"after":"30m","add":{"users":["cy@example.com"]}}]},
          {"name":"second","approvers":{"users":["ben@example.com","cy@example.com"]}}]
        """
    static let people = [Scenario.ana, Scenario.ben, Scenario.cy]

    let id = Scenario.requestID("1")
    /// As it is, with Ana deleted, and with Ben deleted.
    let knowledge: [Knowledge]

    init() throws {
        let config = ConfigRecord(
            basedOn: 0, by: .person(Scenario.cy), at: Scenario.start,
            resources: try Scenario.resources(outcome: Self.outcome))
        knowledge = [nil, Scenario.ana, Scenario.ben].map { deleted in
            var known = Knowledge(provisioners: [Scenario.tailscale])
            known.take(config)
            var records = Scenario.directory.filter { $0.key != "person/\(Scenario.dan)" }
            if let deleted {
                records.append(.personRemoved(.init(id: deleted, epoch: 1, origin: .person, by: .person(Scenario.cy))))
            }
            for (offset, record) in records.enumerated() { known.take(record, key: record.key, offset: Int64(offset)) }
            return known
        }
    }

    /// Something that can happen: what approval reads, and what it knows meanwhile.
    struct Step {
        let name: String
        let matter: Matter
        var known = 0
    }

    /// All that can happen to a request in some state.
    func steps(from log: RequestLog, number: Int) -> [Step] {
        func command(_ name: String, _ body: Command) -> Step {
            Step(name: name, matter: .command(Scenario.command(body, id, id: "\(name)-\(number)")))
        }
        func outcome(_ name: String, _ body: Outcome) -> Step {
            var envelope = Scenario.outcome(body)
            envelope.id = "\(name)-\(number)"
            return Step(name: name, matter: .outcome(envelope))
        }
        var steps: [Step] = []
        for access in [Scenario.access(), Scenario.access(3_600), Scenario.access(60)] {
            steps.append(command("submit \(access.duration?.count ?? 0)", Scenario.submit("1", access: access).body))
        }
        let reject = Command.Reject(
            submission: Submission(channel: .kafka, source: "x", id: "1"), caller: .bot(Scenario.pagerduty),
            refusal: Refusal(.invalid, "it cannot be read"))
        steps.append(command("reject", .reject(reject)))
        for offer in [log.request.pending?.offerID, log.request.terms?.offerID, "0123"].compactMap(\.self) {
            for person in Self.people {
                let vote = Command.CastVote(
                    voter: .person(person), offerID: offer, message: nil, basis: Scenario.basis)
                steps.append(command("approve \(person)", .approve(vote)))
                steps.append(command("deny \(person)", .deny(vote)))
            }
        }
        for person in Self.people {
            steps.append(command("cancel \(person)", .cancel(Scenario.stop(by: person))))
            steps.append(command("end \(person)", .end(Scenario.stop(by: person))))
            steps.append(
                command("extend \(person)", .extend(.init(actor: .person(person), reason: nil, basis: Scenario.basis))))
        }
        let bot = Command.Stop(actor: .bot(Scenario.pagerduty), reason: nil, basis: Scenario.basis)
        steps.append(command("end bot", .end(bot)))
        for round in 1...3 {
            steps.append(outcome("active \(round)", Scenario.active(id, round: round)))
            for reason in [LeaseEnd.expired, .revoked, .gone] {
                steps.append(outcome("\(reason) \(round)", Scenario.ended(id, reason, round: round)))
            }
            steps.append(outcome("failed \(round)", Scenario.failed(id, round: round)))
        }
        for minutes in [14, 15, 30, 45, 480] as [Int64] {
            steps.append(Step(name: "after \(minutes)m", matter: .timer(Scenario.start + Seconds(minutes * 60))))
        }
        for (index, known) in knowledge.enumerated() {
            steps += known.dues(of: log.request, at: Scenario.start).map {
                Step(name: "owed \($0)", matter: .owed($0), known: index)
            }
        }
        return steps
    }

    /// What tells one state from another, for whatever can follow.
    static func key(_ log: RequestLog) -> String {
        let request = log.request
        var key = "\(request.state.rawValue)\(request.isFrozen)\(request.submission != nil)"
        for round in request.rounds {
            let progress =
                switch round.progress {
                case .pending: "p"
                case .closed: "c"
                case .approved: "a"
                case .active: "l"
                case .over(_, let lease): lease == nil ? "f" : "o"
                }
            let votes = round.votes.map(\.voter.rawValue).sorted().joined(separator: ",")
            key += "|\(progress) \(votes) \(round.openStage) \(round.escalations) \(round.reminders)"
        }
        return key
    }
}
