/// What a deciding reader knows of one request, from the beginning of the log up to an offset: `SkimmedRequest` goes on
/// from there as if it had read everything.
public struct RequestSnapshot: Sendable, Equatable {
    /// Everything of the request that stands below this offset of the events' partition is in it.
    public let covers: Int64
    public let state: RequestState
    public let accepted: AcceptedSequence
    public let isFrozen: Bool
    public let isForestalled: Bool
    /// The accepted events as they were read, but refusals; none of a request that is over.
    public let records: [[UInt8]]

    init(
        covers: Int64, state: RequestState, accepted: AcceptedSequence, isFrozen: Bool, isForestalled: Bool,
        records: [[UInt8]]
    ) {
        self.covers = covers
        self.state = state
        self.accepted = accepted
        self.isFrozen = isFrozen
        self.isForestalled = isForestalled
        self.records = records
    }

    public init(_ closed: ClosedRequest, covers: Int64) {
        self.init(
            covers: covers, state: closed.state, accepted: closed.accepted, isFrozen: closed.isFrozen,
            isForestalled: closed.isForestalled, records: [])
    }

    /// - Parameter records: of the accepted events that leave a trace.
    public init(_ log: RequestLog, records: [[UInt8]], covers: Int64) {
        self.init(
            covers: covers, state: log.request.state, accepted: log.accepted, isFrozen: log.request.isFrozen,
            isForestalled: log.sequence > 0 && log.request.submission == nil, records: records)
    }
}

extension Fact {
    /// Whether it changes the request, besides taking a sequence and answering a cause.
    public var leavesTrace: Bool {
        if case .commandRefused = self { false } else { true }
    }
}
