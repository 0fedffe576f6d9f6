import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import SymMessages

/// A service's answer.
public struct Reply: Sendable {
    public let status: Int
    public let headers: [String: String]
    public let body: [UInt8]

    public var text: String { String(decoding: body, as: UTF8.self) }
    /// `nil` if the body is not JSON.
    public var json: JSONValue? { try? WireFormat.decode(JSONValue.self, from: body) }
}

/// HTTP on loopback, as a person's or an operator's tool would speak it.
public struct HTTP: Sendable {
    public let base: String
    public let token: String?

    public init(base: String, token: String?) {
        self.base = base
        self.token = token
    }

    public func call(
        _ method: String, _ path: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = HTTPMethod(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(Array(body.utf8)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return Reply(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
            body: Array(bytes.readableBytesView))
    }
}
