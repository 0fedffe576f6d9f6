import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension TailscaleConnection {
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
                .invalidProxyResponse, .proxyAuthenticationRequired, .invalidURL, .emptyHost, .emptyScheme,
                .alreadyShutdown,
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
        case let error as HTTPClientError where error == .proxyAuthenticationRequired:
            return "the proxy wants a user and a password; put them into the proxy variable"
        case let error as HTTPClientError where error == .invalidProxyResponse:
            return "the proxy does not let us through to this address"
        case let error as HTTPClientError: return error.shortDescription
        default: return "\(error)"
        }
    }
}

extension TailscaleClient {
    /// What stands behind an error of the HTTP client, in words that fit into a sentence.
    static func reason(_ error: any Error) -> String { TailscaleConnection.reason(error) }
}
