/// How often a ``SimulatedLog`` does what Kafka may do. Rates are from 0, never, to 1, always.
public struct Weather: Hashable, Sendable {
    // MARK: Of each send

    /// The record is in the log; the sender does not learn it.
    public var answerLost = 0.0
    /// The record is not and never will be in the log; the sender does not learn it.
    public var sendLost = 0.0
    /// The sender is told that the outcome is unknown; the record comes later, or never.
    public var late = 0.0
    /// As `late`, but the record is in the log at once, or comes two times.
    public var twice = 0.0

    // MARK: Of each commit

    /// The group's member gets no answer; half of these commits are stored.
    public var commitUnanswered = 0.0
    /// A member waits with a commit until it has more to commit, or gives its partitions up.
    public var commitDelayed = 0.0

    // MARK: Of each turn

    /// One partition of a compacted topic is compacted, up to somewhere.
    public var compaction = 0.0
    /// The tombstones that went through a compaction go from one partition.
    public var tombstoneDrop = 0.0
    /// One partition of a topic with deletion is cut from the front.
    public var trim = 0.0
    /// One late record arrives.
    public var lateArrival = 0.0
    /// One committed offset is forgotten.
    public var commitForgotten = 0.0
    /// One committed offset is set back, so that records are delivered once more.
    public var commitSetBack = 0.0
    /// A topic, or the offsets of all groups, cannot be reached for a while.
    public var outage = 0.0
    /// A group is balanced anew without any reason.
    public var rebalance = 0.0
    /// A member loses its place in its group; it may notice later.
    public var expiry = 0.0

    // MARK: Sizes

    /// The most turns and vain attempts an outage lasts.
    public var outageTurns = 20
    /// The newest offsets of a partition that `trim` never touches.
    public var retention: Int64 = 1000
    /// The most records a reader hands over at once. A random number of them, unless the weather is calm.
    public var batch = 500
    public var isBatchRandom = false

    public init() {}

    /// Nothing happens by itself.
    public static let calm = Weather()

    /// Everything happens by itself that a service must survive. What needs an operator's decision does not: nothing
    /// is trimmed within the newest thousand offsets.
    public static let rough: Weather = {
        var weather = Weather()
        weather.answerLost = 0.05
        weather.sendLost = 0.05
        weather.late = 0.05
        weather.twice = 0.03
        weather.commitUnanswered = 0.1
        weather.commitDelayed = 0.5
        weather.compaction = 0.1
        weather.tombstoneDrop = 0.05
        weather.trim = 0.05
        weather.lateArrival = 0.1
        weather.commitForgotten = 0.002
        weather.commitSetBack = 0.01
        weather.outage = 0.01
        weather.rebalance = 0.01
        weather.expiry = 0.005
        weather.batch = 7
        weather.isBatchRandom = true
        return weather
    }()
}
