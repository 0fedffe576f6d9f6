/// A moment in UTC with millisecond precision; on the wire an RFC 3339 string such as `2026-01-02T03:04:05.678Z`.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    public static func + (moment: Timestamp, span: Seconds) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds + span.count * 1_000)
    }

    /// The time from `earlier` to this moment, in milliseconds.
    public func milliseconds(since earlier: Timestamp) -> Int64 { milliseconds - earlier.milliseconds }

    public func advanced(byMilliseconds span: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds + span) }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339, UTC, three fractional digits.
    public var description: String {
        let days = milliseconds.floorDivided(by: 86_400_000)
        let inDay = milliseconds - days * 86_400_000
        let (year, month, day) = Self.civil(fromDays: days)
        let date = "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
        let hour = (inDay / 3_600_000).padded(2)
        let minute = (inDay / 60_000 % 60).padded(2)
        let second = (inDay / 1_000 % 60).padded(2)
        return "\(date)T\(hour):\(minute):\(second).\((inDay % 1_000).padded(3))Z"
    }

    /// Parses an RFC 3339 §5.6 date-time; offsets are converted to UTC, digits beyond milliseconds are dropped.
    /// `nil` if the text is not one, names a day that does not exist, or a leap second.
    public init?(_ text: String) {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.number(4), reader.take(UInt8(ascii: "-")),
            let month = reader.number(2), reader.take(UInt8(ascii: "-")),
            let day = reader.number(2), reader.takeAny(of: [UInt8(ascii: "T"), UInt8(ascii: "t")]) != nil,
            let hour = reader.number(2), reader.take(UInt8(ascii: ":")),
            let minute = reader.number(2), reader.take(UInt8(ascii: ":")),
            let second = reader.number(2)
        else { return nil }
        guard (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60 else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        guard Self.civil(fromDays: days) == (year, month, day) else { return nil }
        var fraction: Int64 = 0
        if reader.take(UInt8(ascii: ".")) {
            guard let digits = reader.fractionInMilliseconds() else { return nil }
            fraction = digits
        }
        guard let offset = reader.offsetInMinutes(), reader.isAtEnd else { return nil }
        let seconds = days * 86_400 + hour * 3_600 + (minute - offset) * 60 + second
        self.init(milliseconds: seconds * 1_000 + fraction)
    }

    /// Gregorian date of a day number; the algorithm counts in 400-year eras that begin on 1 March.
    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.floorDivided(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let moment = Timestamp(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is not an RFC 3339 time"))
        }
        self = moment
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A span of time in whole seconds.
public struct Seconds: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public var count: Int64

    public init(_ count: Int64) { self.count = count }

    public static func < (a: Seconds, b: Seconds) -> Bool { a.count < b.count }

    public init(from decoder: any Decoder) throws {
        do {
            count = try decoder.singleValueContainer().decode(Int64.self)
        } catch let error as DecodingError {
            throw error
        } catch {
            // Of a fraction JSONDecoder says, with an error of its own, that the whole text is damaged.
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is not a whole number"))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }

    /// The shortest exact spelling in Sym's units, such as `90s`, `30m`, `4h`, `2d`.
    public var description: String {
        for (unit, size) in [("d", Int64(86_400)), ("h", 3_600), ("m", 60)] where count >= size && count % size == 0 {
            return "\(count / size)\(unit)"
        }
        return "\(count)s"
    }
}

private struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number(_ digits: Int) -> Int64? {
        guard position + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[position..<position + digits] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        position += digits
        return value
    }

    mutating func take(_ byte: UInt8) -> Bool { takeAny(of: [byte]) != nil }

    mutating func takeAny(of choices: [UInt8]) -> UInt8? {
        guard position < bytes.count, choices.contains(bytes[position]) else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func fractionInMilliseconds() -> Int64? {
        var digits = 0
        var value: Int64 = 0
        while let digit = number(1) {
            if digits < 3 { value = value * 10 + digit }
            digits += 1
        }
        guard digits > 0 else { return nil }
        for _ in min(digits, 3)..<3 { value *= 10 }
        return value
    }

    mutating func offsetInMinutes() -> Int64? {
        if takeAny(of: [UInt8(ascii: "Z"), UInt8(ascii: "z")]) != nil { return 0 }
        guard let sign = takeAny(of: [UInt8(ascii: "+"), UInt8(ascii: "-")]),
            let hours = number(2), take(UInt8(ascii: ":")), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return (sign == UInt8(ascii: "+") ? 1 : -1) * (hours * 60 + minutes)
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    fileprivate func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
