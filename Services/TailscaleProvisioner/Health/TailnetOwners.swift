import SymMessages
import Synchronization

/// Which integration was the first to be found to be which tailnet: the leases of two would not know of each other, and the
/// end of one would cut the other short.
struct TailnetOwners: Sendable {
    private struct Finding: Sendable {
        let tailnetID: String
        let since: Timestamp
    }

    private var findings: [ResourceName: Finding] = [:]

    /// - Parameter record: `nil`: there is none of that integration any more.
    mutating func note(_ integration: ResourceName, _ record: HealthRecord?) {
        findings[integration] = record.flatMap { record in
            guard let id = record.tailnetID, let since = record.tailnetKnownSince else { return nil }
            return Finding(tailnetID: id, since: since)
        }
    }

    /// Who else was found to be this tailnet before this integration was; of several the first.
    func owner(of tailnetID: String, before integration: ResourceName) -> ResourceName? {
        let own = findings[integration].flatMap { $0.tailnetID == tailnetID ? $0.since : nil }
        let earlier = findings.filter { name, finding in
            guard name != integration, finding.tailnetID == tailnetID else { return false }
            return own.map { (finding.since, name) < ($0, integration) } ?? true
        }
        return earlier.min { ($0.value.since, $0.key) < ($1.value.since, $1.key) }?.key
    }

    /// Why nothing is granted through the second.
    static func refusal(of integration: ResourceName, for owner: ResourceName) -> String {
        "integration \(integration) reaches the same tailnet as integration \(owner), which had it first. Leases of two would "
            + "cut each other short: take one of them out of the configuration, and use the other for all flows."
    }
}
