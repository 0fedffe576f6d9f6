import SymMessages

/// Which requests a command is about.
struct RequestFilter: Sendable {
    var target: ResourceName?
    /// Whose access it is.
    var person: PersonID?

    /// Behind a noun, such as " of ana@example.com to prod"; empty: all of them.
    var words: String {
        (person.map { " of \($0)" } ?? "").onTerminal + (target.map { " to \($0)" } ?? "")
    }

    fileprivate func query(_ states: [RequestState], before: RequestID?) -> String {
        var parts = states.map { "state=\($0.rawValue)" }
        if let target { parts.append("target=\(target.rawValue.percentEncoded)") }
        if let person { parts.append("for=\(person.rawValue.percentEncoded)") }
        if let before { parts.append("before=\(before.rawValue)") }
        return parts.joined(separator: "&")
    }
}

extension SymClient {
    /// As many as the server tells at a time.
    private static let page = 500

    /// Every request that matches and is in one of these states, whatever their number, newest first.
    func requests(
        _ filter: RequestFilter, in states: [RequestState], patience: Int64? = nil
    ) async throws -> [RequestList.Item] {
        var found: [RequestList.Item] = []
        while true {
            let query = filter.query(states, before: found.last?.id)
            let reply = try await send(
                Call(method: .get, path: "/v1/requests?limit=\(Self.page)&\(query)", patience: patience))
            let page = try reply.decoded(as: RequestList.self).requests
            found += page
            if page.count < Self.page { return found }
        }
    }
}
