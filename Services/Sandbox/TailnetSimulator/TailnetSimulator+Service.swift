import SymMessages

/// The calls of the API.
extension TailnetSimulator {
    private static let forbidden = TailnetResponse.message(
        403, "calling actor does not have enough permissions to perform this function")

    mutating func answer(
        _ request: TailnetRequest, from caller: TailnetCredentials.Caller?, at now: Int64
    ) -> TailnetResponse {
        let path = request.path.dropFirst(2)
        if path.first == "oauth" {
            guard request.method == "POST" else { return .methodNotAllowed }
            switch request.resource {
            case "oauth/token": return issueToken(request, at: now)
            case "oauth/token-exchange": return exchangeToken(request, at: now)
            default: return .notFound
            }
        }
        guard let caller else { return .message(401, "API token invalid") }
        guard path.first == "tailnet", let tailnet = path.dropFirst().first, tailnets.contains(tailnet) else {
            return .notFound
        }
        let resource = path.dropFirst(2)
        if resource.count == 2, resource.first == "keys", let id = resource.last {
            guard request.method == "GET" else { return .methodNotAllowed }
            // Any token may see its own credential.
            return credentials.shown(id, to: caller).map { .json(200, $0.json) } ?? .notFound
        }
        switch (request.method, resource.joined(separator: "/")) {
        case ("GET", "acl"):
            return caller.scopes.allow(TailnetScopes.readPolicyFile) ? readPolicy(request) : Self.forbidden
        case ("POST", "acl"):
            return caller.scopes.allow(TailnetScopes.writePolicyFile) ? writePolicy(request) : Self.forbidden
        case ("POST", "acl/validate"):
            return caller.scopes.allow(TailnetScopes.readPolicyFile) ? validatePolicy(request) : Self.forbidden
        case ("POST", "acl/preview"):
            return caller.scopes.allow(TailnetScopes.readPolicyFile) ? previewPolicy(request) : Self.forbidden
        case ("GET", "users"):
            guard caller.scopes.allow(TailnetScopes.readUsers) else { return Self.forbidden }
            return .json(200, directory.users(type: request.query["type"], role: request.query["role"]))
        case ("GET", "devices"):
            guard caller.scopes.allow(TailnetScopes.readDevices) else { return Self.forbidden }
            return .json(200, .object(["devices": .array(directory.devices.map(\.json))]))
        case ("GET", "settings"):
            guard caller.scopes.allow(TailnetScopes.readSettings) else { return Self.forbidden }
            return .json(200, directory.settings(withPolicyFile: caller.scopes.allow("policy_file:read")))
        case (_, "acl"), (_, "acl/validate"), (_, "acl/preview"), (_, "users"), (_, "devices"), (_, "settings"):
            return .methodNotAllowed
        default:
            return .notFound
        }
    }
}
