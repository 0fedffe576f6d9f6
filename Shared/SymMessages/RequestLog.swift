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

    public private(set) var request: Request
    public private(set) var accepted = AcceptedSequence()
    private let reader: Reader

    public init(id: RequestID, reader: Reader) {
        request = Request(id: id)
        self.reader = reader
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
