import SymMessages

/// The calls that Slack counts together: made one after the other, and not before Slack wants more of them.
struct SlackLanes: Sendable {
    enum Method: Hashable, Sendable {
        case post, update, openConversation, findUser

        /// Slack counts posts for each channel by itself, everything else for the whole workspace.
        var isLimitedByChannel: Bool { self == .post }
        /// Slack takes about one post a second in a channel.
        var pace: Seconds? { self == .post ? Seconds(1) : nil }
    }

    struct Lane: Hashable, Sendable {
        var method: Method
        var channel: String?
    }

    private struct Line: Sendable {
        var isBusy = false
        var waiting: [RequestID] = []
    }

    private var lines: [Lane: Line] = [:]
    private var pauses: [Lane: Timestamp] = [:]

    /// Whether a request may call now; if not, it is called upon by ``ready(at:)`` in its turn.
    mutating func enter(_ lane: Lane, _ request: RequestID, now: Timestamp) -> Bool {
        var line = lines[lane] ?? Line()
        defer { lines[lane] = line }
        guard !line.isBusy, isOpen(lane, now) else {
            if !line.waiting.contains(request) { line.waiting.append(request) }
            return false
        }
        line.waiting.removeAll { $0 == request }
        line.isBusy = true
        return true
    }

    /// A call is over.
    mutating func leave(_ lane: Lane, now: Timestamp) {
        lines[lane]?.isBusy = false
        if let pace = lane.method.pace { pause(lane, until: now + pace) }
        if lines[lane]?.waiting.isEmpty == true { lines[lane] = nil }
    }

    /// Slack wants to be left alone.
    mutating func pause(_ lane: Lane, until moment: Timestamp) {
        let limit = Self.limit(of: lane)
        pauses[limit] = max(pauses[limit] ?? moment, moment)
    }

    /// Takes out the first request of every lane in which one may call now.
    mutating func ready(at now: Timestamp) -> [RequestID] {
        pauses = pauses.filter { $0.value > now }
        var ready: [RequestID] = []
        for (lane, line) in lines where !line.isBusy && !line.waiting.isEmpty && isOpen(lane, now) {
            if let first = lines[lane]?.waiting.removeFirst() { ready.append(first) }
            if lines[lane]?.waiting.isEmpty == true { lines[lane] = nil }
        }
        return ready.sorted()
    }

    var nextDeadline: Timestamp? {
        lines.compactMap { lane, line in
            line.isBusy || line.waiting.isEmpty ? nil : pauses[Self.limit(of: lane)]
        }.min()
    }

    private func isOpen(_ lane: Lane, _ now: Timestamp) -> Bool {
        pauses[Self.limit(of: lane)].map { $0 <= now } ?? true
    }

    private static func limit(of lane: Lane) -> Lane {
        lane.method.isLimitedByChannel ? lane : Lane(method: lane.method, channel: nil)
    }
}
