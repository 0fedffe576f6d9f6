import SymMessages

extension Seconds {
    /// Reads a duration as Sym writes it: a whole number and one of `s`, `m`, `h`, `d`, `mo` (30 days), such as `30m`.
    /// `nil` for anything else, for zero, and for more than a hundred years.
    public init?(parsing text: String) {
        let units: [(suffix: String, seconds: Int64)] = [
            ("mo", 2_592_000), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400),
        ]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
        let digits = text.utf8.dropLast(unit.suffix.utf8.count)
        guard (1...10).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            let number = Int64(String(decoding: digits, as: UTF8.self))
        else { return nil }
        let (count, overflow) = number.multipliedReportingOverflow(by: unit.seconds)
        guard !overflow, (1...3_155_760_000).contains(count) else { return nil }
        self.init(count)
    }
}
