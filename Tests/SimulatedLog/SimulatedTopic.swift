/// A topic of a simulated log.
public struct SimulatedTopic: Hashable, Sendable {
    /// What may be taken away from it. Nothing at all: it is kept for ever.
    public struct Cleanup: OptionSet, Hashable, Sendable {
        public let rawValue: Int

        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Records for whose key there is a newer one, and tombstones.
        public static let compact = Cleanup(rawValue: 1)
        /// The oldest records.
        public static let delete = Cleanup(rawValue: 2)
    }

    public let name: String
    public let partitions: Int32
    public let cleanup: Cleanup

    /// - Parameters:
    ///   - partitions: at least 1; 1 unless said otherwise.
    ///   - cleanup: none unless said otherwise.
    public init(_ name: String, partitions: Int32 = 1, cleanup: Cleanup = []) {
        self.name = name
        self.partitions = partitions
        self.cleanup = cleanup
    }
}
