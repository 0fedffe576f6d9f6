import SymMessages

/// Approved access that the provisioner has not reported in place by its `start_by`: told to the operator, never failed by
/// approval, as only the provisioner knows what stands in the policy file.
struct OverdueGrants: Sendable {
    /// From `start_by` on.
    private static let alarms = AlarmTimes(first: [60, 300, 900, 3_600])

    private var waiting: [LeaseID: (startBy: Timestamp, told: Int)] = [:]
    /// Never later than the next alarm; found anew only when it is reached.
    private(set) var nextDeadline: Timestamp?

    mutating func follow(_ request: Request) {
        for round in request.rounds {
            let lease = LeaseID(request: request.id, round: round.number)
            if case .approved(let approval) = round.progress, request.terms?.placement != nil, !request.state.isFinal {
                guard waiting[lease] == nil else { continue }
                waiting[lease] = (approval.startBy, 0)
                let first = Self.alarms.moment(0, since: approval.startBy)
                nextDeadline = min(nextDeadline ?? first, first)
            } else {
                waiting[lease] = nil
            }
        }
    }

    /// What to tell now.
    mutating func ring(_ now: Timestamp) -> [String] {
        guard let deadline = nextDeadline, deadline <= now else { return [] }
        var alarms: [String] = []
        for (lease, entry) in waiting {
            let told = Self.alarms.count(at: now, since: entry.startBy, from: entry.told)
            guard told > entry.told else { continue }
            waiting[lease]?.told = told
            alarms.append(
                "\(lease) was to be in place by \(entry.startBy), and its provisioner has not said what became of it. "
                    + "Look whether the provisioner runs and reads its orders.")
        }
        nextDeadline = waiting.values.map { Self.alarms.moment($0.told, since: $0.startBy) }.min()
        return alarms.sorted()
    }
}
