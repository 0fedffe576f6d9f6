/// What went wrong between us and Kafka, worded for the person who reads the log.
///
/// Messages never hold a property's value, a record's content or a secret.
public struct KafkaError: Error, Hashable, CustomStringConvertible {
    /// What kind of failure it is, and so what the caller may do next. New kinds may be added; always have a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case settings, rejected, outcomeUnknown, queueFull, replacing, cancelled, unreachable,
                outsideLog, unreadable, notAssigned,
                stuck, fatal, closed, refused
        }

        private let kind: Kind

        /// The settings are wrong; nothing was started. Change them.
        public static let settings = Code(kind: .settings)
        /// The record is certainly not in the log and sending it again unchanged will not help.
        public static let rejected = Code(kind: .rejected)
        /// The record may or may not be in the log (time-out, purge, lost connection, cancelled wait). No effect may
        /// rest on either; read the log to find out.
        public static let outcomeUnknown = Code(kind: .outcomeUnknown)
        /// The local queue is full and the record was not taken. Only ``KafkaProducer/enqueue(_:)`` reports this.
        public static let queueFull = Code(kind: .queueFull)
        /// The producer's client is just being replaced and the record was not taken. Only
        /// ``KafkaProducer/enqueue(_:)`` reports this.
        public static let replacing = Code(kind: .replacing)
        /// The waiting task was cancelled before anything was done.
        public static let cancelled = Code(kind: .cancelled)
        /// Kafka did not answer in time. Nothing was changed; try again.
        public static let unreachable = Code(kind: .unreachable)
        /// A position to read from lies outside the log: records were lost or deleted unread. An operator must look.
        public static let outsideLog = Code(kind: .outsideLog)
        /// Records of the log are damaged. Nothing behind them is handed over. An operator must look.
        public static let unreadable = Code(kind: .unreadable)
        /// The partition is not, or no longer, assigned to this consumer.
        public static let notAssigned = Code(kind: .notAssigned)
        /// A call of the handler did not return for longer than `max.poll.interval.ms`. The consumer has left its group,
        /// so that another process goes on; end this one and start anew.
        public static let stuck = Code(kind: .stuck)
        /// Kafka, or the embedded broker, does not do what was asked: not supported, not allowed, not valid. Nothing
        /// was changed, and asking again unchanged will not help.
        public static let refused = Code(kind: .refused)
        /// This client cannot be used any more; end the process and start anew.
        public static let fatal = Code(kind: .fatal)
        /// The client was closed, or is closing.
        public static let closed = Code(kind: .closed)

        public var description: String { kind.rawValue }
    }

    public let code: Code
    /// What happened, to what, and what to do next.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(message) [\(code)]" }
}

extension KafkaError {
    static let operatorsDecision =
        "This needs an operator's decision: find out what is missing, then set the group's offset."

    /// A batch cannot be read, and librdkafka would pass it over.
    static func unreadable(_ partition: TopicPartition, _ reason: String) -> KafkaError {
        KafkaError(
            .unreadable,
            "Records of \(partition) are damaged, or of a format librdkafka does not know (\(reason)). \(operatorsDecision)"
        )
    }

    /// Reading was overtaken by the log's deletion of old records.
    static func overtaken(_ partition: TopicPartition, _ reason: String) -> KafkaError {
        KafkaError(
            .outsideLog,
            """
            The next offset to read of \(partition) is no longer in the log: records were lost, or deleted before they \
            were read (\(reason)). \(operatorsDecision)
            """)
    }
}
