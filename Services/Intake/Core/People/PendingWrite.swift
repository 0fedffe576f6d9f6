import SymMessages

/// What a call wrote to the directory or the credentials, until it is read back.
struct PendingWrite: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case user(PersonID, isNew: Bool)
        case userRemoval(PersonID, [LiveRequest])
        case identity(DirectoryRecord.Identity)
        case identityRemoval(DirectoryRecord.Identity)
        case domain(DirectoryRecord.Domain)
        case domainRemoval(DirectoryRecord.Domain)
        case group(ResourceName)
        case bot(BotName)
        case botRemoval(BotView)
        /// - Parameter sha256: tells it from an earlier try with the same key.
        case token(id: String, sha256: String)
        case revocation(id: String)
        /// The token of the first administrator, whose entry follows.
        case bootstrapToken(id: String, sha256: String, PersonID)
        case bootstrapPerson(PersonID, token: String)
    }

    var kind: Kind
    /// What the caller saw under the record's key; another's record in between is a conflict. `nil`: the last one counts.
    var seen: Seen?
    var by: Caller
    /// Names the call: the same for a repetition.
    var call: String

    struct Seen: Sendable, Equatable {
        var record: DirectoryRecord?
    }
}

/// The answers to the latest calls that changed something, for repetitions with the same key.
struct FinishedWrites: Sendable {
    private static let most = 1_000
    private var answers: [String: Answer] = [:]
    private var order: [String] = []

    subscript(call: String) -> Answer? { answers[call] }

    mutating func add(_ answer: Answer, to call: String) {
        guard answers.updateValue(answer, forKey: call) == nil else { return }
        order.append(call)
        if order.count > Self.most {
            for old in order.prefix(Self.most / 2) { answers[old] = nil }
            order.removeFirst(Self.most / 2)
        }
    }
}
