import SymMessages

/// Which credential a tailnet is reached with.
struct CredentialChoice: Sendable {
    /// Milliseconds after which a credential that was refused is tried again before any other.
    private static let retryAfter: Int64 = 60_000

    /// What the configuration names for the integration at present; `nil`: not known.
    var configured: TailnetCredential?
    /// All that any lease named, and until when the last of these leases was to begin.
    private var named: [TailnetCredential: Timestamp] = [:]
    private var refusedAt: [TailnetCredential: Timestamp] = [:]

    /// The only one that anybody is put in with: what the configuration names; where that is not known, what the lease
    /// approved last named.
    var inForce: TailnetCredential? { configured ?? ranked.first }

    mutating func offer(_ terms: LeaseTerms) {
        named[terms.credential] = max(named[terms.credential] ?? terms.startBy, terms.startBy)
    }

    mutating func refused(_ credential: TailnetCredential, at now: Timestamp) { refusedAt[credential] = now }

    mutating func accepted(_ credential: TailnetCredential) { refusedAt[credential] = nil }

    /// The one in force; while that is refused, and something is to end, the newest that an earlier lease named and that
    /// was not refused as well: an end is worth more than the question of which credential does it.
    func choose(something isDue: Bool, at now: Timestamp) -> TailnetCredential? {
        guard let inForce, isDue, isRefused(inForce, now) else { return inForce }
        return ranked.first { $0 != inForce && !isRefused($0, now) } ?? inForce
    }

    private func isRefused(_ credential: TailnetCredential, _ now: Timestamp) -> Bool {
        refusedAt[credential].map { now.milliseconds(since: $0) < Self.retryAfter } ?? false
    }

    private var ranked: [TailnetCredential] {
        named.sorted { ($1.value, $1.key.description) < ($0.value, $0.key.description) }.map(\.key)
    }
}
