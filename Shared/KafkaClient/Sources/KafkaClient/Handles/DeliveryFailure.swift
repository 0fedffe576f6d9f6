import CRDKafka

extension KafkaError {
    /// librdkafka did not take the record.
    init(refused error: rd_kafka_resp_err_t, topic: String) {
        switch error {
        case RD_KAFKA_RESP_ERR__QUEUE_FULL:
            self.init(.queueFull, "The local queue of records for Kafka is full; a record for \(topic) was not taken.")
        case RD_KAFKA_RESP_ERR__FATAL:
            self.init(
                .replacing, "The Kafka producer is being replaced; a record for \(topic) was not taken. Try again.")
        case RD_KAFKA_RESP_ERR__INVALID_ARG:
            self.init(.rejected, "\"\(topic)\" is not a name a topic can have. Correct it.")
        default:
            self.init(.rejected, "A record for \(topic) cannot be written: \(text(error)).")
        }
    }

    /// librdkafka gave the record up.
    init(undelivered error: rd_kafka_resp_err_t, status: rd_kafka_msg_status_t, topic: String) {
        if status == RD_KAFKA_MSG_STATUS_NOT_PERSISTED, Self.refusals.contains(error.rawValue) {
            self.init(.rejected, "Kafka did not take a record for \(topic): \(text(error)).")
        } else {
            self.init(
                .outcomeUnknown,
                """
                Kafka did not acknowledge a record for \(topic): \(text(error)). It may or may not be in the log; read \
                the log to find out.
                """
            )
        }
    }

    /// Answers that say the record is not in the log. Whatever is not listed counts as unknown.
    private static let refusals: Set<Int32> = Set(
        [
            RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
            RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
            RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
        ].map(\.rawValue))
}
