import CRDKafka

/// Questions to the broker. Each blocks for up to the time given, so each runs on a thread of its own.
extension ClientHandle {
    /// An end of the log.
    enum LogEnd: Int64 {
        /// The low watermark: the oldest record there still is.
        case low = -2
        /// The offset after the last record a reader may see.
        case high = -1
    }

    /// - Returns: `nil` when there is no such topic.
    func partitionCount(of topic: String, milliseconds: Int32) async -> Result<Int32?, KafkaError> {
        await ask { client in
            guard let handle = rd_kafka_topic_new(client, topic, nil) else {
                return .failure(KafkaError(.rejected, "\"\(topic)\" is not a name a topic can have. Correct it."))
            }
            defer { rd_kafka_topic_destroy(handle) }
            var answer: UnsafePointer<rd_kafka_metadata>?
            let error = rd_kafka_metadata(client, 0, handle, &answer, milliseconds)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
                return .failure(.unreachable("the partitions of \(topic)", error))
            }
            defer { rd_kafka_metadata_destroy(answer) }
            guard answer.pointee.topic_cnt > 0, let found = answer.pointee.topics?.pointee else { return .success(nil) }
            switch found.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
                return .success(found.partition_cnt > 0 ? found.partition_cnt : nil)
            case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
                return .success(nil)
            default:
                return .failure(.unreachable("the partitions of \(topic)", found.err))
            }
        }
    }

    /// Offsets at one end of the log, one request to each broker for all partitions.
    func offsets(
        at end: LogEnd, of partitions: [TopicPartition], milliseconds: Int32
    ) async -> Result<[TopicPartition: Int64], KafkaError> {
        guard !partitions.isEmpty else { return .success([:]) }
        return await ask { client in
            // The two reserved "times" of Kafka's ListOffsets.
            let list = PartitionList(partitions.map { ($0, end.rawValue) })
            let error = rd_kafka_offsets_for_times(client, list.pointer, milliseconds)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                return .failure(.unreachable("the end offsets of \(Self.naming(partitions))", error))
            }
            var offsets: [TopicPartition: Int64] = [:]
            for entry in list.entries {
                guard entry.error == RD_KAFKA_RESP_ERR_NO_ERROR, entry.offset >= 0 else {
                    return .failure(.unreachable("the end offset of \(entry.partition)", entry.error))
                }
                offsets[entry.partition] = entry.offset
            }
            return .success(offsets)
        }
    }

    /// The group's committed offsets; partitions without one are left out.
    func committed(
        _ partitions: [TopicPartition], milliseconds: Int32
    ) async -> Result<[TopicPartition: Int64], KafkaError> {
        guard !partitions.isEmpty else { return .success([:]) }
        return await ask { client in
            let list = PartitionList(partitions.map { ($0, Int64(RD_KAFKA_OFFSET_INVALID)) })
            let error = rd_kafka_committed(client, list.pointer, milliseconds)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                return .failure(.unreachable("the committed offsets of \(Self.naming(partitions))", error))
            }
            var offsets: [TopicPartition: Int64] = [:]
            for entry in list.entries {
                guard entry.error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                    return .failure(.unreachable("the committed offset of \(entry.partition)", entry.error))
                }
                if entry.offset >= 0 { offsets[entry.partition] = entry.offset }
            }
            return .success(offsets)
        }
    }

    /// Commits and waits for the answer.
    func commit(_ offsets: [TopicPartition: Int64], milliseconds: Int32) async -> Result<Void, KafkaError> {
        await ask { client in
            // A queue of its own: on the client's queue the answer would stand behind records nobody may hand over
            // any more.
            guard let answers = rd_kafka_queue_new(client) else {
                return .failure(KafkaError(.unreachable, "The offsets were not committed: no queue for the answer."))
            }
            defer { rd_kafka_queue_destroy(answers) }
            let list = PartitionList(offsets.map { ($0.key, $0.value) })
            var error = rd_kafka_commit_queue(client, list.pointer, answers, nil, nil)
            if error == RD_KAFKA_RESP_ERR_NO_ERROR {
                if let event = rd_kafka_queue_poll(answers, milliseconds) {
                    error = rd_kafka_event_error(event)
                    rd_kafka_event_destroy(event)
                } else {
                    error = RD_KAFKA_RESP_ERR__TIMED_OUT
                }
            }
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                return .failure(.unreachable("the commit of \(Self.naming(offsets.keys.sorted()))", error))
            }
            return .success(())
        }
    }

    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (OpaquePointer) -> Result<Answer, KafkaError>
    ) async -> Result<Answer, KafkaError> {
        await onOwnThread {
            self.use { pointers in question(pointers.client) }
                ?? .failure(KafkaError(.closed, "The Kafka client is closed."))
        }
    }

    private static func naming(_ partitions: [TopicPartition]) -> String {
        let names = partitions.prefix(3).map(\.description).joined(separator: ", ")
        return partitions.count > 3 ? "\(names) and \(partitions.count - 3) more" : names
    }
}

extension KafkaError {
    static func unreachable(_ subject: String, _ error: rd_kafka_resp_err_t) -> KafkaError {
        KafkaError(
            .unreachable, "Kafka did not answer about \(subject): \(text(error)). Nothing was changed; try again.")
    }
}
