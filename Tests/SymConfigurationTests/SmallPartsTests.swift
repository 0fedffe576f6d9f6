import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Durations and near names")
struct SmallPartsTests {
    @Test(
        "durations in Sym's units",
        arguments: [
            ("45s", 45), ("30m", 1_800), ("4h", 14_400), ("2d", 172_800), ("1mo", 2_592_000), ("007s", 7),
            ("0s", nil), ("s", nil), ("", nil), ("30", nil), ("-1h", nil), ("1.5h", nil), ("1 h", nil), ("1H", nil),
            ("1y", nil), ("99999999999s", nil), ("9999999999mo", nil), ("٣m", nil), ("1h30m", nil),
        ] as [(String, Int64?)])
    func duration(_ text: String, _ seconds: Int64?) {
        #expect(Seconds(parsing: text)?.count == seconds)
    }

    @Test(
        "the nearest name",
        arguments: [
            ("strategy", "strategy_id", "strategy_id"), ("plan", "strategy", nil),
            ("stratgy_id", "strategy_id", "strategy_id"),
            ("label", "label", "label"), ("lable", "label", "label"), ("LABEL", "label", "label"),
            ("x", "y", nil), ("adnim", "admin", "admin"), ("abc", "xyz", nil), ("", "a", nil), ("users", "groups", nil),
        ] as [(String, String, String?)])
    func nearest(_ name: String, _ candidate: String, _ found: String?) {
        #expect(NearestName.nearest(to: name, among: [candidate]) == found)
    }

    @Test("a long name has no neighbours and costs nothing")
    func long() {
        let long = String(repeating: "a", count: 1_000_000)
        #expect(NearestName.nearest(to: long, among: [long]) == nil)
    }
}
