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
    /// The last accepted sequence; 0 before the first.
    public private(set) var sequence = 0
    private var causes: Set<String> = []
    private let reader: Reader

    public init(id: RequestID, reader: Reader) {
        request = Request(id: id)
        self.reader = reader
    }

    /// Whether an accepted event (or an unsequenced refusal) answers this command, outcome or timer.
    public func hasAnswered(_ cause: String) -> Bool { causes.contains(cause) }

    /// Takes the next event of this request, in the order of the log.
    ///
    /// - Parameter moment: the event's `time`.
    public mutating func append(_ event: RequestEvent, at moment: Timestamp) -> Verdict {
        guard let number = event.sequence else {
            // A refusal about a request without events: outside the rule, counted once per cause.
            return causes.insert(event.cause).inserted ? .accepted : .void
        }
        let adopts = reader == .following && sequence == 0
        guard number == sequence + 1 || (adopts && number > 0) else { return .void }
        sequence = number
        causes.insert(event.cause)
        request.apply(event, at: moment)
        return .accepted
    }

    /// Takes the next event of this request, as it was read.
    public mutating func append(_ envelope: Envelope<RequestEvent>) -> Verdict {
        append(envelope.body, at: envelope.time)
    }
}
