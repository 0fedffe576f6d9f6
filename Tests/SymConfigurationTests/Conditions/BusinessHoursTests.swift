import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Business hours")
struct BusinessHoursTests {
    @Test(
        "Monday to Friday, from nine until before five, by the clocks there",
        arguments: [
            // Berlin: UTC+1 in winter, UTC+2 from 2026-03-29 02:00 to 2026-10-25 03:00.
            ("Europe/Berlin", "2026-01-05T07:59:59.999Z", false, "Mon 2026-01-05 08:59"),
            ("Europe/Berlin", "2026-01-05T08:00:00Z", true, "Mon 2026-01-05 09:00"),
            ("Europe/Berlin", "2026-01-05T15:59:59.999Z", true, "Mon 2026-01-05 16:59"),
            ("Europe/Berlin", "2026-01-05T16:00:00Z", false, "Mon 2026-01-05 17:00"),
            ("Europe/Berlin", "2026-01-09T15:00:00Z", true, "Fri 2026-01-09 16:00"),
            ("Europe/Berlin", "2026-01-10T12:00:00Z", false, "Sat 2026-01-10 13:00"),
            ("Europe/Berlin", "2026-01-11T12:00:00Z", false, "Sun 2026-01-11 13:00"),
            ("Europe/Berlin", "2026-03-27T07:30:00Z", false, "Fri 2026-03-27 08:30"),
            ("Europe/Berlin", "2026-03-30T07:30:00Z", true, "Mon 2026-03-30 09:30"),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", false, "Sun 2026-03-29 03:00"),
            ("Europe/Berlin", "2026-10-23T07:30:00Z", true, "Fri 2026-10-23 09:30"),
            ("Europe/Berlin", "2026-10-26T07:30:00Z", false, "Mon 2026-10-26 08:30"),
            // There it is another day.
            ("Pacific/Auckland", "2026-01-04T20:30:00Z", true, "Mon 2026-01-05 09:30"),
            ("America/Los_Angeles", "2026-01-10T00:30:00Z", true, "Fri 2026-01-09 16:30"),
            ("Asia/Kathmandu", "2026-01-05T03:15:00Z", true, "Mon 2026-01-05 09:00"),
            ("UTC", "2026-01-05T09:00:00Z", true, "Mon 2026-01-05 09:00"),
            ("Etc/UTC", "1969-12-31T10:00:00Z", true, "Wed 1969-12-31 10:00"),
            ("Europe/Berlin", "0001-01-01T12:00:00Z", nil, ""),
            ("Asia/Kolkata", "9998-12-31T06:00:00Z", nil, ""),
        ] as [(String, String, Bool?, String)])
    func hours(_ zone: String, _ time: String, _ holds: Bool?, _ local: String) throws {
        let hours = try #require(BusinessHours(zone: zone))
        let result = hours.contain(try #require(Timestamp(time)))
        guard let holds else {
            // Only that it has an answer: who knows what clocks show then.
            #expect(result != nil)
            return
        }
        #expect(result?.holds == holds && result?.local == local)
    }

    @Test("a time that no calendar has", arguments: [Int64.min, .min / 1_000, .max / 1_000, .max])
    func noTime(_ milliseconds: Int64) throws {
        var facts = ConditionSample.full
        facts.time = Timestamp(milliseconds: milliseconds)
        #expect(
            try ConditionSample.outcome("business_hours(\"Europe/Berlin\")", facts)
                == "the time of the request is in no calendar, so business_hours cannot be told")
    }

    @Test(
        "zones",
        arguments: [
            ("Europe/Berlin", true), ("Asia/Calcutta", true), ("Asia/Kolkata", true), ("UTC", true), ("Etc/UTC", true),
            ("US/Eastern", true), ("EST", false), ("CET", false), ("GMT+2", false), ("", false), ("/", false),
            ("../../etc/passwd", false), ("europe/berlin", false), ("Europe/Berlin ", false), ("+02:00", false),
            ("Europe/\u{0}Berlin", false),
        ] as [(String, Bool)])
    func zones(_ name: String, _ isKnown: Bool) {
        #expect((BusinessHours(zone: name) != nil) == isKnown)
    }
}
