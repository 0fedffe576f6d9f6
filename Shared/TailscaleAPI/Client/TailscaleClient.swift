import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TailnetPolicy

/// Calls the Tailscale API for one tailnet.
public struct TailscaleClient: Sendable {
    /// Where the service itself is.
    public static let defaultBaseURL = "https://api.tailscale.com"

    let baseURL: String
    let tailnet: String
    let access: any AccessTokenSource
    let httpClient: HTTPClient
    let timeout: Duration
    let answerLimit: Int
    let userAgent: String

    /// - Parameters:
    ///   - baseURL: scheme, host and port, without `/api/v2`.
    ///   - tailnet: as the API's path names it: an ID, a name, or `-` for that of the token.
    ///   - access: asked for a token before every call.
    ///   - httpClient: made with ``httpClientConfiguration()``; the caller shuts it down.
    ///   - timeout: for a whole call with its answer; longer than 10 s is cut to 10 s.
    ///   - answerLimit: the most bytes of an answer that are read.
    ///   - userAgent: what to call ourselves.
    public init(
        baseURL: String = Self.defaultBaseURL, tailnet: String, access: any AccessTokenSource, httpClient: HTTPClient,
        timeout: Duration = .seconds(10), answerLimit: Int = PolicyFile.sizeLimit,
        userAgent: String = "sym-tailscale-provisioner"
    ) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.tailnet = tailnet
        self.access = access
        self.httpClient = httpClient
        self.timeout = min(timeout, .seconds(10))
        self.answerLimit = answerLimit
        self.userAgent = userAgent
    }

    /// How the `HTTPClient` must be set up: it follows no redirection, which would carry the token elsewhere, and gives up
    /// early on a service that cannot be reached.
    public static func httpClientConfiguration() -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// An answer that was read to its end.
    struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    /// What can be wrong with a call before the service has said anything that counts.
    enum Failure: Error {
        case notSent(reason: String)
        case noAnswer(reason: String)
        case answerTooLarge
        case cancelled
    }

    func request(_ method: HTTPMethod, _ path: String, token: AccessToken) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "\(baseURL)/api/v2/tailnet/\(tailnet.asPathSegment)/\(path)")
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(token.rawValue)")
        request.headers.add(name: "User-Agent", value: userAgent)
        return request
    }

    /// Sends a request and reads the answer to its end, all within the time limit.
    func send(_ request: HTTPClientRequest, token: AccessToken) async throws(Failure) -> Answer {
        do {
            return try await withThrowingTaskGroup(of: Answer.self) { group in
                group.addTask { try await exchange(request) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    throw Failure.noAnswer(reason: "no answer within \(timeout.components.seconds) s")
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw CancellationError() }
                return answer
            }
        } catch let failure as Failure {
            throw failure
        } catch is CancellationError {
            throw .cancelled
        } catch {
            let reason = Self.reason(error).redacted(token.rawValue).asPhrase(limit: 200)
            throw Self.happenedBeforeSending(error) ? .notSent(reason: reason) : .noAnswer(reason: reason)
        }
    }

    private func exchange(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await httpClient.execute(request, timeout: .nanoseconds(Int64(timeout / .nanoseconds(1))))
        var body: [UInt8] = []
        for try await part in response.body {
            guard body.count + part.readableBytes <= answerLimit else { throw Failure.answerTooLarge }
            body.append(contentsOf: part.readableBytesView)
        }
        return Answer(status: Int(response.status.code), headers: response.headers, body: body)
    }
}
