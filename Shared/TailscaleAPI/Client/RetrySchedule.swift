/// How often, and how long, a call that changes nothing is tried again. Calls that write are sent once.
public struct RetryPolicy: Hashable, Sendable {
    /// How many times it is sent at most, the first time included.
    public var attempts: Int
    /// Up to this long is waited after the first failure, drawn at random; it doubles with every further one.
    public var firstPause: Duration
    /// The most that is drawn, and the most that a service may ask for: if it asks for more, the call fails at once and its
    /// error carries what was asked.
    public var longestPause: Duration

    public init(
        attempts: Int = 3, firstPause: Duration = .milliseconds(200), longestPause: Duration = .seconds(2)
    ) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// Every call is sent once.
    public static let never = RetryPolicy(attempts: 1)
}

/// The waits of one call. A value: it is told how much time has passed, and the chances.
struct RetrySchedule: Hashable, Sendable {
    /// With less time than this left, another attempt has no prospect.
    static let shortestAttempt: Duration = .milliseconds(500)

    private let policy: RetryPolicy
    private let budget: Duration
    private var failures = 0

    /// - Parameter budget: the time for the whole call, all attempts and waits.
    init(_ policy: RetryPolicy, budget: Duration) {
        self.policy = policy
        self.budget = budget
    }

    /// How long to wait before the next attempt, after one more that failed.
    ///
    /// - Parameters:
    ///   - elapsed: since the call began.
    ///   - retryAfter: what the service asked for: never less is waited.
    ///   - chance: from 0 up to 1.
    /// - Returns: nil if the failure stands.
    mutating func pause(afterFailureAt elapsed: Duration, retryAfter: Duration?, chance: Double) -> Duration? {
        failures += 1
        guard failures < policy.attempts else { return nil }
        let ceiling = min(policy.firstPause * (1 << min(failures - 1, 16)), policy.longestPause)
        let asked = max(retryAfter ?? .zero, .zero)
        let pause = asked + ceiling * min(max(chance, 0), 1)
        guard asked <= policy.longestPause, elapsed + pause + Self.shortestAttempt <= budget else { return nil }
        return pause
    }
}
