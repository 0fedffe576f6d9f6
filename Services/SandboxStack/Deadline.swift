/// Something that was awaited did not happen in time.
public struct DeadlineExceeded: Error, CustomStringConvertible {
    public let awaited: String
    public let limit: Duration
    /// What was seen last, to tell why.
    public let lastSeen: String?

    public var description: String {
        let seen = lastSeen.map { "; last seen: \($0)" } ?? ""
        return "waited \(limit) in vain for \(awaited)\(seen)"
    }
}

/// Runs `work`, but no longer than `limit`; then it is cancelled and `DeadlineExceeded` thrown.
public func within<Result: Sendable>(
    _ limit: Duration, _ awaited: String, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else {
            throw DeadlineExceeded(awaited: awaited, limit: limit, lastSeen: nil)
        }
        return result
    }
}

/// What a probe of another process found.
public enum Probe<Found: Sendable>: Sendable {
    case found(Found)
    /// Not yet; with what was seen instead.
    case notYet(String)
}

/// Asks again until the probe finds what is awaited. For states of other processes, which nobody announces to us.
public func eventually<Found: Sendable>(
    _ awaited: String, within limit: Duration = .seconds(30), every pause: Duration = .milliseconds(50),
    _ probe: () async throws -> Probe<Found>
) async throws -> Found {
    let end = ContinuousClock.now + limit
    while true {
        let seen: String
        switch try await probe() {
        case .found(let found): return found
        case .notYet(let text): seen = text
        }
        guard ContinuousClock.now < end else {
            throw DeadlineExceeded(awaited: awaited, limit: limit, lastSeen: seen)
        }
        try await Task.sleep(for: pause)
    }
}
