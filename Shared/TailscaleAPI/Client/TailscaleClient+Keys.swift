extension TailscaleClient {
    /// What the service knows about a credential. Every credential may look at itself, so this tells whether it is good, until
    /// when, and for what.
    ///
    /// - Throws: ``TailscaleError/noSuchKey(id:)`` if it is another's, or none.
    public func key(_ id: KeyID) async throws(TailscaleError) -> APIKey {
        // A key belongs to the tailnet of the token, however that is called.
        let request = APIRequest(call: .key, path: "tailnet/-/keys/\(id)", answerLimit: connection.answerLimit)
        return try await answer(to: request).decoded(APIKey.self)
    }

    /// What the service knows about the API token that this client uses.
    ///
    /// - Returns: nil if its ID cannot be told from the token: then use that of the client it was made for.
    public func ownKey() async throws(TailscaleError) -> APIKey? {
        guard let id = KeyID(of: try await access.token()) else { return nil }
        return try await key(id)
    }
}
