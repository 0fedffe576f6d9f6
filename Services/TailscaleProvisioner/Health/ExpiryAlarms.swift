import SymMessages

/// When it is said that a credential is about to expire: 14, 7, 3 and 1 days before, each once.
enum ExpiryAlarms {
    static let days = [14, 7, 3, 1]

    /// The last alarm about this end that should have been raised by now; `nil` if there is none.
    ///
    /// - Parameter last: the one that was raised last, about whatever end.
    static func alarm(
        expires: Timestamp?, after last: HealthRecord.ExpiryAlarm?, at now: Timestamp
    ) -> (record: HealthRecord.ExpiryAlarm, isNew: Bool)? {
        guard let expires else { return nil }
        let said = last?.expiresAt == expires ? last : nil
        let left = expires.milliseconds(since: now)
        guard let due = days.last(where: { left <= Int64($0) * 86_400_000 }), due < said?.days ?? .max else {
            return said.map { ($0, false) }
        }
        return (HealthRecord.ExpiryAlarm(expiresAt: expires, days: due), true)
    }
}
