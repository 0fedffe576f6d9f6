extension TailscaleError: CustomStringConvertible, CustomDebugStringConvertible {
    /// What happened and what to do next.
    public var description: String { sentence.redacted() }

    /// The same: what the cases carry is not all for everybody's eyes.
    public var debugDescription: String { description }

    private var sentence: String {
        switch self {
        case .preconditionFailed:
            "The policy file has changed since it was read. Read it again and apply the change to the new text."
        case .rejected(let message, let failedTests):
            "Tailscale does not accept the policy file: \(message)"
                + (failedTests.isEmpty ? "." : " (\(failedTests.count) of the file's own tests failed).")
        case .unauthorized(.apiToken):
            "Tailscale does not accept the API token: it is wrong, expired or revoked. Give the provisioner a new one."
        case .unauthorized(let name):
            CredentialFailure(name, .refusedToken).description
        case .forbidden(let message, let call):
            "The credential may not \(call.deed): \(message). \(call.hint)"
        case .notFound(let tailnet):
            "There is no tailnet \"\(tailnet)\" for this token. Newer tailnets are addressed by their ID, like T1234CNTRL; "
                + "\"-\" is the tailnet of the token."
        case .noSuchKey(let id):
            "There is no key \(id) that this token may look at. A credential may look at itself only."
        case .rateLimited(let delay):
            "Tailscale asks for fewer requests\(Self.later(delay))."
        case .unavailable(let status, let delay):
            "Tailscale answered with status \(status)\(Self.later(delay)). If this was a write, read the file to know "
                + "whether it took effect."
        case .circuitOpen(let delay):
            "Tailscale has not answered the last calls, so nothing was sent now. The next call can go in "
                + "\(delay.inSeconds)."
        case .unreachable(let reason):
            "Tailscale cannot be reached: \(reason). Check the network and SYM_TAILSCALE_API_URL."
        case .answerLost(let reason):
            "No usable answer came to a write of the policy file (\(reason)). Read the file to know whether it took "
                + "effect."
        case .malformedAnswer(let reason):
            "The answer is not one of the Tailscale API: \(reason). Check that SYM_TAILSCALE_API_URL names the API itself."
        case .policyTooLarge(let limit):
            "The policy file is larger than \(Self.size(limit)); so large a file is not edited."
        case .answerTooLarge(let limit):
            "The answer has more than \(limit) bytes."
        case .unexpectedStatus(let status, let message):
            "The answer has status \(status): \(message). Check that SYM_TAILSCALE_API_URL names the API itself."
        case .noToken:
            "There is no usable API token for this tailnet. Check the secret its integration names."
        case .credential(let failure):
            failure.description
        case .withheld:
            "The write was not sent: its time was over."
        case .cancelled:
            "The call was cancelled."
        }
    }

    private static func size(_ bytes: Int) -> String {
        bytes >= 1 << 20 && bytes.isMultiple(of: 1 << 20) ? "\(bytes >> 20) MB" : "\(bytes) bytes"
    }

    private static func later(_ delay: Duration?) -> String {
        delay.map { ", at the earliest in \($0.inSeconds)" } ?? ""
    }
}
