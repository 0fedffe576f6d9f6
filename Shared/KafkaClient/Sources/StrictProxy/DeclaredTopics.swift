import Synchronization

/// The topics that exist. Names are bytes: that is how they come over the wire.
final class DeclaredTopics: Sendable {
    private let state = Mutex<Set<[UInt8]>>([])

    var names: Set<[UInt8]> { state.withLock { $0 } }

    func insert(_ name: String) { state.withLock { _ = $0.insert(Array(name.utf8)) } }
}
