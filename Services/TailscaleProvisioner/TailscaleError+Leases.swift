import Leases
import TailscaleAPI

extension ReadFailure {
    init(_ error: TailscaleError) {
        switch error {
        case .unauthorized, .forbidden, .noToken: self = .unauthorized(error.description)
        case .credential(let failure) where failure.isRefusal: self = .unauthorized(failure.description)
        case .credential(let failure):
            self = .unavailable(failure.description, retryAfter: failure.retryAfter?.milliseconds)
        case .rateLimited(let delay), .unavailable(_, let delay):
            self = .unavailable(error.description, retryAfter: delay?.milliseconds)
        default: self = .unavailable(error.description, retryAfter: nil)
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
        case .credential(let failure):
            self = .unavailable(failure.description, retryAfter: failure.retryAfter?.milliseconds)
        case .rateLimited(let delay): self = .unavailable(error.description, retryAfter: delay?.milliseconds)
        default:
            self =
                error.outcomeIsUnknown
                ? .answerLost(error.description) : .unavailable(error.description, retryAfter: nil)
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
