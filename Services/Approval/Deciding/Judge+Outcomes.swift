import SymMessages

extension Judge {
    func rule(on outcome: Outcome, cause: String) -> Ruling {
        let number = outcome.leaseID.round
        guard let round = request.rounds.first(where: { $0.number == number }), round.approval != nil else {
            return .doubt(reason: "outcome \(outcome.id) is about a lease that was never approved")
        }
        // What is over stays over; a lease can only be over once.
        guard round.isOutstanding, !request.state.isFinal else { return .nothing }
        switch outcome {
        case .confirmed(let active):
            guard case .approved = round.progress, request.state == .approved || request.state == .active else {
                return .nothing
            }
            return .append(event(.active, .active(active), cause))
        case .ended(let ended): return .append(event(state(without: number, else: .ended), .ended(ended), cause))
        case .failed(let failed) where round.isExtension:
            let fact = Fact.ExtensionFailed(round: number, reason: failed.reason)
            return .append(event(state(without: number, else: .ended), .extensionFailed(fact), cause))
        case .failed(let failed): return .append(event(state(without: number, else: .failed), .failed(failed), cause))
        }
    }

    /// With its last lease the request is over.
    private func state(without round: Int, else final: RequestState) -> RequestState {
        request.isOutstanding(besides: round) ? request.state : final
    }
}
