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

    private struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    private enum Failure: Error {
        case timeout
        case tooLarge
    }

    /// Asks for a token.
    ///
    /// - Parameters:
    ///   - path: below `/api/v2`.
    ///   - secrets: what must not appear in an error, whatever the service echoes.
    func mint(
        _ path: String, _ fields: [(name: String, value: String)], for credential: CredentialName, secrets: [String],
        isUrgent: Bool
    ) async -> TokenRenewal.Outcome {
        var request = HTTPClientRequest(url: "\(baseURL)/api/v2/\(path)")
        request.method = .POST
        request.headers.add(name: "User-Agent", value: userAgent)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let form = fields.map { "\($0.name)=\($0.value.asFormValue)" }.joined(separator: "&")
        request.body = .bytes(ByteBuffer(string: form))
        do {
            let answer = try await send(request, within: isUrgent ? timeout : min(timeout, Self.earlyTimeout))
            return outcome(answer, credential, secrets)
        } catch Failure.timeout {
            return .failed(CredentialFailure(credential, .unreachable("the service did not answer in time")))
        } catch Failure.tooLarge {
            return .failed(CredentialFailure(credential, .malformed("it has more than \(Self.answerLimit) bytes")))
        } catch {
            let reason = TailscaleConnection.reason(error).redacted(secrets).asPhrase(limit: 200)
            return .failed(CredentialFailure(credential, .unreachable(reason)))
        }
    }

    private func outcome(
        _ answer: Answer, _ credential: CredentialName, _ secrets: [String]
    ) -> TokenRenewal.Outcome {
        let given = TokenAnswer.anyToken(in: answer.body).map { [$0] } ?? []
        let said = TokenAnswer.said(in: answer.body)?.redacted(secrets + given).asPhrase()
        let retryAfter = RetryAfter.delay(
            answer.headers.first(name: "Retry-After"), date: answer.headers.first(name: "Date"),
            now: times.secondsSince1970())
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

    private func send(_ request: HTTPClientRequest, within limit: Duration) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask { try await exchange(request, within: limit) }
            group.addTask {
                try await Task.sleep(for: limit)
                throw Failure.timeout
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private func exchange(_ request: HTTPClientRequest, within limit: Duration) async throws -> Answer {
        let response = try await httpClient.execute(request, timeout: .nanoseconds(Int64(limit / .nanoseconds(1))))
        var body: [UInt8] = []
        for try await part in response.body {
            guard body.count + part.readableBytes <= Self.answerLimit else { throw Failure.tooLarge }
            body.append(contentsOf: part.readableBytesView)
        }
        return Answer(status: Int(response.status.code), headers: response.headers, body: body)
    }
}

extension String {
    /// Without the secrets, in whatever form, and without whatever looks like one.
    func redacted(_ secrets: [String]) -> String {
        secrets.reduce(self) { text, secret in text.redacted(secret) }
            .replacing(#/eyJ[A-Za-z0-9_.-]{8,}/#, with: "[signed token]")
    }

    /// As the value of a field of a form (`application/x-www-form-urlencoded`).
    var asFormValue: String {
        var value = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                value.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "):
                value.append("+")
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                value += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return value
    }
}
