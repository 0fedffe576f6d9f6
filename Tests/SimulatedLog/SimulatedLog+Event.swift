public import KafkaClient

extension SimulatedLog {
    /// One thing that happened to the log.
    public enum Event: Hashable, Sendable {
        case written(Delivery, isLate: Bool)
        /// A sender was told `outcomeUnknown`.
        case unacknowledged(TopicPartition, now: Int, later: Int)
        case lateDropped(TopicPartition)
        case compacted(TopicPartition, removed: Int)
        case tombstonesDropped(TopicPartition, Int)
        case trimmed(TopicPartition, to: Int64)
        case tailLost(TopicPartition, from: Int64)
        case committed(group: String, TopicPartition, Int64)
        /// `nil`: the member had lost its place.
        case commitRefused(group: String, generation: Int?)
        /// The member got no answer.
        case commitUnanswered(group: String, isStored: Bool)
        case commitForgotten(group: String, TopicPartition)
        case commitMoved(group: String, TopicPartition, to: Int64)
        /// A new generation of a group.
        case balanced(group: String, generation: Int)
        /// A member lost its place.
        case expired(group: String, reader: Int)
        case away(topic: String)
        case back(topic: String)
    }
}
