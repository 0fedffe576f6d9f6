import SymMessages

extension Stack {
    /// Makes these the users of the simulated tailnet, and nobody else.
    public func tailnet(hasUsers logins: [String]) async throws {
        let users = logins.map { JSONValue.object(["loginName": .string($0)]) }
        let body = String(decoding: JSONValue.object(["users": .array(users)]).canonical, as: UTF8.self)
        let reply = try await HTTP(base: simulatorURL, token: nil).call("PUT", "/simulator/users", body: body)
        guard reply.status == 200 else { throw UsersNotSet(answer: "\(reply.status) \(reply.text)") }
    }
}

/// The simulated tailnet did not take its users.
struct UsersNotSet: Error, CustomStringConvertible {
    let answer: String

    var description: String { "the simulated tailnet does not take these users: \(answer)" }
}
