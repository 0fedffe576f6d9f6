import CRDKafka
import Logging

/// What arrives in a client's queue, copied out of librdkafka's memory.
enum ClientEvent {
    case assigned([TopicPartition])
    case revoked
    case committed([TopicPartition: Int64], rd_kafka_resp_err_t)
    case statistics(String)
    case failed(rd_kafka_resp_err_t, String, TopicPartition?)
    case fatal(String)
}

extension ClientHandle {
    /// Takes what stands in a consumer's queue, at most `limit` events. Fewer means that the queue was found empty.
    func takeEvents(limit: Int, logger: Logger) -> [ClientEvent] {
        use { pointers in
            var events: [ClientEvent] = []
            while events.count < limit, let event = rd_kafka_queue_poll(pointers.queue, 0) {
                defer { rd_kafka_event_destroy(event) }
                ClientEvent.append(event, of: pointers.client, to: &events, logger: logger)
            }
            return events
        } ?? []
    }
}

extension ClientEvent {
    fileprivate static func append(
        _ event: OpaquePointer, of client: OpaquePointer, to events: inout [ClientEvent], logger: Logger
    ) {
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_REBALANCE:
            if rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS,
                let list = rd_kafka_event_topic_partition_list(event)
            {
                events.append(.assigned(PartitionList.entries(of: list).map(\.partition).sorted()))
            } else {
                events.append(.revoked)
            }
        case RD_KAFKA_EVENT_OFFSET_COMMIT:
            guard let list = rd_kafka_event_topic_partition_list(event) else { break }
            let offsets = PartitionList.entries(of: list).map { ($0.partition, $0.offset) }
            events.append(.committed(Dictionary(offsets) { _, last in last }, rd_kafka_event_error(event)))
        case RD_KAFKA_EVENT_ERROR:
            events.append(failure(event, of: client))
        case RD_KAFKA_EVENT_STATS:
            if let json = statistics(event) { events.append(.statistics(json)) }
        case RD_KAFKA_EVENT_FETCH:
            // Passing one over would lose it.
            events.append(.fatal("a record arrived outside its partition's queue"))
        default:
            log(event, to: logger)
        }
    }

    /// An error event, of a client or of one partition.
    static func failure(_ event: OpaquePointer, of client: OpaquePointer) -> ClientEvent {
        let error = rd_kafka_event_error(event)
        let reason = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? text(error)
        if rd_kafka_event_error_is_fatal(event) != 0 || error == RD_KAFKA_RESP_ERR__FATAL {
            var words = [CChar](repeating: 0, count: 512)
            let cause = rd_kafka_fatal_error(client, &words, words.count)
            return .fatal(cause == RD_KAFKA_RESP_ERR_NO_ERROR ? reason : text(words))
        }
        guard let pointer = rd_kafka_event_topic_partition(event) else { return .failed(error, reason, nil) }
        defer { rd_kafka_topic_partition_destroy(pointer) }
        let topic = pointer.pointee.topic.map { String(cString: $0) } ?? ""
        return .failed(error, reason, TopicPartition(topic: topic, partition: pointer.pointee.partition))
    }

    static func statistics(_ event: OpaquePointer) -> String? {
        rd_kafka_event_stats(event).map { String(cString: $0) }
    }

    /// Passes a line of librdkafka's log on; other events are of no interest.
    static func log(_ event: OpaquePointer, to logger: Logger) {
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_LOG else { return }
        var facility: UnsafePointer<CChar>?
        var line: UnsafePointer<CChar>?
        var severity: Int32 = 0
        guard rd_kafka_event_log(event, &facility, &line, &severity) == 0, let line else { return }
        let name = facility.map { String(cString: $0) } ?? ""
        // CONFWARN speaks of properties of the other kind of client: `properties` is one list for both. FAIL comes as
        // an error event too.
        let level: Logger.Level =
            switch severity {
            case _ where name == "CONFWARN" || name == "FAIL": .debug
            case ...3: .warning
            case 4: .notice
            case 5: .info
            case 6: .debug
            default: .trace
            }
        logger.log(level: level, "\(String(cString: line))", metadata: ["librdkafka": "\(name)"])
    }
}
