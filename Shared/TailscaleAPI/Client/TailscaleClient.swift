import AsyncHTTPClient
import TailnetPolicy

/// Calls the Tailscale API for one tailnet.
///
/// Calls that change nothing are repeated a few times after a failure that may pass (no connection, no answer, 429, 5xx),
/// within the time for the whole call; calls that write are never. After 401 the credential is asked once for another token,
/// and the call is made again with it: what was refused so has changed nothing.
public struct TailscaleClient: Sendable {
    /// Where the service itself is.
    public static let defaultBaseURL = TailscaleConnection.defaultBaseURL

    typealias Answer = TailscaleConnection.Answer

    let connection: TailscaleConnection
    let tailnet: String
    let access: any AccessTokenSource

    /// - Parameters:
    ///   - tailnet: as the API's path names it: an ID, a name, or `-` for that of the token.
    ///   - access: asked for a token before every call. The time it takes is not part of the call's time limit.
    ///   - connection: shared by all clients of one API address.
    public init(tailnet: String, access: any AccessTokenSource, connection: TailscaleConnection) {
        self.tailnet = tailnet
        self.access = access
        self.connection = connection
    }

    /// A client with a connection of its own.
    ///
    /// - Parameters: as those of ``TailscaleConnection``.
    public init(
        baseURL: String = Self.defaultBaseURL, tailnet: String, access: any AccessTokenSource, httpClient: HTTPClient,
        timeout: Duration = TailscaleConnection.longestCall, answerLimit: Int = PolicyFile.sizeLimit,
        userAgent: String = "sym-tailscale-provisioner"
    ) {
        self.init(
            tailnet: tailnet, access: access,
            connection: TailscaleConnection(
                baseURL: baseURL, httpClient: httpClient, timeout: timeout, answerLimit: answerLimit,
                userAgent: userAgent))
    }

    /// See ``TailscaleConnection/httpClientConfiguration(proxy:)``.
    public static func httpClientConfiguration(proxy: HTTPProxy? = nil) -> HTTPClient.Configuration {
        TailscaleConnection.httpClientConfiguration(proxy: proxy)
    }

    /// A path of the tailnet.
    func path(_ rest: String) -> String { "tailnet/\(tailnet.asPathSegment)/\(rest)" }

    /// The answer to a call, if its status is 200.
    func answer(to request: APIRequest) async throws(TailscaleError) -> Answer {
        let pacing = connection.pacing
        var schedule = RetrySchedule(
            request.changesSomething ? .never : connection.retries, budget: connection.timeout)
        var token = try await access.token()
        var hasNewToken = false
        var start = pacing.now()
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            guard request.isWithheld?() != true else { throw .withheld }
            let outcome = await attempt(request, token, within: connection.timeout - (pacing.now() - start))
            let error: TailscaleError
            switch outcome {
            case .success(let answer) where answer.status == 200: return answer
            case .success(let answer):
                error = TailscaleError(answer, to: request, tailnet: tailnet, with: access.name)
            case .failure(let failure):
                error = TailscaleError(failure, of: request)
            }
            if error == .unauthorized(access.name), !hasNewToken {
                let before = pacing.now()
                guard let other = try await access.token(insteadOf: token) else { throw error }
                start += pacing.now() - before
                token = other
                hasNewToken = true
                continue
            }
            guard error.mayPass,
                let pause = schedule.pause(
                    afterFailureAt: pacing.now() - start, retryAfter: error.retryAfter, chance: pacing.chance())
            else { throw error }
            guard (try? await pacing.pause(pause)) != nil else { throw .cancelled }
        }
    }

    private func attempt(
        _ request: APIRequest, _ token: AccessToken, within timeout: Duration
    ) async -> Result<Answer, TailscaleConnection.Failure> {
        do {
            let answer = try await connection.send(
                request.httpRequest(baseURL: connection.baseURL, token: token, userAgent: connection.userAgent),
                for: tailnet, within: timeout, answerLimit: request.answerLimit, secret: token.rawValue,
                carriesPolicy: request.carriesPolicy)
            return .success(answer)
        } catch {
            return .failure(error)
        }
    }
}
