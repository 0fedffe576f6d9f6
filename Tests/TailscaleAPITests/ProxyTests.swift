import AsyncHTTPClient
import TailnetPolicy
import Testing

@testable import TailscaleAPI

@Suite("Calls through a proxy")
struct ProxyTests {
    /// A name that stands for the simulated tailnet, seen from the proxy.
    private static let address = "http://api.example.test:8080"

    private static func client(_ environment: [String: String]) throws -> HTTPClient {
        let proxy = try #require(try ProxySettings(environment: environment).proxy(for: address))
        return HTTPClient(configuration: TailscaleConnection.httpClientConfiguration(proxy: proxy))
    }

    @Test("calls go through the proxy of the environment, with its user and password for the proxy alone")
    func tunnel() async throws {
        try await SimulatedTailnet.with { tailnet in
            try await TunnelProxy.with(leadingTo: tailnet.address) { proxy in
                let http = try Self.client(["HTTP_PROXY": "http://ana:p%40w@127.0.0.1:\(proxy.port)"])
                let client = TailscaleClient(
                    baseURL: Self.address, tailnet: "-", access: APIToken { SimulatedTailnet.token }, httpClient: http)
                let result = await Result { try await client.readPolicy() }
                try await http.shutdown()
                #expect(try result.get().text == (try Fixture.policy()))
                let head = try #require(proxy.heads.all.first)
                #expect(head.hasPrefix("CONNECT api.example.test:8080 HTTP/1.1\r\n"))
                #expect(head.lowercased().contains("proxy-authorization: basic \("YW5hOnBAdw==".lowercased())"))
                #expect(!head.contains(SimulatedTailnet.token))
            }
        }
    }

    @Test(
        "a proxy that refuses: nothing was sent, and the error says what to do",
        arguments: [
            (TunnelProxy.Refusal.wantsPassword, "the proxy wants a user and a password"),
            (.forbids, "the proxy does not let us through"),
        ])
    func refusal(_ refusal: TunnelProxy.Refusal, words: String) async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            try await TunnelProxy.with(leadingTo: tailnet.address, refusing: refusal) { proxy in
                let http = try Self.client(["HTTP_PROXY": "http://ana:hunter2@127.0.0.1:\(proxy.port)"])
                let connection = TailscaleConnection(
                    baseURL: Self.address, httpClient: http, pacing: SteppedTime().pacing())
                let result = await Result { try await tailnet.client(connection).writePolicy(draft) }
                try await http.shutdown()
                let error = #expect(throws: TailscaleError.self) { try result.get() }
                let sentence = "\(try #require(error))"
                #expect(sentence.hasPrefix("Tailscale cannot be reached: \(words)"))
                #expect(!sentence.contains("hunter2"))
                #expect(error?.outcomeIsUnknown == false)
            }
        }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
