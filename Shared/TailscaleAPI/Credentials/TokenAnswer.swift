import HuJSON

/// What the service that hands out access tokens says (RFC 6749 §5).
enum TokenAnswer {
    /// What a token lives if the service does not say.
    static let assumedLifetime = Duration.seconds(300)
    /// A longer life is not believed: the token is renewed earlier then, which harms nobody.
    static let longestLifetime = Duration.seconds(86_400)

    enum Problem: Error, Hashable {
        case refused(said: String?)
        case malformed(String)
    }

    /// Of an answer with status 200.
    static func token(in body: [UInt8]) throws(Problem) -> MintedToken {
        guard let document = try? HuJSONDocument(body, depthLimit: 32), document.root.kind == .object else {
            throw .malformed("it is not a JSON object")
        }
        guard let text = document.member("access_token").flatMap({ document.string($0) }) else {
            if document.member("error") != nil { throw .refused(said: said(in: body)) }
            throw .malformed("it holds no access_token")
        }
        guard let token = AccessToken(text) else { throw .malformed("its access_token cannot stand in a header") }
        guard let type = document.member("token_type").flatMap({ document.string($0) }) else {
            throw .malformed("it does not say what type the access token is of")
        }
        guard type.lowercased() == "bearer" else { throw .malformed("its token_type is not Bearer") }
        return MintedToken(token: token, lifetime: try lifetime(in: document))
    }

    private static func lifetime(in document: HuJSONDocument) throws(Problem) -> Duration {
        guard let value = document.member("expires_in"), value.kind != .null else { return assumedLifetime }
        guard let seconds = document.number(value), seconds >= 1 else {
            throw .malformed("its expires_in is not a number of seconds that has a token live")
        }
        return .seconds(Int64(min(seconds, Double(longestLifetime.components.seconds))))
    }

    /// What the service says is wrong: `error_description`, `error` or `message`; nil if it says nothing that we know how
    /// to read.
    static func said(in body: [UInt8]) -> String? {
        guard let document = try? HuJSONDocument(body, depthLimit: 32) else { return nil }
        let texts = ["error", "error_description", "message"].compactMap { name in
            document.member(name).flatMap { document.string($0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        return texts.isEmpty ? nil : texts.joined(separator: ": ")
    }

    /// What stands as `access_token` in an answer, usable or not: it must not be repeated.
    static func anyToken(in body: [UInt8]) -> String? {
        guard let document = try? HuJSONDocument(body, depthLimit: 32) else { return nil }
        return document.member("access_token").flatMap { document.string($0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
