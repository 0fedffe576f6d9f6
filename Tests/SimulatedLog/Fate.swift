/// What becomes of one send.
public enum Fate: Hashable, Sendable {
    /// In the log, and the sender knows.
    case acknowledged
    /// The sender is told `outcomeUnknown`. So many copies are in the log at once, and so many are on their way: they
    /// arrive later, behind whatever was written meanwhile, or never.
    case unknown(now: Int, later: Int)
    /// Not in the log, and the sender knows: no right to write, say.
    case rejected

    /// In the log; the answer is lost.
    public static let answerLost = Fate.unknown(now: 1, later: 0)
    /// Never in the log.
    public static let lost = Fate.unknown(now: 0, later: 0)
    /// A zombie: enters the log later.
    public static let late = Fate.unknown(now: 0, later: 1)
    /// In the log at once, and once more later.
    public static let twice = Fate.unknown(now: 1, later: 1)

    static func random(_ weather: Weather, _ random: inout SeededGenerator) -> Fate {
        var drawn = Double.random(in: 0..<1, using: &random)
        for (rate, fate) in [
            (weather.answerLost, Fate.answerLost), (weather.sendLost, .lost), (weather.late, .late),
            (weather.twice, Bool.random(using: &random) ? .twice : .unknown(now: 0, later: 2)),
        ] {
            if drawn < rate { return fate }
            drawn -= rate
        }
        return .acknowledged
    }
}
