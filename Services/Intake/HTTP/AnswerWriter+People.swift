import HTTPTypes
import Hummingbird
import SymMessages

extension AnswerWriter {
    /// A token's entry, with the token.
    struct IssuedToken: Encodable {
        var token: String
        var entry: TokenView

        private enum CodingKeys: String, CodingKey {
            case token
        }

        func encode(to encoder: any Encoder) throws {
            try entry.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(token, forKey: .token)
        }
    }

    private struct Removed: Encodable {
        var email: PersonID
        var requests: [LiveRequest]
    }

    static func response(_ answer: PeopleAnswer) throws -> Response {
        switch answer {
        case .me(let me): try json(.ok, me)
        case .users(let users): try json(.ok, ["users": users])
        case .user(let user): try json(.ok, user)
        case .userCreated(let user): try json(.created, user)
        case .userRemoved(let email, let requests): try json(.ok, Removed(email: email, requests: requests))
        case .domains(let domains): try json(.ok, ["domains": domains])
        case .domain(let domain): try json(.ok, domain)
        case .groups(let groups): try json(.ok, ["groups": groups])
        case .group(let group): try json(.ok, group)
        case .bots(let bots): try json(.ok, ["bots": bots])
        case .bot(let bot): try json(.ok, bot)
        case .tokens(let tokens): try json(.ok, ["tokens": tokens])
        // Without the token: only the call that made it up knows it.
        case .token(let token), .tokenIssued(let token): try json(.ok, token)
        case .services(let services): try json(.ok, ["services": services])
        case .integrations(let integrations): try json(.ok, ["integrations": integrations])
        }
    }
}
