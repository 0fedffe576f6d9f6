import SymMessages
import Testing

@testable import Approval

/// What must hold of every step of a request in `MachineWorld`, said without the code that decides.
struct MachineOath {
    let before: Request
    let event: RequestEvent
    let after: Request
    let step: MachineWorld.Step

    func check(_ place: String) {
        func hold(_ condition: Bool, _ oath: String) { if !condition { Issue.record("\(oath): \(place)") } }
        let live = after.rounds.filter(\.isOutstanding)
        hold(
            live.isEmpty != [.approved, .active, .ending].contains(after.state),
            "access is outstanding if and only if the state says so")
        hold(
            after.state != .active || live.contains { $0.lease != nil } || after.rounds.contains { $0.lease != nil },
            "P6 active without a lease that was in place")
        hold(after.pending == nil || after.state == .pending || after.state == .active, "a round waits for nothing")
        hold((after.pending?.number ?? 1) == 1 || after.state == .active, "an extension of nothing")
        hold(after.rounds.filter(\.isPending).count <= 1, "two rounds wait")
        hold(
            after.rounds.filter { $0.approval != nil && $0.isExtension && !failed($0) }.count <= 1, "a second extension"
        )
        for round in after.rounds {
            hold(Set(round.votes.map(\.voter)).count == round.votes.count, "P7 one person voted twice")
            hold(!round.votes.contains { $0.voter == Scenario.ana }, "P7 the requester voted")
            hold(round.votes.allSatisfy { $0.offerID == round.offerID }, "P7 a vote for something else")
            hold(round.denial?.voter != Scenario.ana, "P7 the requester denied")
            if round.approval != nil { hold(quorum(of: round), "P1 approved without its quorum") }
        }
        for (order, _) in after.ordersOwed {
            let round = after.rounds[order.terms.leaseID.round - 1]
            hold(round.approval?.leaseID == order.terms.leaseID, "P1 an order for what was not approved")
            hold(order.terms.login == Scenario.login("ana@github"), "P7 an order for another login")
            hold(order.terms.duration == round.offer.grant?.duration, "P7 an order for longer than was offered")
            if case .end = order { hold(after.state == .ending, "P3 an end that nobody asked for") }
            if case .grant = order { hold(after.state == .approved && round.number == 1, "P1 a grant too late") }
            if case .extend = order { hold(after.state == .active && round.number > 1, "P1 an extension too late") }
        }
        if after.state == .ending {
            hold(after.ordersOwed.count == live.count, "P2 a lease that is not ordered to end")
        }
        if case .commandRefused = event.fact { hold(before == after, "a refusal changed something") }
        if case .commandRefused = event.fact, case .command = step.matter {
        } else if case .command = step.matter {
            hold(event.sequence != nil, "an answer outside the sequence")
        }
    }

    private func failed(_ round: Round) -> Bool { if case .over(_, nil) = round.progress { true } else { false } }

    /// Ben, or Cy if she was added, in the first stage; the other one in the second.
    private func quorum(of round: Round) -> Bool {
        let said = Set(round.votes.map(\.voter))
        return said.isSuperset(of: [Scenario.ben, Scenario.cy])
    }
}
