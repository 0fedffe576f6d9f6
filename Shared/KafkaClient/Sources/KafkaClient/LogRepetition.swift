import Logging
import Synchronization

/// Lets the same complaint through once in 30 seconds.
struct LogRepetition {
    private var last: [String: ContinuousClock.Instant] = [:]

    mutating func allows(_ subject: String, at now: ContinuousClock.Instant) -> Bool {
        if let last = last[subject], now - last < .seconds(30) { return false }
        // Subjects are few; a bound all the same, since error texts come from outside.
        if last.count > 100 { last.removeAll() }
        last[subject] = now
        return true
    }
}

/// Writes complaints about Kafka into the log, none too often.
final class Complaints: Sendable {
    private let logger: Logger
    private let repetition = Mutex(LogRepetition())

    init(logger: Logger) { self.logger = logger }

    func add(_ subject: String, _ line: String) {
        if repetition.withLock({ $0.allows(subject, at: .now) }) { logger.warning("\(line)") }
    }
}
