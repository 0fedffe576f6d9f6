/// Whether Kafka is there, by what it answers: a value, told of every question and of every record.
///
/// It counts as away when its ends were asked for and nothing came for ``patience``, or when no record could be made durable
/// for ``recordsWithin``; as back with the first answer. A mistake costs little: who takes it for away ends what is due by
/// the copy of the ledger, which is behind by no more than the silence.
public struct LedgerContact: Sendable {
    public typealias Instant = ContinuousClock.Instant

    public enum News: Sendable, Equatable { case away, back }

    /// Where a record must stand before it counts.
    public enum Store: Sendable { case ledger, localCopy }

    /// Shorter than it takes the group to give the partitions of one that is silent to another (6 s).
    public static let patience = Duration.seconds(5)
    /// A record that could not be made durable is tried again several times within it.
    public static let recordsWithin = Duration.seconds(15)
    /// A question that took longer than any can: the process stood still meanwhile, and its failure says nothing.
    private static let longestQuestion = Duration.seconds(9)
    /// One that could not be so long ago says nothing any more.
    private static let refusalCounts = Duration.seconds(60)

    public private(set) var isAway = false
    private var silentSince: Instant?
    private var refusals: [Store: (first: Instant, last: Instant)] = [:]

    public init() {}

    /// A question to which only Kafka knows the answer.
    public mutating func asked(at asked: Instant, isAnswered: Bool, now: Instant) -> News? {
        if isAnswered {
            silentSince = nil
        } else if now - asked > Self.longestQuestion {
            silentSince = nil
            return nil
        } else {
            silentSince = silentSince ?? asked
        }
        return judge(now)
    }

    /// A record that is durable there now, or may not be.
    public mutating func recorded(_ isDurable: Bool, in store: Store, now: Instant) -> News? {
        if isDurable {
            refusals[store] = nil
        } else if let known = refusals[store], now - known.last < Self.refusalCounts {
            refusals[store] = (known.first, now)
        } else {
            refusals[store] = (now, now)
        }
        return judge(now)
    }

    private mutating func judge(_ now: Instant) -> News? {
        let isSilent = silentSince.map { now - $0 >= Self.patience } ?? false
        let isDeaf = refusals.values.contains {
            $0.last - $0.first >= Self.recordsWithin && now - $0.last < Self.refusalCounts
        }
        let before = isAway
        isAway = isSilent || isDeaf
        return isAway == before ? nil : isAway ? .away : .back
    }
}
