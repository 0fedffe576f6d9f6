import SymConfiguration
import SymMessages

/// Decides one matter on one request. Pure; it is decided again when the event it led to lost its place in the log.
struct Judge {
    let known: Knowledge
    let log: RequestLog
    let now: Timestamp

    var request: Request { log.request }

    func rule(on matter: Matter) -> Ruling {
        if request.isFrozen {
            return .park(reason: Self.needsNewerVersion(request.id))
        }
        switch matter {
        case .command(let envelope):
            return log.hasAnswered(envelope.id) ? .nothing : .append(answer(to: envelope))
        case .outcome(let envelope):
            return log.hasAnswered(envelope.id) ? .nothing : rule(on: envelope.body, cause: envelope.id)
        case .timer(let moment): return rule(onTimersDueBy: moment)
        case .owed(let due): return rule(on: due)
        }
    }

    /// Every command has one answer.
    private func answer(to envelope: Envelope<Command>) -> RequestEvent {
        do {
            return switch envelope.body {
            case .submit(let submit): answer(to: submit, askedAt: envelope.time, cause: envelope.id)
            case .reject(let reject): answer(to: reject, cause: envelope.id)
            case .approve(let vote): try approve(vote, castAt: envelope.time, cause: envelope.id)
            case .deny(let vote): try deny(vote, castAt: envelope.time, cause: envelope.id)
            case .cancel(let stop): try cancel(stop, cause: envelope.id)
            case .end(let stop): try end(stop, cause: envelope.id)
            case .extend(let extend): try self.extend(extend, askedAt: envelope.time, cause: envelope.id)
            }
        } catch {
            let refused = Fact.CommandRefused(
                command: envelope.body.type, by: envelope.body.author, refusal: error)
            return event(request.state, .commandRefused(refused), envelope.id)
        }
    }

    static func needsNewerVersion(_ id: RequestID) -> String {
        "request \(id) has an event of a newer version; it needs a newer approval service"
    }

    /// A refusal about a request without events stands outside the sequence.
    func event(_ state: RequestState, _ fact: Fact, _ cause: String) -> RequestEvent {
        let isOutside = log.sequence == 0 && state == .none
        return RequestEvent(sequence: isOutside ? nil : log.sequence + 1, state: state, cause: cause, fact: fact)
    }

    /// - Throws: what to tell where there is no such request.
    func mustExist() throws(Refusal) {
        guard request.state != .none else { throw Refusal(.notFound, "There is no request \(request.id).") }
    }
}
