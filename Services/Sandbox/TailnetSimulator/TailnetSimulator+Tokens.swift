import SymMessages

/// Access tokens for trust credentials: OAuth clients and federated identities.
extension TailnetSimulator {
    mutating func issueToken(_ request: TailnetRequest, at now: Int64) -> TailnetResponse {
        let form = URLEncodedForm(encoded: request.body)
        // The documentation's own example leaves it out.
        guard form["grant_type"] ?? "client_credentials" == "client_credentials" else {
            return Self.refusal(400, "unsupported_grant_type", "only client_credentials is supported")
        }
        guard let (id, secret) = Self.client(request, form) else {
            return Self.refusal(400, "invalid_request", "client_id and client_secret are required")
        }
        let scopes = form["scope"].map(TailnetScopes.init(text:)).flatMap { $0.names.isEmpty ? nil : $0 }
        do {
            return Self.reply(try credentials.issue(client: id, secret: secret, scopes: scopes, at: now))
        } catch {
            switch error {
            case .unknownClient:
                return Self.refusal(401, "invalid_client", "the client is unknown or its secret is wrong")
            case .scopeTooWide:
                return Self.refusal(400, "invalid_scope", "the client does not have every scope asked for")
            }
        }
    }

    mutating func exchangeToken(_ request: TailnetRequest, at now: Int64) -> TailnetResponse {
        let form = URLEncodedForm(encoded: request.body)
        // On purpose it says nothing of the reason.
        guard let id = form["client_id"], let idToken = form["jwt"],
            let token = try? credentials.exchange(client: id, idToken: idToken, at: now)
        else { return .message(400, "token exchange failed") }
        return Self.reply(token)
    }

    /// In the form, or in `Basic` where both parts are escaped as in a form (RFC 6749 §2.3.1).
    private static func client(_ request: TailnetRequest, _ form: URLEncodedForm) -> (id: String, secret: String)? {
        if let id = form["client_id"], let secret = form["client_secret"] { return (id, secret) }
        guard let authorization = request.authorization, authorization.lowercased().hasPrefix("basic "),
            let (user, password) = TailnetCredentials.basic(authorization.dropFirst("basic ".count))
        else { return nil }
        return (URLEncodedForm.decoded(user.utf8), URLEncodedForm.decoded(password.utf8))
    }

    private static func reply(_ token: TailnetCredentials.AccessToken) -> TailnetResponse {
        .json(
            200,
            .object([
                "access_token": .string(token.text), "token_type": .string("Bearer"),
                "expires_in": .integer(token.lifetime), "scope": .string(token.scopes.text),
            ]))
    }

    private static func refusal(_ status: Int, _ error: String, _ description: String) -> TailnetResponse {
        .json(status, .object(["error": .string(error), "error_description": .string(description)]))
    }
}
