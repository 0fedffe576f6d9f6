import Leases
import SymMessages

/// What becomes of the service's effects: they take their time, get lost, or happen although nobody hears of it.
extension SimulatedWorld {
    mutating func perform(_ effect: Service.Effect, of process: Int) {
        switch effect {
        case .append(let record, let partition):
            oracle.appends(record, by: process, wall: now + (processes[process]?.skew ?? 0), at: now)
            append(.entry(.record(record)), partition, process, failure: .appendFailed(record, partition: partition))
        case .claim(let claim, let partition):
            oracle.readings.beginAnew(process)
            append(.entry(.claim(claim)), partition, process, failure: .claimFailed(claim, partition: partition))
        case .forget(let lease, let partition):
            later(.lands(.tombstone(lease), partition, process: process))
        case .read(let tailnet, let credential, let ticket, _):
            read(tailnet, credential, ticket, process)
        case .write(let tailnet, let credential, let ticket, let write):
            let sent = SentWrite(
                write: write, tailnet: tailnet, ticket: ticket, process: process,
                decidedWall: now + (processes[process]?.skew ?? 0), configured: processes[process]?.configured,
                credential: credential, madeAt: now, isWithoutKafka: isCut(process))
            oracle.decides(sent, at: now)
            later(.sends(sent), atMost: min(weather.slow, 100))
        case .validate(let tailnet, _, let ticket, _):
            later(.input(.validated(tailnet, ticket, .accepted), process: process))
        case .publish(let outcome):
            oracle.publishes(outcome, about: tailnets, at: now)
            acknowledge(process, .told(outcome), .input(.published(outcome, acknowledged: true), process: process)) {
                .input(.published(outcome, acknowledged: false), process: process)
            }
        case .park(let letter, let position):
            acknowledge(
                process, .parked(position), .input(.parked(letter, position, acknowledged: true), process: process)
            ) {
                .input(.parked(letter, position, acknowledged: false), process: process)
            }
        case .commit(let partition, let next):
            commit(partition, Int(next), process)
        case .check(let terms):
            later(.input(.checked(terms.leaseID, refusal: nil), process: process))
        case .catchUp(let tailnet, let partition, let ticket):
            catchUp(tailnet, partition, ticket, process)
        case .log:
            break
        }
    }

    private mutating func acknowledge(
        _ process: Int, _ event: Event, _ answer: Event, otherwise failure: () -> Event
    ) {
        let isLost = isCut(process) || dice.happens(weather.publishesLost)
        if isLost { oracle.recordTrouble(until: now) }
        if !isLost || dice.happens(500) { later(event) }
        later(isLost ? failure() : answer)
    }

    private mutating func commit(_ partition: Int32, _ next: Int, _ process: Int) {
        for order in orders[partition]?.prefix(next).dropFirst(committed[partition] ?? 0) ?? [] {
            if let order { oracle.commits(order, at: now) }
        }
        // A commit carries the group's generation.
        if process == owner { committed[partition] = max(committed[partition] ?? 0, next) }
    }

    private mutating func append(
        _ value: SimulatedLedger.Value, _ partition: Int32, _ process: Int, failure: Service.Input
    ) {
        let landing = Event.lands(value, partition, process: process)
        if isCut(process) {
            if process == owner { oracle.recordTrouble(until: cutEnds(process) + 5_000) }
            // Given up, and sent by the client's library all the same when Kafka is back.
            later(.input(failure, process: process), atMost: 5_000)
            if dice.happens(500) { events.add(landing, at: cutEnds(process) + dice.roll(1...5_000)) }
            return
        }
        let isLost = dice.happens(weather.appendsLost)
        if isLost {
            oracle.recordTrouble(until: now + 5_000)
            later(.input(failure, process: process))
        }
        if !isLost || dice.happens(500) { later(landing, atMost: isLost ? 5_000 : nil) }
        if dice.happens(weather.appendsTwice) { later(landing, atMost: dice.pick([5_000, 30_000])) }
    }

    private mutating func read(
        _ tailnet: Tailnet, _ credential: TailnetCredential, _ ticket: Ticket, _ process: Int
    ) {
        func answer(_ failure: ReadFailure) -> Event {
            .input(.read(tailnet, ticket, .failure(failure)), process: process)
        }
        if now < outageEnds || dice.happens(weather.readsFail) || dice.happens(weather.serverErrors) {
            oracle.trouble(until: now)
            later(answer(.unavailable("no answer", retryAfter: nil)))
        } else if refusedSecrets.contains(credential.secret.path) {
            oracle.trouble(until: now)
            later(answer(.unauthorized("\(credential) is not accepted")))
        } else if dice.happens(weather.tooMany) {
            let wait: Int64 = dice.pick([1_000, 10_000])
            oracle.trouble(until: now + wait)
            later(answer(.unavailable("too many requests", retryAfter: wait)))
        } else if dice.happens(weather.hangs) {
            oracle.trouble(until: now + Allowances.longestCall)
            events.add(answer(.unavailable("no answer", retryAfter: nil)), at: now + Allowances.longestCall)
        } else {
            later(.snapshot(tailnet, ticket, process: process), atMost: 400)
        }
    }

    /// The very last moment at which a write can be held back: on the wall clock, and on one that runs while the process
    /// sleeps.
    mutating func send(_ sent: SentWrite) {
        var sent = sent
        sent.wall = now + (processes[sent.process]?.skew ?? 0)
        sent.sentAt = now
        func answer(_ result: WriteResult) -> Event {
            .input(.written(sent.tailnet, sent.ticket, result), process: sent.process)
        }
        if sent.write.isTooLate(at: at(sent.wall), madeAgo: .milliseconds(now - sent.madeAt)) {
            return later(answer(.tooLate))
        }
        if let target = tailnets[sent.tailnet.name] { oracle.sends(sent, to: target, at: now) }
        if now < outageEnds {
            oracle.trouble(until: now)
            later(answer(.unavailable("no connection", retryAfter: nil)))
        } else if refusedSecrets.contains(sent.credential.secret.path) {
            oracle.trouble(until: now)
            later(answer(.unauthorized("not accepted")))
        } else if dice.happens(weather.tooMany) {
            let wait: Int64 = dice.pick([1_000, 10_000])
            oracle.trouble(until: now + wait)
            later(answer(.unavailable("too many requests", retryAfter: wait)))
        } else if dice.happens(weather.answersLost) || dice.happens(weather.serverErrors) {
            oracle.trouble(until: now)
            later(answer(.answerLost("no answer, or status 500")))
            mayArrive(sent)
        } else if dice.happens(weather.hangs) {
            oracle.trouble(until: now + Allowances.longestCall)
            events.add(answer(.answerLost("timed out")), at: now + Allowances.longestCall)
            mayArrive(sent)
        } else {
            later(.arrives(sent, answers: true))
        }
    }

    private mutating func mayArrive(_ sent: SentWrite) {
        guard dice.happens(500) else { return }
        let arrival = Event.arrives(sent, answers: false)
        if dice.happens(weather.landsLate) {
            later(arrival, atMost: dice.pick([5_000, 30_000]))
        } else {
            happen(arrival)
        }
    }

    mutating func arrive(_ sent: SentWrite, answers: Bool) {
        let name = sent.tailnet.name
        if dice.happens(weather.conflicts) { edit(.othersAdd, of: name) }
        guard let before = tailnets[name] else { return }
        let isPoisoned = sent.write.changes.contains { $0.action == .add && $0.login.key.hasPrefix("poison") }
        var result = WriteResult.preconditionFailed
        if isPoisoned {
            result = .rejected("poison is not a user")
        } else if tailnets[name]?.write(sent.write.draft, ifVersion: sent.write.version, at: now) ?? false {
            result = .written
            if let after = tailnets[name] { oracle.wrote(sent, before: before, after: after, at: now) }
        }
        if answers {
            later(.input(.written(sent.tailnet, sent.ticket, result), process: sent.process))
        }
    }

    mutating func later(_ event: Event, atMost limit: Int64? = nil) {
        events.add(event, at: now + dice.roll(1...(limit ?? weather.slow)))
    }
}
