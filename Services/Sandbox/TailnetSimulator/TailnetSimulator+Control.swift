import SymMessages

/// What only a simulation has: looking in, and making things go wrong.
extension TailnetSimulator {
    mutating func control(_ request: TailnetRequest, at now: Int64) -> TailnetResponse {
        let path = request.path.dropFirst()
        let done = TailnetResponse.json(200, .object([:]))
        switch (request.method, path.joined(separator: "/")) {
        case ("GET", "policy"):
            return .policy(policy)
        case ("PUT", "policy"):
            // Another editor: an admin in the console, Terraform. What it saves is taken as it is.
            save(request.body)
            return .policy(policy)
        case ("GET", "canonical"):
            return .json(200, .object(["canonical": .bool(isCanonical)]))
        case ("GET", "writes"):
            return .json(200, .object(["writes": .array(log.writes.map(\.json))]))
        case ("DELETE", "writes"):
            log.removeWrites()
            return done
        case ("GET", "requests"):
            return .json(200, .object(["requests": .array(log.calls.map(\.json))]))
        case ("DELETE", "requests"):
            log.removeCalls()
            return done
        case ("POST", "faults"):
            guard let fault = TailnetFault(request.body) else { return .message(400, TailnetFault.usage) }
            faults.add(fault)
            return done
        case ("DELETE", "faults"):
            faults.removeAll()
            return done
        case ("PUT", "users"):
            return directory.setUsers(request.body) ? done : .message(400, TailnetDirectory.usersUsage)
        case ("PUT", "devices"):
            return directory.setDevices(request.body) ? done : .message(400, TailnetDirectory.devicesUsage)
        case ("PUT", "settings"):
            return directory.mergeSettings(request.body) ? done : .message(400, TailnetDirectory.settingsUsage)
        case ("POST", "credentials"):
            guard let credential = TailnetCredential(request.body, at: now) else {
                return .message(400, TailnetCredential.usage)
            }
            credentials.add(credential)
            return .json(200, .object(["id": .string(credential.id)]))
        case ("POST", "tokens/revoke"):
            return .json(200, .object(["revoked": .integer(Int64(credentials.revokeAccessTokens()))]))
        case ("DELETE", _) where path.count == 2 && path.first == "credentials":
            return path.last.map { credentials.revoke($0) } == true ? done : .notFound
        default:
            return .notFound
        }
    }
}
