import SymMessages

/// A request as the simulated service sees it.
struct TailnetRequest: Hashable, Sendable {
    var method: String
    /// The segments of the path, unescaped.
    var path: [String]
    var authorization: String?
    var ifMatch: String?
    var body: [UInt8] = []
}

/// An answer of the simulated service.
struct TailnetResponse: Hashable, Sendable {
    var status: Int
    var contentType = "application/json"
    var etag: String?
    var retryAfter: Int?
    var location: String?
    var body: [UInt8]

    static func policy(_ text: [UInt8]) -> TailnetResponse {
        TailnetResponse(
            status: 200, contentType: "application/hujson", etag: TailnetSimulator.etag(of: text), body: text)
    }

    static func json(_ status: Int, _ value: JSONValue) -> TailnetResponse {
        TailnetResponse(status: status, body: value.canonical)
    }

    /// An error in the service's form.
    static func message(_ status: Int, _ text: String) -> TailnetResponse {
        json(status, .object(["message": .string(text)]))
    }
}

/// What becomes of a request.
struct TailnetOutcome: Hashable, Sendable {
    var response: TailnetResponse
    /// How long the answer is held back, in milliseconds.
    var delay: Int64 = 0
    /// Whether the connection is closed instead of answering.
    var isDropped = false

    init(_ response: TailnetResponse, delay: Int64 = 0, isDropped: Bool = false) {
        self.response = response
        self.delay = delay
        self.isDropped = isDropped
    }
}

/// Something that goes wrong on demand.
struct TailnetFault: Hashable, Sendable {
    enum Kind: String, Sendable {
        /// The write takes effect; the connection is closed instead of answering it.
        case dropAfterApply = "drop_after_apply"
        /// The request is answered with a status, and has no effect.
        case status
        /// The request takes effect at once and is answered late.
        case delay
        /// The connection is closed; the request has no effect.
        case down
    }

    static let usage =
        "a fault is {\"kind\": \"drop_after_apply\"|\"status\"|\"delay\"|\"down\", \"method\"?: \"POST\", \"count\"?: n, "
        + "\"status\"?: n, \"body\"?: text, \"retry_after\"?: seconds, \"location\"?: URL, \"delay_ms\"?: n}; without count it stays until "
        + "DELETE /simulator/faults"

    var kind: Kind
    /// Only requests with this method; nil: all.
    var method: String?
    /// How many requests it still befalls; nil: all.
    var count: Int64?
    var delay: Int64 = 0
    var response: TailnetResponse?

    /// - Parameter body: JSON as ``usage`` says.
    init?(_ body: [UInt8]) {
        guard let json = try? WireFormat.decode(JSONValue.self, from: body), case .string(let name)? = json["kind"],
            let kind = Kind(rawValue: name)
        else { return nil }
        self.kind = kind
        method = Self.text(json["method"]) ?? (kind == .dropAfterApply ? "POST" : nil)
        count = Self.number(json["count"])
        delay = Self.number(json["delay_ms"]) ?? 0
        if kind == .status {
            let status = Int(Self.number(json["status"]) ?? 500)
            var response = TailnetResponse.message(status, "internal server error")
            if let text = Self.text(json["body"]) { response.body = Array(text.utf8) }
            response.retryAfter = Self.number(json["retry_after"]).map { Int($0) }
            response.location = Self.text(json["location"])
            self.response = response
        }
    }

    func concerns(_ request: TailnetRequest) -> Bool {
        method == nil || method == request.method
    }

    private static func text(_ value: JSONValue?) -> String? {
        if case .string(let text)? = value { text } else { nil }
    }

    private static func number(_ value: JSONValue?) -> Int64? {
        if case .integer(let number)? = value { number } else { nil }
    }
}
