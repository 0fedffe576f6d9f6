import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One request and its answer, read to its end within a time limit.
struct Exchange: Sendable {
    let httpClient: HTTPClient
    /// By the clock on the wall.
    let secondsSince1970: @Sendable () -> Int64

    /// - Parameters:
    ///   - limit: the most bytes of the answer that are read.
    ///   - secret: what is sent as such; it is kept out of the reasons of failures.
    func answer(
        to request: HTTPClientRequest, within timeout: Duration, limit: Int, secret: String
    ) async throws(TailscaleConnection.Failure) -> TailscaleConnection.Answer {
        do {
            return try await withThrowingTaskGroup(of: TailscaleConnection.Answer.self) { group in
                group.addTask { try await wholeAnswer(to: request, within: timeout, limit: limit, secret: secret) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    throw TailscaleConnection.Failure.noAnswer(reason: "no answer within \(timeout.inSeconds)")
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw CancellationError() }
                return answer
            }
        } catch let failure as TailscaleConnection.Failure {
            throw failure
        } catch {
            if error is CancellationError || Task.isCancelled { throw .cancelled }
            if error as? HTTPParserError == .headerOverflow { throw .headersTooLarge }
            let reason = TailscaleConnection.reason(error).redacted(secret).asPhrase(limit: 200)
            throw TailscaleConnection.happenedBeforeSending(error)
                ? .notSent(reason: reason) : .noAnswer(reason: reason)
        }
    }

    private func wholeAnswer(
        to request: HTTPClientRequest, within timeout: Duration, limit: Int, secret: String
    ) async throws -> TailscaleConnection.Answer {
        // Our own timer comes first, and says in our words what happened.
        let late = timeout + .seconds(1)
        let response = try await httpClient.execute(request, timeout: .nanoseconds(Int64(late / .nanoseconds(1))))
        var body: [UInt8] = []
        for try await part in response.body {
            guard body.count + part.readableBytes <= limit else { throw TailscaleConnection.Failure.answerTooLarge }
            body.append(contentsOf: part.readableBytesView)
        }
        return TailscaleConnection.Answer(
            status: Int(response.status.code), headers: response.headers, body: body, received: secondsSince1970(),
            secret: secret)
    }
}

extension TailscaleConnection {
    /// An answer that was read to its end.
    ///
    /// Printed, it says its status only.
    struct Answer: CustomStringConvertible, CustomReflectable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
        /// When it was there: seconds since 1970.
        var received: Int64
        /// What was sent as the token: it is kept out of whatever is quoted from the answer.
        var secret: String

        var retryAfter: Duration? {
            RetryAfter.delay(headers.first(name: "Retry-After"), date: headers.first(name: "Date"), now: received)
        }

        var description: String { "[answer, status \(status)]" }
        var customMirror: Mirror { Mirror(self, children: []) }

        /// Whether this is a page of something on the way, a proxy's or a portal's: the API answers with none.
        var isPage: Bool { headers.first(name: "Content-Type")?.lowercased().contains("html") == true }
    }

    /// What can be wrong with a call before the service has said anything that counts.
    enum Failure: Error {
        case notSent(reason: String)
        case noAnswer(reason: String)
        case answerTooLarge
        /// More of them than we read: that is our limit, and no sign that the service is away.
        case headersTooLarge
        case cancelled
        /// The caller took the request back before all of it was sent.
        case withheld(isPartlySent: Bool)
        /// The service does not answer these days; nothing was sent.
        case held(retryAfter: Duration)
    }
}

extension Duration {
    /// As a sentence has it: `10 s`, `0.2 s`.
    var inSeconds: String {
        let tenths = (self / .milliseconds(100)).rounded(.up)
        let whole = Int(tenths) / 10
        return Int(tenths) % 10 == 0 ? "\(whole) s" : "\(whole).\(Int(tenths) % 10) s"
    }
}
