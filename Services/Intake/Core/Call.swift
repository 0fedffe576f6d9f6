import SymConfiguration
import SymMessages

/// Names one call that waits for an answer, within this process.
struct Ticket: Hashable, Sendable {
    let number: UInt64
}

/// What a known caller wants of intake, whatever way in it came: HTTP or Slack.
enum Call: Sendable {
    case submit(Submission, AccessRequest, wait: Seconds?)
    case vote(RequestID, Vote, key: String, wait: Seconds?)
    case cancel(RequestID, reason: String?, key: String, wait: Seconds?)
    case end(RequestID, reason: String?, key: String, wait: Seconds?)
    /// Asks for more of the access that is there.
    case extend(RequestID, reason: String?, key: String, wait: Seconds?)
    case show(RequestID)
    case list(RequestQuery)
    case showConfiguration
    /// An earlier configuration.
    case showVersion(Int)
    case showVersions
    case plan(Proposal)
    case apply(Proposal, key: String)
    /// Brings back an earlier version, based on the one in force or on the one named.
    case rollback(to: Int, basedOn: Int?, key: String)
    case setIdentity(DirectoryRecord.Identity, key: String)
    case people(PeopleCall)
    /// - Parameter at: when it would be asked; absent: now.
    case explain(RuleQuestion, at: Timestamp?)
    /// A call that somebody made in a workspace of Slack.
    indirect case slack(workspace: String, Call)

    struct Vote: Sendable, Equatable {
        var choice: Decision.Choice
        var offerID: String
        var message: String?
    }

    /// The resources of a set as an admin wants them in force.
    struct Proposal: Sendable {
        var set = OwnedResources.main
        /// The version it was made from; absent: the one in force.
        var basedOn: Int?
        var source: ConfigurationSource
    }
}

/// What a call is told.
enum Answer: Sendable, Equatable {
    /// Kafka has the command; its outcome is not known yet.
    case accepted(RequestID, RequestView?)
    case request(RequestView)
    case requests([RequestSummary])
    case configuration(ConfigurationView)
    /// The configuration in force after an apply; `changed` is false when it was in force before.
    case applied(version: Int, changed: Bool, warnings: [ConfigurationProblem] = [])
    case plan(ConfigurationPlan)
    /// Every version that was in force, newest first.
    case versions([ConfigurationVersion])
    /// Nothing was changed: these live leases need what would be removed or re-pointed. Never empty.
    case needed(by: [LeaseAtRisk])
    /// Kafka has the record; it was not read back in time.
    case recorded
    case identity(DirectoryRecord.Identity)
    case people(PeopleAnswer)
    case explanation(Explanation)
    case refused(Refusal, request: RequestID?)
    /// Intake has not read the log to its end yet.
    case starting(String)
    /// Kafka did not acknowledge in time: it may have the message or not.
    case unacknowledged
}
