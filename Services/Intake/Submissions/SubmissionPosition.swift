import SymMessages

/// Where a submission stands: one partition of a bot's topic, and the offset in it.
struct SubmissionPosition: Hashable, Sendable {
    var bot: BotName
    var partition: Int32
    var offset: Int64
}
