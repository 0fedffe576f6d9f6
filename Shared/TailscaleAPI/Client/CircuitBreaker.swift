/// Whether calls of one tailnet are sent at all while the service does not answer them.
///
/// After a row of failures it lets nothing through for a while, then one call as a probe; its answer decides. Only what
/// says that the service itself is not there counts as a failure: no connection, no answer in time, 5xx. A tailnet that is
/// refused (403, 404) is an answer.
///
/// A value: the moments are durations since any fixed one, and the chances are the caller's.
struct CircuitBreaker: Hashable, Sendable {
    /// So many failures in a row open it.
    static let failuresToOpen = 5
    /// The first time it stays open; it doubles with every probe that fails.
    static let firstCoolDown: Duration = .seconds(2)
    /// The longest time it stays open. A call is let through at the latest so long after the service is back, and the time
    /// of one call more: the probe that was out when it came back may hang.
    static let longestCoolDown: Duration = .seconds(15)
    /// How long those are told to wait who come while a probe is out.
    static let probeWait: Duration = .seconds(1)

    /// The permission for one call, to be given back with what became of it.
    struct Ticket: Hashable, Sendable {
        fileprivate let era: UInt64
    }

    enum Admission: Hashable, Sendable {
        case go(Ticket)
        /// Nothing is sent; it may be worth a try after this time.
        case wait(Duration)
    }

    enum Verdict: Hashable, Sendable {
        /// The service answered, whatever it said.
        case answered
        /// The service is not there.
        case failed
        /// The call says nothing about the service: it was cancelled, or its answer may be about what was sent.
        case nothing
    }

    private enum State: Hashable {
        case closed(failures: Int)
        case open(until: Duration, coolDown: Duration)
        case probing(coolDown: Duration)
    }

    private var state: State = .closed(failures: 0)
    /// Counts the changes of state. What a call of an earlier era brings is no news.
    private var era: UInt64 = 0

    /// Whether nothing speaks against the service.
    var isAtEase: Bool { state == .closed(failures: 0) }

    /// Asks for one call. Whoever gets a ticket gives it to ``settle(_:_:at:chance:)`` in the end.
    mutating func admit(at now: Duration) -> Admission {
        switch state {
        case .closed: return .go(Ticket(era: era))
        case .open(let until, let coolDown):
            guard now >= until else { return .wait(until - now) }
            become(.probing(coolDown: coolDown))
            return .go(Ticket(era: era))
        case .probing: return .wait(Self.probeWait)
        }
    }

    /// Takes note of what became of a call.
    ///
    /// - Parameter chance: from 0 up to 1; spreads the cool-downs of processes that saw the same failure.
    mutating func settle(_ ticket: Ticket, _ verdict: Verdict, at now: Duration, chance: Double) {
        guard ticket.era == era else { return }
        switch (state, verdict) {
        case (.closed, .answered): state = .closed(failures: 0)
        case (.closed(let failures), .failed) where failures + 1 < Self.failuresToOpen:
            state = .closed(failures: failures + 1)
        case (.closed, .failed): open(for: Self.firstCoolDown, at: now, chance)
        case (.probing, .answered): become(.closed(failures: 0))
        case (.probing(let coolDown), .failed): open(for: min(coolDown * 2, Self.longestCoolDown), at: now, chance)
        case (.probing(let coolDown), .nothing): become(.open(until: now, coolDown: coolDown))
        case (.closed, .nothing), (.open, _): break
        }
    }

    private mutating func open(for coolDown: Duration, at now: Duration, _ chance: Double) {
        become(.open(until: now + coolDown * (0.5 + 0.5 * min(max(chance, 0), 1)), coolDown: coolDown))
    }

    private mutating func become(_ next: State) {
        state = next
        era += 1
    }
}
