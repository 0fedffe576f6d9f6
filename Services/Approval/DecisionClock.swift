import SymMessages

/// When time does something to a request: nobody decided, people are to be reminded, others to be asked.
///
/// A deadline counts only after every vote that may have been cast in time was read: when one is due, the ends of the
/// inputs are asked for, and it fires once they were read up to there.
struct DecisionClock: Sendable {
    enum Ring: Equatable {
        case nothing
        case askForEnds
        /// Whatever is due on these by `moment`: all that was written before it was read.
        case due([RequestID], moment: Timestamp)
    }

    private enum Inquiry {
        case none
        case asked
        case answered(ends: [Stream: Int64], asked: Timestamp)
    }

    private var deadlines: [RequestID: Timestamp] = [:]
    private var read: [Stream: Int64] = [:]
    private var inquiry = Inquiry.none
    /// All inputs written before this moment were read.
    private var readThrough: Timestamp?
    /// Never later than the earliest deadline; found anew only when something is due.
    private var earliest: Timestamp?

    var nextDeadline: Timestamp? {
        if case .none = inquiry { earliest } else { nil }
    }

    mutating func follow(_ request: Request) {
        guard let round = request.pending, !round.isAutomatic, !request.isFrozen else {
            deadlines[request.id] = nil
            return
        }
        let deadline = round.nextTimer
        deadlines[request.id] = deadline
        earliest = min(earliest ?? deadline, deadline)
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
            // Not by a clock that was set back since: what is written until then was not read.
            if let readThrough, readThrough <= now, earliest <= readThrough, let due = take(dueBy: readThrough) {
                return due
            }
            guard deadlines.values.contains(where: { $0 <= now }) else {
                self.earliest = deadlines.values.min()
                return .nothing
            }
            inquiry = .asked
            return .askForEnds
        case .asked: return .nothing
        case .answered(let ends, let asked):
            guard ends.allSatisfy({ read[$0.key, default: 0] >= $0.value }) else { return .nothing }
            inquiry = .none
            readThrough = max(readThrough ?? asked, asked)
            return take(dueBy: asked) ?? .nothing
        }
    }

    private mutating func take(dueBy moment: Timestamp) -> Ring? {
        let due = deadlines.filter { $0.value <= moment }.keys.sorted()
        for request in due { deadlines[request] = nil }
        earliest = deadlines.values.min()
        return due.isEmpty ? nil : .due(due, moment: moment)
    }
}
