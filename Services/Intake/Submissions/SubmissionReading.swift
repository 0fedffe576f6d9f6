import SymMessages

/// What a record of a bot's topic turned out to be.
enum SubmissionReading: Sendable, Equatable {
    case request(CloudEventName, AccessRequest)
    /// Ends, or forestalls, the request that the same bot submitted with the same source under `submissionID`.
    case end(CloudEventName, submissionID: String, reason: String?)
    /// Whose it is can be told, but not what it wants; `content` names the record's content.
    case unusable(CloudEventName, Refusal, content: String)
    /// Nobody could be answered.
    case unreadable(DeadLetter)
}

/// A submission's own name: with the bot's, it makes the request's id.
struct CloudEventName: Hashable, Sendable {
    var source: String
    var id: String
}
