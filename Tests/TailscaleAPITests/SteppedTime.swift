import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TailnetPolicy

@testable import TailscaleAPI

/// A clock that stands still but when somebody waits on it, or the test moves it.
final class SteppedTime: Sendable {
    private struct State {
        var now: Duration = .zero
        var pauses: [Duration] = []
    }

    private let state = Mutex(State())

    /// What was waited for, in order.
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func pass(_ duration: Duration) { state.withLock { $0.now += duration } }

    /// - Parameter chance: what comes of every draw.
    func pacing(chance: Double = 1) -> Pacing {
        Pacing(
            now: { self.state.withLock { $0.now } },
            secondsSince1970: { 1_800_000_000 },
            pause: { pause in
                try Task.checkCancellation()
                self.state.withLock {
                    $0.now += pause
                    $0.pauses.append(pause)
                }
            },
            chance: { chance })
    }
}

/// What a test hears from closures that run elsewhere.
final class Heard<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    func add(_ element: Element) { elements.withLock { $0.append(element) } }
}

extension SimulatedTailnet {
    /// A connection whose waits take no time.
    func connection(
        _ time: SteppedTime = SteppedTime(), retries: RetryPolicy = RetryPolicy(),
        timeout: Duration = TailscaleConnection.longestCall, answerLimit: Int = PolicyFile.sizeLimit
    ) -> TailscaleConnection {
        TailscaleConnection(
            baseURL: address, httpClient: http, retries: retries, timeout: timeout, answerLimit: answerLimit,
            pacing: time.pacing())
    }

    func client(
        _ connection: TailscaleConnection, tailnet: String = "-",
        access: any AccessTokenSource = APIToken { Self.token }
    ) -> TailscaleClient {
        TailscaleClient(tailnet: tailnet, access: access, connection: connection)
    }

    /// A client with a connection whose waits take no time.
    func quickClient(
        _ time: SteppedTime = SteppedTime(), access: any AccessTokenSource = APIToken { Self.token }
    ) -> TailscaleClient {
        client(connection(time), access: access)
    }

    /// An access token of an OAuth client that has these scopes.
    func token(withScopes scopes: [String]) async throws -> String {
        let list = scopes.map { "\"\($0)\"" }.joined(separator: ", ")
        try await control(
            .POST, "credentials", #"{"type": "oauth_client", "id": "k1", "secret": "s", "scopes": [\#(list)]}"#)
        var request = HTTPClientRequest(url: "\(address)/api/v2/oauth/token")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: "client_id=k1&client_secret=s&grant_type=client_credentials"))
        let body = try await http.execute(request, timeout: .seconds(10)).body.collect(upTo: 65_536)
        struct Reply: Decodable { var accessToken: String }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Reply.self, from: Data(body.readableBytesView)).accessToken
    }
}
