import FoundationEssentials
import SymMessages
import Synchronization

/// What the story did, and when: all that the judge knows of it.
final class ChaosJournal: Sendable {
    struct Entries: Sendable {
        /// The request of each ask, and when somebody said yes to it, if anybody did or the rule does.
        var requests: [RequestID: (ask: ChaosStory.Ask, consentedAt: Timestamp?)] = [:]
        /// When somebody asked for an early end.
        var endsAsked: [RequestID: Timestamp] = [:]
        /// From when until when something was struck.
        var disturbances: [ClosedRange<Timestamp>] = []
        /// From when until when a process stood still that had just passed the last check before a write.
        var strays: [ClosedRange<Timestamp>] = []
        /// What somebody else sent as the policy file.
        var foreignTexts: Set<String> = []
        /// In words, for whoever has to find out why a seed fails.
        var lines: [(at: Timestamp, text: String)] = []
    }

    private let state = Mutex(Entries())

    var entries: Entries { state.withLock(\.self) }

    func note(_ text: String) {
        let now = Timestamp.now
        state.withLock { $0.lines.append((now, text)) }
    }

    func change(_ change: (inout Entries) -> Void) { state.withLock { change(&$0) } }
}

extension Timestamp {
    static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
}
