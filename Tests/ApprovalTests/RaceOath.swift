import SymMessages
import Testing

@testable import Approval

/// What must hold after a race, said from the topics alone.
struct RaceOath {
    let race: SequencerRace
    private var seed: UInt64 { race.seed }

    init(race: SequencerRace) { self.race = race }

    func check() {
        let topics = race.topics
        for command in Set(topics.commands.map(\.id)) {
            guard let envelope = topics.commands.first(where: { $0.id == command }),
                let id = RequestID(rawValue: envelope.subject)
            else { continue }
            #expect(topics.answers(to: command, of: id).count == 1, "P8 seed \(seed): \(command)")
        }
        for id in race.requests { check(id) }
        // All that the provisioner reported was approved, whoever of the two had read that by then.
        #expect(topics.deadLetters.isEmpty, "P9 seed \(seed): \(topics.deadLetters)")
        #expect(topics.committed[.commands, default: 0] == Int64(topics.commands.count), "seed \(seed)")
        #expect(
            topics.committed[SimulatedTopics.outcomesStream, default: 0] == Int64(topics.outcomes.count),
            "seed \(seed)")
    }

    private func check(_ id: RequestID) {
        let history = race.topics.history(of: id)
        let request = race.topics.request(id)
        if let last = history.firstIndex(where: { $0.state.isFinal }) {
            let later = history[(last + 1)...].filter { if case .commandRefused = $0.fact { false } else { true } }
            #expect(later.isEmpty, "P8 seed \(seed): something follows the end of \(id)")
        }
        // Nothing is left to be done: whoever was let in was taken out again.
        #expect(request.outstanding.isEmpty, "P2 seed \(seed): \(id) is \(request.state)")
        var approved: [LeaseID: Fact.Approved] = [:]
        for event in history {
            switch event.fact {
            case .approved(let fact), .extensionApproved(let fact):
                #expect(approved[fact.leaseID] == nil, "P8 seed \(seed): approved twice")
                approved[fact.leaseID] = fact
            default: break
            }
        }
        let orders = race.topics.orders.filter { $0.terms.leaseID.request == id }
        for order in orders {
            let approval = approved[order.terms.leaseID]
            #expect(approval?.startBy == order.terms.startBy, "P1 seed \(seed): an order without its approval")
        }
        #expect(
            Set(orders.map(\.terms.leaseID)) == Set(approved.keys), "P8 seed \(seed): an approval without its order")
        for terms in Dictionary(grouping: orders.map(\.terms), by: \.leaseID).values {
            #expect(Set(terms).count == 1, "seed \(seed): not the same order again")
        }
        for vote in request.rounds.flatMap(\.votes) {
            #expect(vote.voter != Scenario.ana, "P7 seed \(seed)")
            #expect(
                request.terms?.decision.people.contains(vote.voter) == true, "P7 seed \(seed): not an approver")
        }
    }
}
