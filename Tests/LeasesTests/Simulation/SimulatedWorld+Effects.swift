import Leases
import SymMessages

/// What becomes of the service's effects: they take their time, get lost, or happen although nobody hears of it.
extension SimulatedWorld {
    mutating func perform(_ effect: Service.Effect) {
        switch effect {
        case .append(let record, let partition):
            let isLost = dice.happens(weather.appendsLost)
            if isLost { later(.input(.appendFailed(record, partition: partition), process: process)) }
            let landing = Event.lands(record, partition, process: process)
            if !isLost || dice.happens(500) { later(landing, atMost: isLost ? 5_000 : nil) }
            if dice.happens(weather.appendsLost) { later(landing, atMost: 5_000) }
        case .read(let tailnet, _, let ticket, _):
            if now < outageEnds || dice.happens(weather.readsFail) {
                let failure: ReadFailure =
                    dice.happens(200) ? .unauthorized("no") : .unavailable("no answer", retryAfter: nil)
                later(.input(.read(tailnet, ticket, .failure(failure)), process: process))
            } else {
                later(.snapshot(tailnet, ticket, process: process), atMost: 400)
            }
        case .write(let tailnet, _, let ticket, let write):
            send(write, tailnet, ticket)
        case .publish(let outcome):
            if let record = ledger.values.joined().first(where: { $0.terms.leaseID == outcome.leaseID }),
                let tailnet = tailnets[record.terms.tailnet]
            {
                oracle.publishes(outcome, about: tailnet, at: now)
            }
            let isLost = dice.happens(weather.publishesLost)
            if !isLost || dice.happens(500) { later(.told(outcome)) }
            later(.input(.published(outcome, acknowledged: !isLost), process: process))
        case .commit(let partition, let next):
            committed[partition] = max(committed[partition] ?? 0, Int(next))
        case .park(let letter, let position):
            later(.input(.parked(letter, position, acknowledged: true), process: process))
        case .check(let terms):
            later(.input(.checked(terms.leaseID, refusal: nil), process: process))
        case .log:
            break
        }
    }

    mutating func send(_ write: Write<ToyTarget.Draft>, _ tailnet: Tailnet, _ ticket: Ticket) {
        guard write.deadline.map({ at(now) < $0 }) ?? true else {
            return later(.input(.written(tailnet, ticket, .tooLate), process: process))
        }
        if let target = tailnets[tailnet.name] { oracle.sends(write, to: target, at: now) }
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
