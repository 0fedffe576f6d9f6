import Leases
import SymMessages

/// What becomes of the service's effects: they take their time, get lost, or happen although nobody hears of it.
extension SimulatedWorld {
    mutating func perform(_ effect: Service.Effect, of process: Int) {
        switch effect {
        case .append(let record, let partition):
            append(.entry(.record(record)), partition, process, failure: .appendFailed(record, partition: partition))
        case .claim(let claim, let partition):
            append(.entry(.claim(claim)), partition, process, failure: .claimFailed(claim, partition: partition))
        case .forget(let lease, let partition):
            later(.lands(.tombstone(lease), partition, process: process))
        case .read(let tailnet, _, let ticket, _):
            if now < outageEnds || dice.happens(weather.readsFail) {
                let failure: ReadFailure =
                    dice.happens(200) ? .unauthorized("no") : .unavailable("no answer", retryAfter: nil)
                later(.input(.read(tailnet, ticket, .failure(failure)), process: process))
            } else {
                later(.snapshot(tailnet, ticket, process: process), atMost: 400)
            }
        case .write(let tailnet, _, let ticket, let write):
            later(.sends(tailnet, ticket, write, process: process, madeAt: now), atMost: min(weather.slow, 100))
        case .validate(let tailnet, _, let ticket, _):
            later(.input(.validated(tailnet, ticket, .accepted), process: process))
        case .publish(let outcome):
            oracle.publishes(outcome, by: process, about: tailnets, at: now)
            let isLost = dice.happens(weather.publishesLost)
            if !isLost || dice.happens(500) { later(.told(outcome)) }
            later(.input(.published(outcome, acknowledged: !isLost), process: process))
        case .commit(let partition, let next):
            // A commit carries the group's generation.
            if process == owner { committed[partition] = max(committed[partition] ?? 0, Int(next)) }
        case .park(let letter, let position):
            later(.input(.parked(letter, position, acknowledged: true), process: process))
        case .check(let terms):
            later(.input(.checked(terms.leaseID, refusal: nil), process: process))
        case .log:
            break
        }
    }

    mutating func append(
        _ value: SimulatedLedger.Value, _ partition: Int32, _ process: Int, failure: Service.Input
    ) {
        let isLost = dice.happens(weather.appendsLost)
        if isLost { later(.input(failure, process: process)) }
        let landing = Event.lands(value, partition, process: process)
        if !isLost || dice.happens(500) { later(landing, atMost: isLost ? 5_000 : nil) }
        if dice.happens(weather.appendsLost) { later(landing, atMost: 5_000) }
    }

    /// The very last moment at which a write can be held back: on the wall clock, and on one that runs while the process
    /// sleeps.
    mutating func send(
        _ write: Write<ToyTarget.Draft>, _ tailnet: Tailnet, _ ticket: Ticket, _ process: Int, madeAt: Int64
    ) {
        guard now < madeAt + write.window, write.deadline.map({ at(now) < $0 }) ?? true else {
            return later(.input(.written(tailnet, ticket, .tooLate), process: process))
        }
        if let target = tailnets[tailnet.name] { oracle.sends(write, by: process, to: target, at: now) }
        if now < outageEnds || dice.happens(weather.writesRefused) {
            later(
                .input(
                    .written(tailnet, ticket, .unavailable("too many requests", retryAfter: 1_000)), process: process))
        } else if dice.happens(weather.answersLost) {
            later(.input(.written(tailnet, ticket, .answerLost("timed out")), process: process))
            let onlyAdds = write.changes.allSatisfy { $0.action == .add }
            guard dice.happens(500) else { return }
            let arrival = Event.arrives(tailnet, ticket, write, process: process, answers: false)
            if weather.landsLate && onlyAdds { later(arrival, atMost: 15_000) } else { happen(arrival) }
        } else {
            later(.arrives(tailnet, ticket, write, process: process, answers: true))
        }
    }

    mutating func later(_ event: Event, atMost limit: Int64? = nil) {
        events.add(event, at: now + dice.roll(1...(limit ?? weather.slow)))
    }
}
