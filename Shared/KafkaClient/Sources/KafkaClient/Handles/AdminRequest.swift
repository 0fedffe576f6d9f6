import CRDKafka

/// A request to the broker that manages the cluster, and the wait for its answer.
struct AdminRequest {
    let operation: rd_kafka_admin_op_t
    /// Goes on from "Kafka did not answer about".
    let subject: String
    /// Whether something may have been done though there is no answer.
    let changes: Bool
    let deadline: ContinuousClock.Instant

    /// Blocks until the answer, or until the deadline and a moment more.
    func perform<Answer>(
        _ client: OpaquePointer, send: (_ options: OpaquePointer, _ queue: OpaquePointer) -> Void,
        answer: (_ event: OpaquePointer) -> Result<Answer, KafkaError>
    ) -> Result<Answer, KafkaError> {
        guard let queue = rd_kafka_queue_new(client), let options = rd_kafka_AdminOptions_new(client, operation) else {
            return .failure(KafkaError(.fatal, "librdkafka has no request for \(subject). Restart the process."))
        }
        defer {
            rd_kafka_AdminOptions_destroy(options)
            rd_kafka_queue_destroy(queue)
        }
        let milliseconds = deadline.millisecondsFromNow
        rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, nil, 0)
        if changes {
            // So that the broker answers that it needs more time, before we stop listening.
            rd_kafka_AdminOptions_set_operation_timeout(options, max(1, milliseconds / 2), nil, 0)
        }
        send(options, queue)
        // librdkafka itself answers that the time is over; should it not, this does.
        guard let event = rd_kafka_queue_poll(queue, milliseconds + 500) else {
            return .failure(failure(RD_KAFKA_RESP_ERR__TIMED_OUT))
        }
        defer { rd_kafka_event_destroy(event) }
        let error = rd_kafka_event_error(event)
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else { return .failure(failure(error)) }
        return answer(event)
    }

    private func failure(_ error: rd_kafka_resp_err_t) -> KafkaError {
        switch error {
        case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR__DESTROY:
            .unanswered(subject, error, changes: changes)
        default:
            .refused(subject, error)
        }
    }
}

extension ContinuousClock.Instant {
    /// At least 1: the time that is left.
    var millisecondsFromNow: Int32 {
        let left = ContinuousClock.now.duration(to: self).components
        return max(1, Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000))
    }
}

extension KafkaError {
    static func refused(_ subject: String, _ error: rd_kafka_resp_err_t, _ words: String? = nil) -> KafkaError {
        let reason = words.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 } ?? text(error)
        return KafkaError(.refused, "Kafka refused the request about \(subject): \(reason). Correct it, or its rights.")
    }

    /// - Parameter changes: whether something may have been done though there is no answer.
    static func unanswered(_ subject: String, _ error: rd_kafka_resp_err_t, changes: Bool) -> KafkaError {
        let state =
            changes ? "It may or may not have been done; look at the topics." : "Nothing was changed; try again."
        return KafkaError(.unreachable, "Kafka did not answer in time about \(subject): \(text(error)). \(state)")
    }
}
