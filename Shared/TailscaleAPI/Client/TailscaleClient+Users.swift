extension TailscaleClient {
    /// The users of the tailnet, in the service's order.
    ///
    /// - Parameters:
    ///   - type: only these; nil: members, as the service has it without a filter.
    ///   - role: only these.
    public func users(type: UserType? = nil, role: UserRole? = nil) async throws(TailscaleError) -> [TailnetUser] {
        var query: [(name: String, value: String)] = []
        if let type { query.append(("type", type.rawValue)) }
        if let role { query.append(("role", role.rawValue)) }
        let request = APIRequest(
            call: .users, path: path("users"), query: query, answerLimit: connection.listLimit)
        return try await answer(to: request).decoded(WireUsers.self).users
    }

    private struct WireUsers: Decodable {
        var users: [TailnetUser]
    }
}
