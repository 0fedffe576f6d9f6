import SymMessages
import Testing

@testable import Approval

/// One process and one request of Ana's, of which things are told in order.
struct RoundScenario {
    var topics = SimulatedTopics()
    var approval: SimulatedApproval
    var now = Scenario.start
    let id = Scenario.requestID("1")
    private let resources: JSONValue
    private var commands = 0

    init(under outcome: String = Scenario.twoStages, givesNothing: Bool = false) throws {
        resources = try Scenario.resources(outcome: outcome, givesNothing: givesNothing)
        approval = SimulatedApproval(instance: "a", topics, resources: resources)
    }

    var request: Request { topics.request(id) }
    var offer: String { request.pending?.offerID ?? "none" }
    var history: [String] { topics.history(of: id).map { String($0.fact.type.dropFirst(12).dropLast(3)) } }

    mutating func submit(_ access: AccessRequest = Scenario.access(), by caller: Caller = .person(Scenario.ana)) {
        topics.commands.append(Scenario.submit("1", by: caller, access: access, at: now))
        approval.settle(&topics, now)
    }

    /// The refusal that answers the command, if it was refused.
    @discardableResult
    mutating func tell(_ command: Command) -> Refusal? {
        commands += 1
        let name = "command-\(commands)"
        topics.commands.append(Scenario.command(command, id, id: name, at: now))
        approval.settle(&topics, now)
        let answers = topics.answers(to: name, of: id)
        #expect(answers.count == 1, "every command has one answer")
        guard case .commandRefused(let refused)? = answers.first?.fact else { return nil }
        return refused.refusal
    }

    @discardableResult
    mutating func approve(_ person: PersonID) -> Refusal? {
        tell(.approve(.init(voter: .person(person), offerID: offer, message: nil, basis: Scenario.basis)))
    }

    @discardableResult
    mutating func deny(_ person: PersonID) -> Refusal? {
        tell(.deny(.init(voter: .person(person), offerID: offer, message: "no", basis: Scenario.basis)))
    }

    @discardableResult
    mutating func extend(_ person: PersonID = Scenario.ana) -> Refusal? {
        tell(.extend(.init(actor: .person(person), reason: "not done yet", basis: Scenario.basis)))
    }

    mutating func tell(_ outcome: Outcome) {
        topics.outcomes.append(Scenario.outcome(outcome))
        approval.settle(&topics, now)
    }

    mutating func pass(_ seconds: Int64) {
        now = now + Seconds(seconds)
        approval.tick(topics, now)
        approval.settle(&topics, now)
    }

    /// Up to access that is in place.
    mutating func activate() {
        submit()
        for person in [Scenario.ben, Scenario.cy] where request.state == .pending { approve(person) }
        tell(Scenario.active(id))
        #expect(request.state == .active)
    }

    mutating func restart(directory: [DirectoryRecord] = Scenario.directory) throws {
        approval = SimulatedApproval(
            instance: "b\(topics.events.count)", topics, resources: resources, directory: directory, now: now)
    }
}
