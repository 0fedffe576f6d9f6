import FoundationEssentials
import SymMessages

/// Something that goes wrong on demand.
struct TailnetFault: Hashable, Sendable {
    enum Kind: String, Sendable, Decodable, CaseIterable {
        /// The write takes effect; the connection is closed instead of answering it.
        case dropAfterApply = "drop_after_apply"
        /// The request is answered with a status, and has no effect.
        case status
        /// The request takes effect at once and is answered late.
        case delay
        /// The connection is closed; the request has no effect.
        case down
        /// Another editor saves the file, with another comment, just before the request.
        case conflict
        /// A page of HTML in the name of the service, as a proxy between may give; the request has no effect.
        case garbage
        /// The request takes effect; the answer breaks off in the middle.
        case truncated
        /// The request has no effect and is never answered.
        case hang
        /// The request is held up on its way: it arrives late, whether or not its sender waits for it still.
        case late

        /// Whether it speaks of writes of the policy file, unless it says otherwise.
        fileprivate var isAboutWrites: Bool { self == .dropAfterApply || self == .conflict }
    }

    static let usage =
        "a fault is {\"kind\": \(Kind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: "|")), "
        + "\"method\"?: \"POST\", \"path\"?: \"acl\"|\"acl/validate\"|\"oauth/token\"|…, \"skip\"?: n, \"count\"?: n, "
        + "\"status\"?: n, \"body\"?: text, \"content_type\"?: text, \"retry_after\"?: seconds, "
        + "\"retry_after_date\"?: true, \"location\"?: URL, \"delay_ms\"?: n, \"with_etag\"?: true}; without count it "
        + "stays until DELETE /simulator/faults"

    /// The fault as the control call has it.
    private struct Wire: Decodable {
        enum CodingKeys: String, CodingKey {
            case kind, method, path, skip, count, status, body, location
            case contentType = "content_type"
            case retryAfter = "retry_after"
            case retryAfterDate = "retry_after_date"
            case delay = "delay_ms"
            case withETag = "with_etag"
        }

        var kind: Kind
        var method: String?
        var path: String?
        var skip: Int?
        var count: Int?
        var status: Int?
        var body: String?
        var contentType: String?
        var retryAfter: Int64?
        var retryAfterDate: Bool?
        var location: String?
        var delay: Int64?
        var withETag: Bool?
    }

    var kind: Kind
    /// Only requests with this method; nil: all.
    var method: String?
    /// Only requests about this resource; nil: all.
    var resource: String?
    /// How many requests it lets pass before the first that it befalls.
    var skip: Int
    /// How many requests it still befalls; nil: all.
    var count: Int?
    var delay: Int64
    /// Whether what it answers claims to be a version of the policy file.
    var hasETag: Bool
    private let answer: TailnetResponse
    private let retryAfter: Int64?
    private let isRetryAfterDate: Bool

    /// - Parameter body: JSON as ``usage`` says.
    init?(_ body: [UInt8]) {
        guard let wire = try? WireFormat.decode(Wire.self, from: body), (wire.count ?? 1) > 0, (wire.skip ?? 0) >= 0,
            (200...599).contains(wire.status ?? 500), (0...3_600_000).contains(wire.delay ?? 0),
            (0...31_536_000).contains(wire.retryAfter ?? 0)
        else { return nil }
        kind = wire.kind
        method = wire.method ?? (wire.kind.isAboutWrites ? "POST" : nil)
        resource = wire.path ?? (wire.kind.isAboutWrites ? "acl" : nil)
        skip = wire.skip ?? 0
        count = wire.count
        delay = wire.delay ?? 0
        hasETag = wire.withETag ?? false
        retryAfter = wire.retryAfter
        isRetryAfterDate = wire.retryAfterDate ?? false
        let status = wire.status ?? 500
        var answer = TailnetResponse.message(status, Self.messages[status] ?? "internal server error")
        if kind == .garbage { answer = Self.page }
        if let text = wire.body { answer.body = Array(text.utf8) }
        if let type = wire.contentType { answer.contentType = type }
        answer.location = wire.location
        self.answer = answer
    }

    func concerns(_ request: TailnetRequest) -> Bool {
        (method == nil || method == request.method) && (resource == nil || resource == request.resource)
    }

    /// What is answered in place of the service.
    func response(at now: Int64) -> TailnetResponse {
        var response = answer
        if let retryAfter {
            let moment = Timestamp(milliseconds: now + retryAfter * 1000)
            response.retryAfter = isRetryAfterDate ? "\(HTTPDate(moment))" : String(retryAfter)
        }
        return response
    }

    private static let messages = [
        401: "API token invalid", 403: "calling actor does not have enough permissions to perform this function",
        404: "not found", 412: "precondition failed, invalid old hash", 429: "rate limit exceeded",
    ]
    private static let page = TailnetResponse(
        status: 200, contentType: "text/html",
        body: Array("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in</body></html>\n".utf8))
}

/// The faults that wait for their requests.
struct TailnetFaults: Hashable, Sendable {
    private var waiting: [TailnetFault] = []

    mutating func add(_ fault: TailnetFault) { waiting.append(fault) }
    mutating func removeAll() { waiting.removeAll() }

    /// The first that concerns the request and has nothing left to let pass; it has one request less to befall then.
    mutating func take(for request: TailnetRequest) -> TailnetFault? {
        for index in waiting.indices where waiting[index].concerns(request) {
            guard waiting[index].skip == 0 else {
                waiting[index].skip -= 1
                continue
            }
            let fault = waiting[index]
            if let count = fault.count {
                waiting[index].count = count - 1
                if count == 1 { waiting.remove(at: index) }
            }
            return fault
        }
        return nil
    }
}
