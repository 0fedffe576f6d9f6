import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A call before it has a token.
struct APIRequest: Sendable {
    var call: APICall
    var method: HTTPMethod = .GET
    /// Below `/api/v2`, escaped.
    var path: String
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    /// The most bytes of its answer that are read.
    var answerLimit: Int
    /// Asked when it is about to be sent, and again whenever the connection wants more of its body.
    var isWithheld: (@Sendable () -> Bool)?

    /// Whether it must not be sent a second time if nobody knows what became of the first.
    var changesSomething: Bool { call == .writePolicy }

    /// Whether status 500 may be a verdict on what was sent: the service is known to answer some policy files so.
    var carriesPolicy: Bool { body != nil }

    func httpRequest(baseURL: String, token: AccessToken, userAgent: String) -> HTTPClientRequest {
        let items = query.map { "\($0.name)=\($0.value.asPathSegment)" }.joined(separator: "&")
        var request = HTTPClientRequest(url: "\(baseURL)/api/v2/\(path)" + (items.isEmpty ? "" : "?\(items)"))
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(token.rawValue)")
        request.headers.add(name: "User-Agent", value: userAgent)
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        if let body {
            let bytes = ByteBuffer(bytes: body)
            request.body =
                if let isWithheld {
                    .stream(
                        RevocableBody(bytes: bytes, isWithheld: isWithheld), length: .known(Int64(bytes.readableBytes)))
                } else {
                    .bytes(bytes)
                }
        }
        return request
    }
}
