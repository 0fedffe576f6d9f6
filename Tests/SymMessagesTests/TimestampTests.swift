import SymMessages
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_767_322_445_678, "2026-01-02T02:54:05.678Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func formats(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test func offsetsAreConvertedToUTC() {
        #expect(Timestamp("2026-01-02T04:54:05.6789+02:00") == Timestamp("2026-01-02T02:54:05.678Z"))
        #expect(Timestamp("2026-01-01t21:24:05-05:30") == Timestamp("2026-01-02T02:54:05.000Z"))
    }

    @Test(arguments: [
        "", "2026-01-02", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-02T24:00:00Z",
        "2026-01-02T02:54:05", "2026-01-02T02:54:05.Z", "2026-01-02T02:54:05ZZ", "2026-01-02T02:54:60Z",
        "２026-01-02T02:54:05Z", "2026-01-02T02:54:05+25:00",
    ])
    func refuses(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func everyDayOfFourCenturiesSurvivesTheRoundTrip() {
        for day in stride(from: Int64(-73_000), through: 73_050, by: 1) {
            let moment = Timestamp(milliseconds: day * 86_400_000 + 43_200_123)
            #expect(Timestamp(moment.description) == moment)
        }
    }

    @Test(arguments: [(45, "45s"), (90, "90s"), (1_800, "30m"), (14_400, "4h"), (172_800, "2d"), (0, "0s")])
    func secondsAreSpelledInSymUnits(count: Int64, text: String) {
        #expect(Seconds(count).description == text)
    }
}
