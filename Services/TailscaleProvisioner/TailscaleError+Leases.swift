import Leases
import TailscaleAPI

extension ReadFailure {
    init(_ error: TailscaleError) {
        switch error {
        case .unauthorized, .forbidden, .noToken: self = .unauthorized(error.description)
        case .credential(let failure) where failure.isRefusal: self = .unauthorized(failure.description)
        case .policyTooLarge, .malformedAnswer: self = .unusable(error.description)
        default: self = .unavailable(error.description, retryAfter: error.retryAfter?.milliseconds)
        }
    }
}

extension ValidationResult {
    /// No answer to the question at all.
    init(_ error: TailscaleError) {
        switch error {
        // Not every service that speaks this API can be asked.
        case .notFound, .unexpectedStatus, .malformedAnswer, .answerTooLarge: self = .unknown
        default:
            switch ReadFailure(error) {
            case .unauthorized(let message): self = .unauthorized(message)
            case .unavailable(let message, let retryAfter): self = .unavailable(message, retryAfter: retryAfter)
            case .unusable: self = .unknown
            }
        }
    }
}

extension WriteResult {
    init(_ error: TailscaleError) {
        switch error {
        case .preconditionFailed: self = .preconditionFailed
        case .rejected: self = .rejected(error.description)
        case .unauthorized, .forbidden, .noToken: self = .unauthorized(error.description)
        case .credential(let failure) where failure.isRefusal: self = .unauthorized(failure.description)
        case .withheld: self = .tooLate
        default:
            self =
                error.outcomeIsUnknown
                ? .answerLost(error.description)
                : .unavailable(error.description, retryAfter: error.retryAfter?.milliseconds)
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
