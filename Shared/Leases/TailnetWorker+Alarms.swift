import SymMessages

/// What people are told about accesses that should have ended.
extension TailnetWorker {
    mutating func alarmIfLate(_ turn: inout Turn<Target>) {
        let (late, again) = alarms.check(due, at: turn.now)
        if let again { turn.wakeUps.append((again, tailnet, nil)) }
        guard let late,
            let first = late.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }), let record = leases[first.key]
        else { return }
        let others =
            switch late.count - 1 {
            case 0: ""
            case 1: " So may 1 other access of this tailnet."
            default: " So may \(late.count - 1) other accesses of this tailnet."
            }
        turn.log(
            .alarm,
            "\(tailnet): \(record.terms.login) may still be in \(record.terms.group), although lease \(record.id) was to "
                + "end at \(first.value), \(Self.span(from: first.value, to: turn.now)) ago.\(others) It is tried again "
                + "and again. What stands in the way: \(obstacle(of: record.id)) If it cannot wait, take the login out of "
                + "the group by hand.")
    }

    /// A lease that an alarm was about is over.
    mutating func noteEndOfLate(_ record: LeaseRecord, _ turn: inout Turn<Target>) {
        guard record.phase == .ended, let since = alarms.settle(record.id) else { return }
        turn.log(
            .notice,
            "\(tailnet): lease \(record.id) of \(record.terms.login) on \(record.terms.group), which was late, is over, "
                + "\(Self.span(from: since, to: turn.now)) after its time.")
    }

    /// A document that cannot be taken at all stays as it is until somebody changes it.
    mutating func cannotBeTaken(_ message: String, _ turn: inout Turn<Target>) {
        if message != trouble {
            turn.log(
                .alarm,
                "\(tailnet): \(message) Until that is put right nothing is granted there, and an access that is to end stays; "
                    + "it is tried again and again.")
        }
        trouble = message
        pause(nil, &turn)
    }

    private func obstacle(of id: LeaseID) -> String {
        if pending[id] != nil { return "its record does not get into the ledger; see whether Kafka answers." }
        guard let trouble else { return "the tailnet has not answered yet." }
        return trouble.hasSuffix(".") ? trouble : "\(trouble)."
    }

    private static func span(from start: Timestamp, to end: Timestamp) -> String {
        let minutes = end.milliseconds(since: start) / 60_000
        return minutes == 1 ? "1 minute" : minutes < 120 ? "\(minutes) minutes" : "\(minutes / 60) hours"
    }
}
