import Synchronization

/// Carries out numbered steps that may come in any order; one that comes after a newer one is left out.
final class NewestOnly: Sendable {
    private let newest = Mutex(0)

    func take(_ number: Int, _ step: () throws -> Void) rethrows {
        try newest.withLock { newest in
            guard number > newest else { return }
            try step()
            newest = number
        }
    }
}
