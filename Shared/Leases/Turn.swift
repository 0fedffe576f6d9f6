import SymMessages

/// What handling one input gathers up.
struct Turn<Target: LeaseTarget> {
    let now: Timestamp
    var effects: [LeaseService<Target>.Effect] = []
    /// When to look again, and at which lease; `nil`: at the tailnet.
    var wakeUps: [(at: Timestamp, tailnet: Tailnet, lease: LeaseID?)] = []
    /// Orders that stand in the ledger.
    var finished: [OrderPosition] = []
    /// What approval is to be told.
    var outcomes: [Outcome] = []
    /// What it is told once more after a take-over, and may know.
    var outcomesAgain: [Outcome] = []

    init(now: Timestamp) { self.now = now }

    mutating func log(_ level: LogLine.Level, _ message: String) {
        effects.append(.log(LogLine(level: level, message: message)))
    }
}
