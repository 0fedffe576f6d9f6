import SymMessages

/// What a partition remembers of a request.
enum RequestMemory: Sendable {
    /// While the past is read.
    case skimmed(SkimmedRequest)
    /// In a box: it is much larger than the others, of which there are many more.
    indirect case open(RequestLog)
    /// Over.
    case closed(ClosedRequest)

    init(_ log: RequestLog) {
        self = ClosedRequest(log).map { .closed($0) } ?? .open(log)
    }

    /// Whether any event of it was accepted.
    var isOfEvents: Bool { if case .open(let log) = self { !log.accepted.isEmpty } else { true } }
}
