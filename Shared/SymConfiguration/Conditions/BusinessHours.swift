import Foundation
import SymMessages

/// Monday to Friday, 09:00 to 17:00, in a time zone.
struct BusinessHours: Sendable, Hashable {
    /// Local times from which and until which, in minutes of the day.
    static let minutes = 9 * 60..<17 * 60
    /// The years 0 to 9999: what a local time can be written for.
    private static let writable = -62_167_219_200_000...253_402_300_799_999 as ClosedRange<Int64>
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    private let zone: TimeZone

    /// The zone's name in the IANA database.
    let name: String

    /// `nil` unless it is a name of the IANA database with a `/`, or `UTC`: abbreviations such as `EST` say nothing of
    /// daylight saving.
    init?(zone name: String) {
        guard name == "UTC" || name.contains("/"), name.utf8.count <= 64, let zone = TimeZone(identifier: name) else {
            return nil
        }
        self.zone = zone
        self.name = name
    }

    static func suggestion(for name: String) -> String {
        NearestName.suggestion(for: name, among: TimeZone.knownTimeZoneIdentifiers)
    }

    /// Whether they are on, and the local time, such as `Mon 2026-01-05 10:30`; `nil` for a time that no calendar has.
    func contain(_ time: Timestamp) -> (holds: Bool, local: String)? {
        guard Self.writable.contains(time.milliseconds) else { return nil }
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1_000))
        let local = Timestamp(milliseconds: time.milliseconds + Int64(offset) * 1_000)
        let milliseconds = local.milliseconds
        let day = (milliseconds - milliseconds.remainder(in: 86_400_000)) / 86_400_000
        // 1970-01-01 was a Thursday.
        let weekday = Int((day + 3).remainder(in: 7))
        let minute = Int(milliseconds.remainder(in: 86_400_000) / 60_000)
        let text = "\(Self.days[weekday]) \(local.description.prefix(16).replacing("T", with: " "))"
        return (weekday < 5 && Self.minutes.contains(minute), text)
    }
}

extension Int64 {
    /// From 0 up to the divisor, also for what is negative.
    fileprivate func remainder(in divisor: Int64) -> Int64 { (self % divisor + divisor) % divisor }
}
