import FoundationEssentials

/// The time and the chances on which waiting depends: the system's, or a test's.
struct Pacing: Sendable {
    /// The time since a fixed moment. It never goes back.
    var now: @Sendable () -> Duration
    /// By the clock on the wall: for a moment that a service names.
    var secondsSince1970: @Sendable () -> Int64
    /// Waits; ends early, with an error, if the task is cancelled.
    var pause: @Sendable (Duration) async throws -> Void
    /// From 0 up to 1.
    var chance: @Sendable () -> Double

    static let system = Pacing(
        now: { [start = ContinuousClock.now] in ContinuousClock.now - start },
        secondsSince1970: { Int64(Date().timeIntervalSince1970) },
        pause: { try await Task.sleep(for: $0) },
        chance: { .random(in: 0..<1) })
}
