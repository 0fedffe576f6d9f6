import SymMessages

/// A moment as HTTP's headers spell it (RFC 9110 §5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
struct HTTPDate: CustomStringConvertible {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    let description: String

    /// Fractions of a second are rounded up, so that who waits until then has waited long enough.
    init(_ moment: Timestamp) {
        let seconds = (moment.milliseconds + 999) / 1000
        let parts = "\(Timestamp(milliseconds: seconds * 1000))".split { !$0.isNumber }
        let month = Int(parts[1]).map { Self.months[$0 - 1] } ?? ""
        let day = Self.days[Int(seconds / 86_400 % 7)]
        description = "\(day), \(parts[2]) \(month) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) GMT"
    }
}
