import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import SymMessages

/// Reads from Slack's Web API, with the app's bot token, which appears in no message.
struct SlackWebAPI: Sendable {
    /// What Slack said, when it did what was asked.
    struct Answer: Sendable {
        var json: JSONValue
        /// The token's scopes; `nil` if Slack did not say.
        var scopes: Set<String>?
    }

    private static let largestAnswer = 8 * 1_024 * 1_024

    private let base: String
    private let token: String

    /// - Throws: usage, when the token is missing, or the address is none that a token may be sent to.
    init(environment: [String: String]) throws(Failure) {
        guard let token = environment["SYM_SLACK_BOT_TOKEN"], !token.isEmpty else {
            throw Failure(.usage, "SYM_SLACK_BOT_TOKEN is not set. Put the app's bot token (xoxb-…) there.")
        }
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Failure(.usage, "SYM_SLACK_BOT_TOKEN holds characters that no token has. Set it anew.")
        }
        let url = environment["SYM_SLACK_API_URL"].flatMap { $0.isEmpty ? nil : $0 } ?? "https://slack.com/api/"
        let isLocal = (try? #/http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?(/.*)?/#.wholeMatch(in: url)) != nil
        guard url.hasPrefix("https://") || isLocal else {
            throw Failure(.usage, "SYM_SLACK_API_URL must begin with https://: the bot token goes there.")
        }
        self.token = token
        base = url.hasSuffix("/") ? url : url + "/"
    }

    /// - Parameter form: the arguments; methods that read take no JSON.
    func call(_ method: String, _ form: [(String, String)] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: base + method)
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(
            ByteBuffer(string: form.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")))
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let response: HTTPClientResponse
            let body: [UInt8]
            do {
                response = try await client.execute(request, timeout: .seconds(20))
                body = Array(try await response.body.collect(upTo: Self.largestAnswer).readableBytesView)
            } catch {
                throw Failure(.unreachable, "Slack does not answer at \(base). Is the network there?")
            }
            return try Self.answer(
                to: method, status: Int(response.status.code),
                retryAfter: response.headers.first(name: "Retry-After"),
                scopes: response.headers.first(name: "x-oauth-scopes"), body: body)
        }
    }

    private static func answer(
        to method: String, status: Int, retryAfter: String?, scopes: String?, body: [UInt8]
    ) throws(Failure) -> Answer {
        if status == 429 {
            let seconds = retryAfter.map { " in \($0) s" } ?? " later"
            throw Failure(.unreachable, "Slack wants fewer calls just now. Try again\(seconds).")
        }
        guard status == 200, let json = try? WireFormat.decode(JSONValue.self, from: body),
            case .bool(let isOK)? = json["ok"]
        else {
            throw Failure(
                .unreachable,
                "\(method) was answered with \(status), and not as Slack does. Is SYM_SLACK_API_URL right?")
        }
        guard isOK else { throw Failure(refusing: method, json) }
        return Answer(
            json: json,
            scopes: scopes.map { list in Set(list.split(separator: ",").map { String($0.filter { $0 != " " }) }) })
    }
}

extension Failure {
    /// Slack refused, for a reason that it names.
    fileprivate init(refusing method: String, _ json: JSONValue) {
        func text(_ name: String) -> String? { if case .string(let text)? = json[name] { text } else { nil } }
        let name = (text("error") ?? "no reason").onTerminal
        switch name {
        case "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive":
            self.init(
                .notPermitted,
                "Slack does not take the token (\(name)). Copy the bot token anew, from “OAuth & Permissions” of the app."
            )
        case "missing_scope":
            self.init(
                .notPermitted,
                "The token lacks the scope \((text("needed") ?? "?").onTerminal) for \(method). Add it to the app and "
                    + "install the app again.")
        default: self.init(.unreachable, "Slack refused \(method): \(name).")
        }
    }
}
