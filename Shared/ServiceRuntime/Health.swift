import Synchronization

/// Whether this process can do its work; its own state only, never that of Kafka or of another service.
public final class Health: Sendable {
    private let state: Mutex<(isReady: Bool, reason: String)> = Mutex((false, "starting"))
    private let name: String

    init(name: String) { self.name = name }

    /// Says that the service works. The first time it says so on standard output too, for whoever started it.
    public func becomeReady() {
        let isNews = state.withLock { state in
            defer { state = (true, "") }
            return !state.isReady
        }
        if isNews { Announcement.say("\(name) ready") }
    }

    /// - Parameter reason: what is missing, in a few words.
    public func becomeUnready(_ reason: String) { state.withLock { $0 = (false, reason) } }

    /// `nil` when ready, else what is missing.
    public var obstacle: String? { state.withLock { $0.isReady ? nil : $0.reason } }
}
