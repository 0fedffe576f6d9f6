import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The part of the API that hands out access tokens, and what is needed to ask it.
public struct TokenEndpoint: Sendable {
    /// The most bytes of an answer that are read; a token has some hundred.
    static let answerLimit = 65_536
    /// For a renewal while the old token is still good: the caller has something better to do than to wait.
    static let earlyTimeout = Duration.seconds(3)

    let baseURL: String
    let httpClient: HTTPClient
    let times: TokenTimes
    let timeout: Duration
    let userAgent: String
    let report: @Sendable (CredentialFailure) -> Void

    /// - Parameters:
    ///   - baseURL: scheme, host and port, without `/api/v2`.
    ///   - httpClient: made with ``TailscaleClient/httpClientConfiguration()``; the caller shuts it down.
    ///   - timeout: for a whole call with its answer; longer than 10 s is cut to 10 s.
    ///   - userAgent: what to call ourselves.
    ///   - report: told of a renewal that failed while the old token is still good: calls go on, but not for long.
    public init(
        baseURL: String, httpClient: HTTPClient, times: TokenTimes,
        timeout: Duration = .seconds(10), userAgent: String = "sym-tailscale-provisioner",
        report: @escaping @Sendable (CredentialFailure) -> Void = { _ in }
    ) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.httpClient = httpClient
        self.times = times
        self.timeout = min(timeout, .seconds(10))
        self.userAgent = userAgent
        self.report = report
    }

    /// Asks for a token.
    ///
    /// - Parameters:
    ///   - path: below `/api/v2`.
    ///   - secret: the one of the fields that must not appear in an error, whatever the service echoes.
    func mint(
        _ path: String, _ fields: [(name: String, value: String)], for credential: CredentialName, secret: String,
        isUrgent: Bool
    ) async -> TokenRenewal.Outcome {
        var request = HTTPClientRequest(url: "\(baseURL)/api/v2/\(path)")
        request.method = .POST
        request.headers.add(name: "User-Agent", value: userAgent)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let form = fields.map { "\($0.name)=\($0.value.asFormValue)" }.joined(separator: "&")
        request.body = .bytes(ByteBuffer(string: form))
        let exchange = Exchange(httpClient: httpClient, secondsSince1970: times.secondsSince1970)
        do {
            let answer = try await exchange.answer(
                to: request, within: isUrgent ? timeout : min(timeout, Self.earlyTimeout), limit: Self.answerLimit,
                secret: secret)
            return outcome(answer, credential)
        } catch {
            let reason: CredentialFailure.Reason =
                switch error {
                case .notSent(let reason), .noAnswer(let reason): .unreachable(reason)
                case .answerTooLarge: .malformed("it has more than \(Self.answerLimit) bytes")
                case .headersTooLarge: .malformed("its headers are larger than is read")
                case .cancelled, .withheld, .held: .unreachable("the call was cancelled")
                }
            return .failed(CredentialFailure(credential, reason))
        }
    }

    private func outcome(
        _ answer: TailscaleConnection.Answer, _ credential: CredentialName
    ) -> TokenRenewal.Outcome {
        let given = TokenAnswer.anyToken(in: answer.body) ?? ""
        let said = TokenAnswer.said(in: answer.body)?.redacted(answer.secret).redacted(given).asPhrase()
        let retryAfter = answer.retryAfter
        func failed(_ reason: CredentialFailure.Reason) -> TokenRenewal.Outcome {
            .failed(CredentialFailure(credential, reason, retryAfter: retryAfter))
        }
        switch answer.status {
        case 200:
            do throws(TokenAnswer.Problem) {
                return .minted(try TokenAnswer.token(in: answer.body))
            } catch {
                switch error {
                case .refused: return failed(.refused(said: said))
                case .malformed(let problem): return failed(.malformed(problem))
                }
            }
        case 400, 401, 403: return failed(.refused(said: said))
        case 429: return failed(.rateLimited)
        case 500...599: return failed(.unavailable(status: answer.status))
        case 300...399: return failed(.malformed("it is a redirection, and none is followed"))
        default: return failed(.malformed("its status is \(answer.status)" + (said.map { ", \($0)" } ?? "")))
        }
    }
}
