import CRDKafka

/// Owns one of librdkafka's lists of partitions with offsets.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ partitions: some Collection<(TopicPartition, Int64)>) {
        pointer = rd_kafka_topic_partition_list_new(Int32(partitions.count))
        for (partition, offset) in partitions {
            rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition).pointee.offset = offset
        }
    }

    deinit {
        rd_kafka_topic_partition_list_destroy(pointer)
    }

    var entries: [PartitionListEntry] { Self.entries(of: pointer) }

    static func entries(of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> [PartitionListEntry] {
        (0..<Int(list.pointee.cnt)).map { index in
            let element = list.pointee.elems[index]
            let topic = element.topic.map { String(cString: $0) } ?? ""
            return PartitionListEntry(
                partition: TopicPartition(topic: topic, partition: element.partition), offset: element.offset,
                error: element.err)
        }
    }
}

struct PartitionListEntry {
    let partition: TopicPartition
    let offset: Int64
    let error: rd_kafka_resp_err_t
}
