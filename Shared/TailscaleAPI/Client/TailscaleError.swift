/// What went wrong between us and the Tailscale API.
///
/// The sentences hold no token and no policy text beyond what the service itself says about a refused file.
public enum TailscaleError: Error, Hashable, Sendable {
    /// 412: the file has changed since the version the draft was computed from. Read it again and apply the change to it.
    case preconditionFailed
    /// 400, 413 or 422: the service does not take the file. If its own tests fail, which ones and how; the sentence gives
    /// their number only.
    case rejected(message: String, failedTests: [PolicyTestFailure] = [])
    /// 401: the token is wrong, expired or revoked.
    case unauthorized(CredentialName = .apiToken)
    /// 403: the token may not do this.
    case forbidden(message: String, call: APICall = .writePolicy)
    /// 404: there is no such tailnet for this token.
    case notFound(tailnet: String)
    /// 404: there is no such key for this token.
    case noSuchKey(id: String)
    /// 429: too many requests.
    case rateLimited(retryAfter: Duration?)
    /// 5xx. Of a write it is not known whether it took effect.
    case unavailable(status: Int, retryAfter: Duration?)
    /// The last calls were not answered, so none is sent for now.
    case circuitOpen(retryAfter: Duration)
    /// Nothing was sent, or nothing was changed by what was sent.
    case unreachable(reason: String)
    /// A write was sent and no usable answer came: it may have taken effect. Read the file to know.
    case answerLost(reason: String)
    /// The answer to a read makes no sense.
    case malformedAnswer(reason: String)
    /// The policy file is larger than the limit, in bytes, and is not read to its end.
    case policyTooLarge(limit: Int)
    /// The answer to another read is larger than the limit, in bytes.
    case answerTooLarge(limit: Int)
    /// Another status than the API has; a redirection is one, as none is followed.
    case unexpectedStatus(Int, message: String)
    /// There is no token to send.
    case noToken
    /// No access token could be had; nothing was sent to the API itself.
    case credential(CredentialFailure)
    /// The caller took the write back when it was about to be sent; nothing of its text was sent.
    case withheld
    /// The task was cancelled before anything could be changed.
    case cancelled

    /// Whether a write that failed so may have taken effect all the same: read the file before writing again.
    public var outcomeIsUnknown: Bool {
        switch self {
        case .answerLost, .unavailable, .unexpectedStatus: true
        default: false
        }
    }

    /// How long to wait before another try is worth it, if that is known.
    public var retryAfter: Duration? {
        switch self {
        case .rateLimited(let delay), .unavailable(_, let delay): delay
        case .circuitOpen(let delay): delay
        case .credential(let failure): failure.retryAfter
        default: nil
        }
    }

    /// Whether the same call may succeed a moment later.
    var mayPass: Bool {
        switch self {
        case .rateLimited, .unavailable, .unreachable: true
        default: false
        }
    }
}

extension TailscaleError {
    /// What a status other than 200 means.
    init(_ answer: TailscaleConnection.Answer, to request: APIRequest, tailnet: String, with credential: CredentialName)
    {
        let body = ErrorBody(answer.body)
        let message = (body.message ?? "the service gave no reason").redacted(answer.secret).asPhrase()
        switch answer.status {
        case 400, 413, 422: self = .rejected(message: message, failedTests: body.failedTests)
        case 401: self = .unauthorized(credential)
        case 403: self = .forbidden(message: message, call: request.call)
        case 404: self = request.call == .key ? .noSuchKey(id: request.path.lastSegment) : .notFound(tailnet: tailnet)
        case 412: self = .preconditionFailed
        case 429: self = .rateLimited(retryAfter: answer.retryAfter)
        case 500...599: self = .unavailable(status: answer.status, retryAfter: answer.retryAfter)
        case 300...399: self = .unexpectedStatus(answer.status, message: "redirections are not followed")
        default: self = .unexpectedStatus(answer.status, message: message)
        }
    }

    /// What it means that no answer came.
    init(_ failure: TailscaleConnection.Failure, of request: APIRequest) {
        let isWrite = request.changesSomething
        switch failure {
        case .held(let delay): self = .circuitOpen(retryAfter: delay)
        case .notSent(let reason): self = .unreachable(reason: reason)
        case .noAnswer(let reason): self = isWrite ? .answerLost(reason: reason) : .unreachable(reason: reason)
        case .answerTooLarge:
            self =
                switch request.call {
                case .writePolicy: .answerLost(reason: "the answer has more than \(request.answerLimit) bytes")
                case .readPolicy where request.query.isEmpty: .policyTooLarge(limit: request.answerLimit)
                default: .answerTooLarge(limit: request.answerLimit)
                }
        case .headersTooLarge:
            let reason = "its headers are larger than is read"
            self = isWrite ? .answerLost(reason: reason) : .malformedAnswer(reason: reason)
        case .withheld(isPartlySent: false): self = .withheld
        case .withheld(isPartlySent: true): self = .answerLost(reason: "it was taken back when a part of it was sent")
        case .cancelled: self = isWrite ? .answerLost(reason: "the call was cancelled") : .cancelled
        }
    }
}

extension String {
    fileprivate var lastSegment: String { split(separator: "/").last.map(String.init) ?? self }
}
