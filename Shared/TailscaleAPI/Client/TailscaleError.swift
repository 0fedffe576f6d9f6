/// What went wrong between us and the Tailscale API.
///
/// The sentences hold no token and no policy text beyond what the service itself says about a refused file.
public enum TailscaleError: Error, Hashable, Sendable {
    /// 412: the file has changed since the version the draft was computed from. Read it again and apply the change to it.
    case preconditionFailed
    /// 400, 413 or 422: the service does not take the file. `failedTests` counts the file's own tests that failed.
    case rejected(message: String, failedTests: Int)
    /// 401: the token is wrong, expired or revoked.
    case unauthorized
    /// 403: the token may not do this.
    case forbidden(message: String)
    /// 404: there is no such tailnet for this token.
    case notFound(tailnet: String)
    /// 429: too many requests.
    case rateLimited(retryAfter: Duration?)
    /// 5xx. Of a write it is not known whether it took effect.
    case unavailable(status: Int, retryAfter: Duration?)
    /// Nothing was sent, or nothing was changed by what was sent.
    case unreachable(reason: String)
    /// A write was sent and no usable answer came: it may have taken effect. Read the file to know.
    case answerLost(reason: String)
    /// The answer to a read makes no sense.
    case malformedAnswer(reason: String)
    /// The answer to a read is larger than the limit, in bytes.
    case answerTooLarge(limit: Int)
    /// Another status than the API has; a redirection is one, as none is followed.
    case unexpectedStatus(Int, message: String)
    /// There is no token to send.
    case noToken
    /// No access token could be had; nothing was sent to the API itself.
    case credential(CredentialFailure)
    /// The task was cancelled before anything could be changed.
    case cancelled

    /// Whether a write that failed so may have taken effect all the same: read the file before writing again.
    public var outcomeIsUnknown: Bool {
        switch self {
        case .answerLost, .unavailable, .unexpectedStatus: true
        default: false
        }
    }
}

extension TailscaleError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .preconditionFailed:
            "The policy file has changed since it was read. Read it again and apply the change to the new text."
        case .rejected(let message, let failedTests):
            "Tailscale does not accept the policy file: \(message)"
                + (failedTests > 0 ? " (\(failedTests) of the file's own tests failed)." : ".")
        case .unauthorized:
            "Tailscale does not accept the API token: it is wrong, expired or revoked. Give the provisioner a new one."
        case .forbidden(let message):
            "The API token may not do this: \(message). It needs the rights of an Owner, Admin or Network admin; an "
                + "OAuth client needs the scope policy_file together with devices:core:read and "
                + "devices:posture_attributes."
        case .notFound(let tailnet):
            "There is no tailnet \"\(tailnet)\" for this token. Newer tailnets are addressed by their ID, like T1234CNTRL; "
                + "\"-\" is the tailnet of the token."
        case .rateLimited(let delay):
            "Tailscale asks for fewer requests\(Self.later(delay))."
        case .unavailable(let status, let delay):
            "Tailscale answered with status \(status)\(Self.later(delay)). If this was a write, read the file to know "
                + "whether it took effect."
        case .unreachable(let reason):
            "Tailscale cannot be reached: \(reason). Check the network and SYM_TAILSCALE_API_URL."
        case .answerLost(let reason):
            "No usable answer came to a write of the policy file (\(reason)). Read the file to know whether it took "
                + "effect."
        case .malformedAnswer(let reason):
            "The answer is not one of the Tailscale API: \(reason). Check that SYM_TAILSCALE_API_URL names the API itself."
        case .answerTooLarge(let limit):
            "The answer has more than \(limit) bytes."
        case .unexpectedStatus(let status, let message):
            "The answer has status \(status): \(message). Check that SYM_TAILSCALE_API_URL names the API itself."
        case .noToken:
            "There is no usable API token for this tailnet. Check the secret its integration names."
        case .credential(let failure):
            failure.description
        case .cancelled:
            "The call was cancelled."
        }
    }

    private static func later(_ delay: Duration?) -> String {
        delay.map { ", at the earliest in \($0.components.seconds) s" } ?? ""
    }
}
