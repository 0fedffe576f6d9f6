import SymConfiguration
import SymMessages

/// All that is needed to say whose a token is, and whether it is still good.
struct Access: Sendable, Equatable {
    var credentials: Credentials
    var directory: Directory

    enum Finding: Sendable, Equatable {
        /// - Parameter token: the id of one that was issued here; `nil` for one of the tokens file.
        case caller(Caller, token: String?)
        /// Was good once, or would be for somebody in the directory; the sentence is for whoever has it.
        case noLonger(String)
        case unknown
    }

    /// - Parameter sha256: of the token, in hex.
    func finding(sha256: String, at now: Timestamp) -> Finding {
        guard let token = credentials.token(sha256: sha256), let issued = token.issued else { return .unknown }
        if token.revoked != nil {
            return .noLonger("This token was revoked. Ask an administrator for another.")
        }
        if let end = issued.expiresAt, end <= now {
            return .noLonger("This token was valid until \(end). Ask an administrator for another.")
        }
        return finding(of: issued.owner, token: issued.id)
    }

    /// A token is as good as its owner's entry: whoever was removed cannot use theirs.
    func finding(of owner: Caller, token: String?) -> Finding {
        switch owner {
        case .person(let person) where directory.person(person) == nil:
            .noLonger("This token is of \(person), who is not in the directory. An administrator has to add them.")
        case .bot(let bot) where directory.bot(bot) == nil:
            .noLonger("This token is of the bot \"\(bot)\", which is not in the directory. An administrator has to add it.")
        case .person, .bot: .caller(owner, token: token)
        }
    }
}
