import HTTPTypes
import Hummingbird
import SymConfiguration
import SymMessages

extension HTTPEdge {
    /// Who calls, by the bearer token; nothing else says so.
    func caller(of request: Request) throws(Problem) -> Caller {
        switch finding(request) {
        case .caller(let caller, let used):
            if let used { noteUse(used) }
            return caller
        case .bootstrap:
            throw Self.unauthorized(
                "The bootstrap token makes the first administrator with POST /v1/bootstrap and is good for nothing else."
            )
        case .refused(let reason): throw Self.unauthorized(reason)
        case .starting: throw Problem.starting("it does not know the tokens yet")
        case .unknown, nil:
            throw Self.unauthorized(
                "The call has no token that is known here. Send the header \"Authorization: Bearer …\" with your token."
            )
        }
    }

    /// Whether whoever calls has the bootstrap token.
    func checkBootstrap(_ request: Request) throws(Problem) {
        guard finding(request) == .bootstrap else {
            throw Self.unauthorized(
                "This is for whoever has the token in SYM_INTAKE_BOOTSTRAP_TOKEN_FILE of intake. Send the header "
                    + "\"Authorization: Bearer …\" with that token.")
        }
    }

    /// Asks, before a large body is read, what the core asks again: reading is not for whoever is refused anyway.
    func check(_ refusal: (Facts) -> Refusal?) throws(Problem) {
        if let refusal = tokens.refusal(refusal) { throw Problem(refusal, request: nil) }
    }

    /// `nil`: the call has no token.
    private func finding(_ request: Request) -> TokenDesk.Finding? {
        let parts = (request.headers[.authorization] ?? "").split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return tokens.finding(parts[1])
    }

    private static func unauthorized(_ detail: String) -> Problem {
        var problem = Problem(.unauthorized, detail)
        problem.headers[.wwwAuthenticate] = "Bearer"
        return problem
    }
}
