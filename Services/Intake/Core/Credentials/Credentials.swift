import SymMessages

/// Bearer tokens, as far as intake may know them: what the records of `sym.credentials` add up to, whatever their order.
struct Credentials: Sendable, Equatable {
    struct Token: Sendable, Equatable {
        /// Absent: only a later record of it was seen.
        var issued: CredentialRecord.Issued?
        /// Final: nothing that is written later makes it valid again.
        var revoked: CredentialRecord.Revoked?
        var lastUsedAt: Timestamp?
    }

    private(set) var tokens: [String: Token] = [:]
    /// The token's id by its SHA-256 in hex.
    private var ids: [String: String] = [:]

    /// Takes the next record of the log.
    mutating func apply(_ record: CredentialRecord) {
        switch record {
        case .issued(let issued):
            if let earlier = tokens[issued.id]?.issued { ids[earlier.sha256] = nil }
            tokens[issued.id, default: Token()].issued = issued
            ids[issued.sha256] = issued.id
        case .revoked(let revoked): tokens[revoked.id, default: Token()].revoked = revoked
        case .used(let used):
            let last = tokens[used.id]?.lastUsedAt
            tokens[used.id, default: Token()].lastUsedAt = max(last ?? used.at, used.at)
        }
    }

    /// The token with this hash, whether it is still good or not.
    func token(sha256: String) -> Token? { ids[sha256].flatMap { tokens[$0] } }

    /// Those of one owner that were not revoked, by id; some may have expired.
    func unrevoked(of owner: Caller) -> [CredentialRecord.Issued] {
        tokens.values.compactMap { $0.revoked == nil ? $0.issued : nil }.filter { $0.owner == owner }
            .sorted { $0.id < $1.id }
    }

    /// How many good ones each owner has.
    func counts(at now: Timestamp) -> [Caller: Int] {
        tokens.values.reduce(into: [:]) { counts, token in
            guard let issued = token.issued, token.isGood(at: now) else { return }
            counts[issued.owner, default: 0] += 1
        }
    }
}

extension Credentials.Token {
    func isExpired(at now: Timestamp) -> Bool { issued?.expiresAt.map { $0 <= now } ?? false }

    func isGood(at now: Timestamp) -> Bool { issued != nil && revoked == nil && !isExpired(at: now) }
}
