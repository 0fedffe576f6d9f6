import SymMessages

/// Which requests a command is about.
struct RequestFilter: Sendable {
    var target: ResourceName?
    /// Whose access it is.
    var person: PersonID?

    /// Behind "access", such as " to prod for ana@example.com"; empty: all of it.
    var words: String {
        (target.map { " to \($0)" } ?? "") + (person.map { " for \($0)" } ?? "").onTerminal
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
    /// Every request that matches and is in one of these states, whatever their number, newest first.
    ///
    /// - Parameter size: of a page; the server tells no more than 500 at a time.
    func requests(
        _ filter: RequestFilter, in states: [RequestState], pagesOf size: Int = 500, patience: Int64? = nil
    ) async throws -> [RequestList.Item] {
        var found: [RequestList.Item] = []
        while true {
            let query = filter.query(states, before: found.last?.id)
            let reply = try await send(
                Call(method: .get, path: "/v1/requests?limit=\(size)&\(query)", patience: patience))
            let page = try reply.decoded(as: RequestList.self).requests
            found += page
            if page.count < size { return found }
        }
    }
}
