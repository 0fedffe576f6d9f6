import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension TailscaleClient {
    /// Whether nothing can have reached the service. Of whatever is not known for certain the answer is no.
    static func happenedBeforeSending(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError: return true
        case let error as IOError: return error.errnoCode == ECONNREFUSED
        case let error as ChannelError:
            if case .connectTimeout = error { return true }
            return false
        case let error as HTTPClientError:
            let early: [HTTPClientError] = [
                .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
                .invalidURL, .emptyHost, .emptyScheme, .alreadyShutdown,
            ]
            return early.contains(error) || error.shortDescription == "Unsupported scheme"
        default: return false
        }
    }

    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            let cause = error.connectionErrors.first.map { reason($0.error) } ?? "its name does not resolve"
            return "\(error.host):\(error.port): \(cause)"
        case let error as IOError where error.errnoCode == ECONNREFUSED: return "it refuses connections"
        case let error as HTTPClientError: return error.shortDescription
        default: return "\(error)"
        }
    }

    /// What a status other than 200 means.
    func error(for answer: Answer, token: AccessToken) -> TailscaleError {
        let body = ErrorBody(answer.body)
        let message = (body.message ?? "the service gave no reason").redacted(token.rawValue).asPhrase()
        let retryAfter = RetryAfter.delay(
            answer.headers.first(name: "Retry-After"), date: answer.headers.first(name: "Date"))
        switch answer.status {
        case 400, 413, 422: return .rejected(message: message, failedTests: body.failedTests)
        case 401: return .unauthorized
        case 403: return .forbidden(message: message)
        case 404: return .notFound(tailnet: tailnet)
        case 412: return .preconditionFailed
        case 429: return .rateLimited(retryAfter: retryAfter)
        case 500...599: return .unavailable(status: answer.status, retryAfter: retryAfter)
        case 300...399: return .unexpectedStatus(answer.status, message: "redirections are not followed")
        default: return .unexpectedStatus(answer.status, message: message)
        }
    }
}
