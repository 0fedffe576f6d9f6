/// The clocks and the chance that a token's renewal goes by.
public struct TokenTimes: Sendable {
    /// Monotonic, and running while the machine sleeps.
    var now: @Sendable () -> ContinuousClock.Instant
    /// Seconds since 1970, for the end of a signed token.
    var secondsSince1970: @Sendable () -> Int64
    /// From 0 up to 1.
    var jitter: @Sendable () -> Double

    public init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        secondsSince1970: @escaping @Sendable () -> Int64,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.now = now
        self.secondsSince1970 = secondsSince1970
        self.jitter = jitter
    }
}
