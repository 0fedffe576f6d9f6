import SymMessages

/// A document that the service does not take even as it stands, so that no change is to blame.
struct BrokenDocument: Sendable {
    let version: String
    /// For people.
    let words: String
    /// Until then nothing is added to it; then it may have become sound without being changed.
    let until: Timestamp
}

/// Before a change is blamed for a rejected write, the service is asked about the document as it stands.
extension TailnetWorker {
    /// Milliseconds for which an answer about a version counts.
    private static var answerCounts: Int64 { 30_000 }
    /// Milliseconds between two looks at a document that must be repaired before anybody is granted anything.
    static var repairedWithin: Int64 { 5_000 }

    mutating func rejected(
        _ batch: Batch, _ reading: Reading, _ message: String, _ turn: inout Turn<Target>
    ) {
        let version = Target.version(of: reading.document)
        if let broken = brokenDocument(of: version, turn.now) { return setAside(batch, broken, &turn) }
        if let sound, sound.version == version, turn.now < sound.until {
            return isolate(batch, message, rejected: true, &turn)
        }
        calls.spend(1, at: turn.now)
        let ticket = nextTicket()
        step = .validating(ticket, reading, batch, rejection: message)
        turn.effects.append(.validate(tailnet, reading.credential, ticket, reading.document))
    }

    mutating func received(_ result: ValidationResult, for ticket: Ticket, _ turn: inout Turn<Target>) {
        guard isCurrent(ticket), case .validating(_, let reading, let batch, let rejection) = step else { return }
        let version = Target.version(of: reading.document)
        let until = turn.now.advanced(byMilliseconds: Self.answerCounts)
        switch result {
        case .accepted:
            noteSound(&turn)
            sound = (version, until)
            isolate(batch, rejection, rejected: true, &turn)
        case .unknown:
            isolate(batch, rejection, rejected: true, &turn)
        case .refused(let reason):
            let words =
                "the service does not take its policy file any more even as it stands, whatever is changed: "
                + "\(reason.hasSuffix(".") ? reason : reason + ".") Correct the file; the admin console shows what is wrong."
            let document = BrokenDocument(version: version, words: words, until: until)
            if broken?.words != words {
                turn.log(
                    .alarm,
                    "\(tailnet): \(words) Until then nothing is granted there; ends are tried again and again.")
            }
            broken = document
            trouble = words
            setAside(batch, document, &turn)
        case .unauthorized(let message):
            credentials.refused(reading.credential, at: turn.now)
            complain(message, as: .alarm, &turn)
            pause(nil, refused: reading.credential, &turn)
        case .unavailable(let message, let retryAfter):
            pause(message, retryAfter: retryAfter, &turn)
        }
    }

    func brokenDocument(of version: String, _ now: Timestamp) -> BrokenDocument? {
        broken.flatMap { $0.version == version && now < $0.until ? $0 : nil }
    }

    /// The service took the document.
    mutating func noteSound(_ turn: inout Turn<Target>) {
        guard broken != nil else { return }
        broken = nil
        turn.log(.notice, "\(tailnet): the service takes its policy file again.")
    }

    /// No grant fails because of it: they wait. Removals go on, by themselves: one of them may be what repairs the document.
    private mutating func setAside(_ batch: Batch, _ broken: BrokenDocument, _ turn: inout Turn<Target>) {
        if batch.additions.isEmpty {
            isolate(batch, broken.words, rejected: true, &turn)
        } else {
            replan(&turn)
        }
    }
}
