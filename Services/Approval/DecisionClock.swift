import SymMessages

/// When the time to decide on a request is over.
///
/// A deadline counts only after every vote that may have been cast in time was read: when one is due, the ends of the
/// inputs are asked for, and it fires once they were read up to there.
struct DecisionClock: Sendable {
    struct Due: Sendable, Equatable {
        let request: RequestID
        let round: Int
    }

    enum Ring: Equatable {
        case nothing
        case askForEnds
        case due([Due])
    }

    private enum Inquiry {
        case none
        case asked
        case answered(ends: [Stream: Int64], asked: Timestamp)
    }

    private var deadlines: [RequestID: (at: Timestamp, round: Int)] = [:]
    private var read: [Stream: Int64] = [:]
    private var inquiry = Inquiry.none
    /// Never later than the earliest deadline; found anew only when something is due.
    private var earliest: Timestamp?

    var nextDeadline: Timestamp? {
        if case .none = inquiry { earliest } else { nil }
    }

    mutating func follow(_ request: Request) {
        guard request.state == .pending, let terms = request.terms, !terms.decision.isAutomatic else {
            deadlines[request.id] = nil
            return
        }
        deadlines[request.id] = (terms.pendingUntil, terms.offer.round)
        earliest = min(earliest ?? terms.pendingUntil, terms.pendingUntil)
    }

    mutating func read(_ stream: Stream, upTo offset: Int64) {
        read[stream] = max(read[stream] ?? 0, offset)
    }

    mutating func inputsEnd(_ ends: [Stream: Int64], asked: Timestamp) {
        if case .asked = inquiry { inquiry = .answered(ends: ends, asked: asked) }
    }

    mutating func ring(_ now: Timestamp) -> Ring {
        switch inquiry {
        case .none:
            guard let earliest, earliest <= now else { return .nothing }
            guard deadlines.values.contains(where: { $0.at <= now }) else {
                self.earliest = deadlines.values.map(\.at).min()
                return .nothing
            }
            inquiry = .asked
            return .askForEnds
        case .asked: return .nothing
        case .answered(let ends, let asked):
            guard ends.allSatisfy({ read[$0.key, default: 0] >= $0.value }) else { return .nothing }
            inquiry = .none
            let due = deadlines.filter { $0.value.at <= asked }
            for request in due.keys { deadlines[request] = nil }
            earliest = deadlines.values.map(\.at).min()
            return .due(
                due.map { Due(request: $0.key, round: $0.value.round) }.sorted { $0.request < $1.request })
        }
    }
}
