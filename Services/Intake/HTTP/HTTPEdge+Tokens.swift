import HTTPTypes
import Hummingbird
import SymMessages

extension HTTPEdge {
    func addTokens(to router: Router<BasicRequestContext>) {
        let tokens = router.group("/v1/tokens")
        tokens.get { request, _ in try await read(request, .tokens) }
        tokens.post { request, _ in try await issue(request) }
        tokens.delete(":id") { request, context in
            try await change(request) { headers, bytes throws(Problem) in
                try Self.checkEmpty(bytes)
                return .revokeToken(id: try parameter("id", context), key: headers.key)
            }
        }
        router.post("/v1/bootstrap") { request, _ in try await bootstrap(request) }
    }

    private func issue(_ request: Request) async throws -> Response {
        let caller = try caller(of: request)
        let headers = try CallHeaders(request.headers)
        let token = FreshToken()
        let terms = try TokenBody(reading: try await body(of: request)).terms(sha256: token.sha256)
        return try await respond(caller, .issueToken(terms, key: headers.key), headers, telling: token)
    }

    private func bootstrap(_ request: Request) async throws -> Response {
        try checkBootstrap(request)
        let headers = try CallHeaders(request.headers)
        let token = FreshToken()
        let person = try BootstrapBody(reading: try await body(of: request)).email.person("email")
        return try await respond(
            .person(person), .bootstrap(person, sha256: token.sha256, key: headers.key), headers, telling: token)
    }

    /// Tells the token this once if it was made.
    private func respond(
        _ caller: Caller, _ call: PeopleCall, _ headers: CallHeaders, telling token: FreshToken
    ) async throws -> Response {
        let answer = try await ask(caller, .people(call))
        var response: Response
        if case .people(.tokenIssued(let view)) = answer {
            response = try AnswerWriter.json(
                .created, AnswerWriter.IssuedToken(token: token.text, entry: view), [.cacheControl: "no-store"])
        } else {
            response = try AnswerWriter.response(answer)
        }
        response.headers[.idempotencyKey] = headers.key
        return response
    }
}
