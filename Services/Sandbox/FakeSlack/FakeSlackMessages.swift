import SymMessages

/// A request as the simulated Slack sees it.
struct SlackRequest: Hashable, Sendable {
    var method: String
    /// The segments of the path, unescaped.
    var path: [String]
    var query = URLEncodedForm()
    var authorization: String?
    var contentType: String?
    /// The authority that the client believes it speaks to.
    var host: String?
    /// The page that a browser says the request comes from.
    var origin: String?
    var body: [UInt8] = []

    /// Whether a browser sends this for a page that is not ours, or under a name that is not loopback's.
    var isForeign: Bool {
        let name = host?.split(separator: ":").first
        if let name, name != "127.0.0.1", name != "localhost" { return true }
        guard let origin, let host else { return false }
        return origin != "http://\(host)"
    }
}

/// An answer of the simulated Slack.
struct SlackResponse: Hashable, Sendable {
    var status: Int
    var contentType = "application/json; charset=utf-8"
    /// Seconds.
    var retryAfter: Int?
    /// The token's scopes, comma-separated (header `x-oauth-scopes` of every answer to a token: docs.slack.dev,
    /// authentication/tokens).
    var scopes: String?
    var location: String?
    var body: [UInt8]

    static func json(_ value: JSONValue, status: Int = 200) -> SlackResponse {
        SlackResponse(status: status, body: value.canonical)
    }

    static func text(_ text: String, status: Int = 200, as contentType: String = "text/plain") -> SlackResponse {
        SlackResponse(status: status, contentType: "\(contentType); charset=utf-8", body: Array(text.utf8))
    }

    /// `ok: true` and what else the method answers.
    static func ok(_ members: [String: JSONValue] = [:]) -> SlackResponse {
        .json(.object(members.merging(["ok": .bool(true)]) { $1 }))
    }

    /// Errors come with status 200 (slack.md B3).
    static func error(_ name: String, _ members: [String: JSONValue] = [:]) -> SlackResponse {
        .json(.object(members.merging(["ok": .bool(false), "error": .string(name)]) { $1 }))
    }

    /// Too many calls: status 429 with `Retry-After` in seconds (slack.md B3).
    static func rateLimited(retryAfter: Int) -> SlackResponse {
        var response = SlackResponse.error("ratelimited")
        response.status = 429
        response.retryAfter = retryAfter
        return response
    }
}

/// What becomes of a request.
enum SlackOutcome: Sendable {
    /// - Parameter delay: how long the answer is held back, in milliseconds.
    case answer(SlackResponse, delay: Int64 = 0)
    /// The connection is closed instead of answering.
    case dropped
    /// The app is told of a command or a click; its answer makes ours.
    case deliver(SlackDelivery)
}

/// A command or a click on its way to the app.
struct SlackDelivery: Sendable {
    enum Occasion: Hashable, Sendable {
        case command(user: String, channel: String)
        case click(user: String, channel: String)
    }

    /// One signed request, byte for byte.
    struct Post: Hashable, Sendable {
        var headers: [String: String]
        var body: [UInt8]
    }

    var url: String
    var occasion: Occasion
    var triggerID: String
    /// More than one where a duplicate is wanted; they go at once.
    var posts: [Post]
    /// Where the browser goes afterwards; nil: the answer is JSON.
    var page: String?
}

/// What the app made of one request.
enum SlackAppAnswer: Hashable, Sendable {
    case answered(status: Int, body: [UInt8], milliseconds: Int64)
    /// Not within 3 seconds (slack.md B1).
    case late
    case unreachable(String)
}

/// Something that goes wrong on demand.
struct SlackFault: Hashable, Sendable {
    enum Kind: String, Sendable {
        /// 429 with `Retry-After`.
        case rateLimited = "ratelimited"
        /// The call takes effect at once and is answered late.
        case delay
        /// The call takes effect; the connection is closed instead of answering it.
        case dropAfterApply = "drop_after_apply"
        /// The connection is closed; the call has no effect.
        case down
        /// `ok: false` with this error.
        case error
    }

    static let usage =
        "a fault is {\"kind\": \"ratelimited\"|\"delay\"|\"drop_after_apply\"|\"down\"|\"error\", \"method\"?: \"chat.postMessage\", "
        + "\"count\"?: n, \"retry_after\"?: seconds, \"delay_ms\"?: n, \"error\"?: name}; without count it stays until "
        + "DELETE /sandbox/faults"

    var kind: Kind
    /// Only calls of this method; nil: all.
    var method: String?
    /// How many calls it still befalls; nil: all.
    var count: Int64?
    var delay: Int64
    var retryAfter: Int
    var error: String

    init?(_ json: JSONValue) {
        guard let kind = json["kind"]?.text.flatMap(Kind.init(rawValue:)) else { return nil }
        self.kind = kind
        method = json["method"]?.text
        count = json["count"]?.number
        delay = json["delay_ms"]?.number ?? 0
        retryAfter = Int(json["retry_after"]?.number ?? 1)
        error = json["error"]?.text ?? "internal_error"
    }
}

extension JSONValue {
    var number: Int64? { if case .integer(let number) = self { number } else { nil } }
    var truth: Bool? { if case .bool(let truth) = self { truth } else { nil } }
}
