import SymMessages

/// An answer of the simulated service.
struct TailnetResponse: Hashable, Sendable {
    var status: Int
    var contentType = "application/json"
    var etag: String?
    /// As the header has it: seconds, or a date.
    var retryAfter: String?
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

    static let notFound = message(404, "not found")
    static let methodNotAllowed = message(405, "method not allowed")
}

/// What becomes of a request.
struct TailnetOutcome: Hashable, Sendable {
    /// How an answer gets to who asked.
    enum Delivery: Hashable, Sendable {
        case whole
        /// The connection is closed in the middle of it.
        case truncated
        /// The connection is closed instead.
        case closed
        /// Not at all, while the connection stays open.
        case never
    }

    var response: TailnetResponse
    /// How long the answer is held back, in milliseconds.
    var delay: Int64 = 0
    var delivery = Delivery.whole
    /// In so many milliseconds the request arrives; until then this is no outcome at all.
    var arrivesAfter: Int64?

    init(_ response: TailnetResponse, delay: Int64 = 0, delivery: Delivery = .whole) {
        self.response = response
        self.delay = delay
        self.delivery = delivery
    }
}
