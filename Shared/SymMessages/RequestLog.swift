/// The events of one request, as any reader must take them: the sequence rule and the fold together.
public struct RequestLog: Sendable {
    public enum Verdict: Sendable, Equatable {
        case accepted
        /// Takes no effect, for every reader alike.
        case void
    }

    /// Where this reader began.
    public enum Reader: Sendable {
        /// At the beginning of the topic; a request whose first event is gone is closed for it.
        case deciding
        /// Anywhere: adopts the first sequence it meets.
        case following
    }

    /// Of what a deciding reader keeps instead of the log itself; snapshots of another version are not believed. To be
    /// raised whenever a change makes the same events leave something else: which of them are accepted, how causes are
    /// remembered, which states are final, what `ClosedRequest` and `SkimmedRequest` keep of them. A new type of event is no
    /// such change: a version that does not know it calls the request frozen, and no version believes that of another.
    public static let foldVersion = 1

    public private(set) var request: Request
    public private(set) var accepted = AcceptedSequence()
    private let reader: Reader

    public init(id: RequestID, reader: Reader) {
        request = Request(id: id)
        self.reader = reader
    }

    /// Of a deciding reader, from what it kept.
    ///
    /// - Parameter events: the accepted ones, in order; but refusals, which leave no trace besides their causes.
    init(id: RequestID, accepted: AcceptedSequence, events: [Envelope<RequestEvent>]) {
        request = Request(id: id)
        self.accepted = accepted
        reader = .deciding
        for event in events { request.apply(event.body, at: event.time) }
    }

    /// The last accepted sequence; 0 before the first.
    public var sequence: Int { accepted.last }

    /// Whether an accepted event (or an unsequenced refusal) answers this command, outcome or timer.
    public func hasAnswered(_ cause: String) -> Bool { accepted.hasAnswered(cause) }

    /// Takes the next event of this request, in the order of the log.
    ///
    /// - Parameter moment: the event's `time`.
    public mutating func append(_ event: RequestEvent, at moment: Timestamp) -> Verdict {
        let verdict = accepted.append(event.sequence, cause: event.cause, adopts: reader == .following)
        if verdict == .accepted, event.sequence != nil { request.apply(event, at: moment) }
        return verdict
    }

    /// Takes the next event of this request, as it was read.
    public mutating func append(_ envelope: Envelope<RequestEvent>) -> Verdict {
        append(envelope.body, at: envelope.time)
    }
}
