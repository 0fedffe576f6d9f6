import SymMessages

/// Text as Slack reads it (mrkdwn).
enum SlackText {
    /// What people wrote, so that it shows as written: no mention, link or broadcast comes of it. Cut afterwards, because
    /// escaping makes it longer.
    ///
    /// - Parameter limit: in UTF-16 units, the strictest way of counting that Slack could use.
    static func escaped(_ text: String, limit: Int = 300) -> String {
        var result = ""
        var length = 0
        for character in text {
            let piece =
                switch character {
                case "&": "&amp;"
                case "<": "&lt;"
                case ">": "&gt;"
                default: String(character)
                }
            let isHarmless = character == "\n" || !character.unicodeScalars.contains { $0.properties.isControl }
            let shown = isHarmless ? piece : " "
            // Room for the ellipsis is kept; a piece is shown whole or not at all.
            guard length + shown.utf16.count <= limit - 1 else { return result + "…" }
            result += shown
            length += shown.utf16.count
        }
        return result
    }

    /// ``escaped(_:limit:)`` on one line.
    static func line(_ text: String, limit: Int = 300) -> String {
        escaped(String(text.map { $0.isNewline ? " " : $0 }), limit: limit)
    }

    /// Text that Slack escaped, as the person wrote it.
    static func unescaped(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }

    /// Shown in the reader's own time zone; in UTC where that cannot be done.
    static func date(_ moment: Timestamp) -> String {
        let utc = moment.description
        // Rounded up: nobody may rely on a second that is not there, and an end is never shown too early.
        let seconds = (moment.milliseconds + 999) / 1_000
        return "<!date^\(seconds)^{date_short_pretty} {time}|\(utc.prefix(10)) \(utc.dropFirst(11).prefix(5)) UTC>"
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool { generalCategory == .control }
}

extension Seconds {
    /// `30 minutes`, `1 hour`, `1 h 30 min`.
    var inWords: String {
        func counted(_ count: Int64, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s")" }
        if count % 86_400 == 0 { return counted(count / 86_400, "day") }
        if count % 3_600 == 0 { return counted(count / 3_600, "hour") }
        if count % 60 == 0, count < 3_600 { return counted(count / 60, "minute") }
        if count % 60 == 0 { return "\(count / 3_600) h \(count % 3_600 / 60) min" }
        return counted(count, "second")
    }
}
