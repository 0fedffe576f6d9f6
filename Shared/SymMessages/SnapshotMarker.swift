/// How far the snapshots of one partition go: from where a reader that has them must read events.
public struct SnapshotMarker: Sendable, Equatable {
    public let partition: Int32
    /// All that was accepted below this offset of the events is in snapshots.
    public let eventsFrom: Int64
    /// Up to this offset of the snapshots' partition its writer had read when it said so; what stands behind may be of
    /// somebody who knew less.
    public let readsTo: Int64
    /// So many requests at least had a snapshot then.
    public let requests: Int

    public init(partition: Int32, eventsFrom: Int64, readsTo: Int64, requests: Int) {
        self.partition = partition
        self.eventsFrom = eventsFrom
        self.readsTo = readsTo
        self.requests = requests
    }

    /// No request has this for an id.
    public static func key(_ partition: Int32) -> String { "marker/\(partition)" }
}
