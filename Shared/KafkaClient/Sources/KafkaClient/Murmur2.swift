/// The partition a key belongs to: Kafka's murmur2 (seed 0x9747b28c), sign bit cleared, modulo `count`. The same as
/// librdkafka's `murmur2` partitioner and Kafka's Java client choose.
///
/// There must be at least one partition.
public func murmur2Partition(key: [UInt8], count: Int32) -> Int32 {
    Int32(truncatingIfNeeded: (murmur2(key) & 0x7fff_ffff) % UInt32(count))
}

/// MurmurHash2, 32 bits, in the variant of Apache Kafka (`org.apache.kafka.common.utils.Utils.murmur2`).
func murmur2(_ data: [UInt8]) -> UInt32 {
    let multiplier: UInt32 = 0x5bd1_e995
    var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: data.count)
    var index = 0
    while index + 4 <= data.count {
        var word =
            UInt32(data[index]) | UInt32(data[index + 1]) << 8 | UInt32(data[index + 2]) << 16
            | UInt32(data[index + 3]) << 24
        word = word &* multiplier
        word ^= word >> 24
        word = word &* multiplier
        hash = hash &* multiplier ^ word
        index += 4
    }
    if index < data.count {
        for (position, byte) in data[index...].enumerated() {
            hash ^= UInt32(byte) << (8 * UInt32(position))
        }
        hash = hash &* multiplier
    }
    hash ^= hash >> 13
    hash = hash &* multiplier
    hash ^= hash >> 15
    return hash
}
