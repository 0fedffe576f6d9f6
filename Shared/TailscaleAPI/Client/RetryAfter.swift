/// How long a service asks to be left alone.
enum RetryAfter {
    /// - Parameters:
    ///   - value: of a `Retry-After` header: seconds, or a date (RFC 9110 §10.2.3).
    ///   - date: of the answer's `Date` header, which the other date is measured against: the two clocks are the same.
    ///   - now: seconds since 1970 by our own clock, for an answer without a `Date`.
    /// - Returns: at most an hour; nil if it says nothing usable.
    static func delay(_ value: String?, date: String?, now: Int64) -> Duration? {
        guard let value else { return nil }
        let seconds =
            Int(value.trimmingSpaces)
            ?? seconds(ofDate: value).map { $0 - (date.flatMap(seconds(ofDate:)) ?? Int(now)) }
        return seconds.map { .seconds(min(max($0, 0), 3600)) }
    }

    /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is written today.
    private static func seconds(ofDate text: String) -> Int? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.trimmingSpaces.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]), (1970...9999).contains(year)
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, time.allSatisfy({ (0...60).contains($0) }) else { return nil }
        // Days since 1970-01-01 in years that begin in March, so that the leap day is the last of its year.
        let marchYear = month < 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let days = marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
        return days * 86400 + time[0] * 3600 + time[1] * 60 + time[2]
    }
}

extension String {
    var trimmingSpaces: String {
        let start = drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" || $0.isNewline }.reversed())
    }
}
