/// A topic was created with a number of partitions that it must not have.
public struct PartitionCountError: Error, CustomStringConvertible {
    public let topic: String
    public let count: Int32
    public let wanted: Int32

    /// Partition counts are fixed for life: with another number, records would be looked for where they are not.
    public static func check(_ topic: String, has count: Int32, wanted: Int32) throws(PartitionCountError) {
        guard count == wanted else { throw PartitionCountError(topic: topic, count: count, wanted: wanted) }
    }

    public var description: String {
        "the topic \(topic) has \(count) partitions; it must have \(wanted), for ever. While it is empty, delete it and "
            + "create it with \(wanted)."
    }
}
