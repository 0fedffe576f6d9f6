import SymMessages

/// How many calls a tailnet may be sent: a bucket that fills with the time. Tailscale publishes no limit, so this is one
/// that only a fault of ours would reach; a service that asks us to wait is sent a tenth of it for a while.
///
/// Grants leave a reserve, which is for ends; these wait only when that is used up, at most 1.5 s.
struct CallBudget: Sendable {
    /// What the calls are for.
    enum Purpose: Sendable { case ends, others }

    /// Calls that may be made at once.
    static let burst: Int64 = 40
    /// Calls that are kept for ends.
    static let reserve: Int64 = 10
    /// Milliseconds after which there is one more.
    static let refill: Int64 = 50
    /// Likewise, once the service has asked us to wait.
    static let slowRefill: Int64 = 500
    /// Milliseconds for which that counts.
    static let slowFor: Int64 = 600_000
    /// A reading, a write and the reading after it.
    static let cycle: Int64 = 3

    /// In milliseconds of slow filling.
    private var level = burst * slowRefill
    private var asOf: Timestamp?
    private var slowUntil: Timestamp?

    /// Milliseconds until so many calls may be made for this purpose; 0: now.
    mutating func wait(for calls: Int64, _ purpose: Purpose, at now: Timestamp) -> Int64 {
        fill(at: now)
        let least =
            switch purpose {
            case .ends: calls * Self.slowRefill
            case .others: (Self.reserve + calls) * Self.slowRefill
            }
        let speed = speed(at: now)
        return max(0, (least - level + speed - 1) / speed)
    }

    mutating func spend(_ calls: Int64, at now: Timestamp) {
        fill(at: now)
        level -= calls * Self.slowRefill
    }

    /// The service asked us to wait.
    mutating func slowDown(at now: Timestamp) {
        fill(at: now)
        slowUntil = now.advanced(byMilliseconds: Self.slowFor)
    }

    private func speed(at now: Timestamp) -> Int64 {
        slowUntil.map { now < $0 } ?? false ? 1 : Self.slowRefill / Self.refill
    }

    private mutating func fill(at now: Timestamp) {
        // A clock that was set back fills nothing.
        let passed = max(0, asOf.map { now.milliseconds(since: $0) } ?? 0)
        level = min(Self.burst * Self.slowRefill, level + passed * speed(at: now))
        asOf = now
    }
}

extension TailnetWorker {
    /// Begins with the document anew, as soon as there are calls left for it.
    mutating func replan(_ turn: inout Turn<Target>) {
        step = .idle
        comparesAll = true
        advance(&turn)
    }

    /// Whether a reading may begin now; if not, asks to be woken when it may.
    mutating func mayRead(_ turn: inout Turn<Target>) -> Bool {
        let wait =
            if toEnd.contains(where: { !isHeld($0, turn.now) }) {
                calls.wait(for: CallBudget.cycle, .ends, at: turn.now)
            } else if comparesAll {
                calls.wait(for: 1, .others, at: turn.now)
            } else {
                calls.wait(for: CallBudget.cycle, .others, at: turn.now)
            }
        guard wait > 0 else { return true }
        wakeForCalls(in: wait, &turn)
        return false
    }

    /// What there are no calls left for is done after another reading.
    mutating func holdBackForCalls(_ findings: inout Findings, _ turn: inout Turn<Target>) {
        let forWrite = CallBudget.cycle - 1
        if !findings.removals.isEmpty, case let wait = calls.wait(for: forWrite, .ends, at: turn.now), wait > 0 {
            comparesAll = true
            (findings.removals, findings.additions) = ([], [])
            wakeForCalls(in: wait, &turn)
        }
        if !findings.additions.isEmpty, case let wait = calls.wait(for: forWrite, .others, at: turn.now), wait > 0 {
            findings.additions = []
            wakeForCalls(in: wait, &turn)
        }
    }

    private mutating func wakeForCalls(in milliseconds: Int64, _ turn: inout Turn<Target>) {
        let moment = turn.now.advanced(byMilliseconds: milliseconds)
        // One wake-up at a time; whoever is woken looks again.
        guard callsWakeUp.map({ $0 <= turn.now || moment < $0 }) ?? true else { return }
        callsWakeUp = moment
        turn.wakeUps.append((moment, tailnet, nil))
    }
}
