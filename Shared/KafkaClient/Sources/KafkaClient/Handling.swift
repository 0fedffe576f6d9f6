/// How a consumer calls its handler: which calls may overlap, and when an offset counts as done.
public struct Handling: Sendable {
    /// What stays in order within one partition.
    public enum Order: Hashable, Sendable {
        /// One call at a time for each partition, with everything that waits there.
        case partition
        /// Up to `atOnce` calls at a time for each partition, each with the waiting records of one key. Records of
        /// one key stay in order; those without a key count as having the same one.
        case key(atOnce: Int)
    }

    /// What moves the offset from which a restarted consumer goes on.
    public enum Offsets: Sendable {
        /// A call that returns normally; one that throws does not. With overlapping calls it is the lowest offset
        /// that is not finished.
        case onReturn
        /// Only what is put into this store. For handlers that pass records on and learn later that they are done.
        case stored(in: OffsetStore)
    }

    public var order: Order
    public var offsets: Offsets
    /// Calls at a time over all partitions.
    public var callsAtOnce: Int
    /// How long calls under way may go on when their partitions are taken away or the consumer stops. After that they
    /// are cancelled, and the partitions are given up without them.
    public var revocationDeadline: Duration

    /// - Parameters:
    ///   - order: `.partition` unless said otherwise.
    ///   - offsets: `.onReturn` unless said otherwise.
    ///   - callsAtOnce: at least 1; 64 unless said otherwise.
    ///   - revocationDeadline: five seconds unless said otherwise.
    public init(
        order: Order = .partition, offsets: Offsets = .onReturn, callsAtOnce: Int = 64,
        revocationDeadline: Duration = .seconds(5)
    ) {
        self.order = order
        self.offsets = offsets
        self.callsAtOnce = callsAtOnce
        self.revocationDeadline = revocationDeadline
    }

    func check() throws(KafkaError) {
        guard callsAtOnce > 0 else {
            throw KafkaError(.settings, "A consumer must be allowed at least one call at a time (callsAtOnce).")
        }
        if case .key(let atOnce) = order, atOnce < 1 {
            throw KafkaError(.settings, "A partition must be allowed at least one call at a time (atOnce).")
        }
    }
}
