import AsyncHTTPClient
import NIOCore
import Synchronization
import TailnetPolicy

/// The way to one API address, shared by all tailnets that a process serves there.
///
/// It knows of every tailnet whether the service answers for it, and while it does not, lets that tailnet's calls fail at
/// once instead of each waiting for its time-out: after five failures in a row (no connection, no answer in time, 5xx), for
/// 2 s and then up to 15 s. After that one call probes, and its answer opens the way for all of the tailnet. No tailnet is
/// held because of another. Whatever has to get through, an access that ends above all, can be sent at the latest 25 s after
/// the service is back: a probe that was sent just before may hang for 10 s (``longestCall``), and after it 15 s are waited.
public final class TailscaleConnection: Sendable {
    /// Where the service itself is.
    public static let defaultBaseURL = "https://api.tailscale.com"
    /// The longest that a call takes, with its answer, its repetitions and their waits.
    public static let longestCall: Duration = .seconds(10)

    /// Scheme, host and port.
    public let baseURL: String
    private let exchange: Exchange
    let retries: RetryPolicy
    let timeout: Duration
    let answerLimit: Int
    /// The same for lists: of a large tailnet's devices there is more to say.
    var listLimit: Int { answerLimit * 4 }
    let userAgent: String
    let pacing: Pacing
    private let breakers = Mutex(CircuitBreakers())

    /// - Parameters:
    ///   - baseURL: scheme, host and port, without `/api/v2`.
    ///   - httpClient: made with ``httpClientConfiguration(proxy:)``; the caller shuts it down.
    ///   - retries: of calls that change nothing.
    ///   - timeout: for a whole call; longer than ``longestCall`` is cut to it.
    ///   - answerLimit: the most bytes of a policy file that are read; of a list four times as many.
    ///   - userAgent: what to call ourselves.
    public convenience init(
        baseURL: String = TailscaleConnection.defaultBaseURL, httpClient: HTTPClient,
        retries: RetryPolicy = RetryPolicy(),
        timeout: Duration = TailscaleConnection.longestCall, answerLimit: Int = PolicyFile.sizeLimit,
        userAgent: String = "sym-tailscale-provisioner"
    ) {
        self.init(
            baseURL: baseURL, httpClient: httpClient, retries: retries, timeout: timeout, answerLimit: answerLimit,
            userAgent: userAgent, pacing: .system)
    }

    init(
        baseURL: String, httpClient: HTTPClient, retries: RetryPolicy = RetryPolicy(),
        timeout: Duration = TailscaleConnection.longestCall, answerLimit: Int = PolicyFile.sizeLimit,
        userAgent: String = "sym-tailscale-provisioner", pacing: Pacing
    ) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        exchange = Exchange(httpClient: httpClient, secondsSince1970: pacing.secondsSince1970)
        self.retries = retries
        self.timeout = min(timeout, Self.longestCall)
        self.answerLimit = answerLimit
        self.userAgent = userAgent
        self.pacing = pacing
    }

    /// How the `HTTPClient` must be set up: it follows no redirection, which would carry the token elsewhere, and gives up
    /// early on a service that cannot be reached.
    ///
    /// - Parameter proxy: see ``ProxySettings/proxy(for:)``.
    public static func httpClientConfiguration(proxy: HTTPProxy? = nil) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        // Over HTTP/2 all calls share one connection, and a call whose time is over resets its stream only. If the connection
        // is dead (a firewall forgot it, the peer is gone without a word), nothing ever notices, and every call after it
        // goes the same way. Over HTTP/1 a call that is given up takes its connection with it.
        configuration.httpVersion = .http1Only
        // Each call has a connection of its own then. Calls of tailnets that hang must leave some for the others.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = proxy?.clientSetting
        return configuration
    }

    /// Sends a request and reads the answer to its end, all within the time limit, unless calls are held back just now.
    ///
    /// - Parameters:
    ///   - secret: is kept out of the reasons of failures.
    ///   - tailnet: whose call it is; only its own failures hold it.
    ///   - carriesPolicy: then status 500 says nothing about the service.
    func send(
        _ request: HTTPClientRequest, for tailnet: String, within timeout: Duration, answerLimit: Int,
        secret: String = "", carriesPolicy: Bool = false
    ) async throws(Failure) -> Answer {
        let ticket: CircuitBreaker.Ticket
        switch breakers.withLock({ $0.admit(tailnet, at: pacing.now()) }) {
        case .go(let granted): ticket = granted
        case .wait(let delay): throw .held(retryAfter: delay)
        }
        do {
            let answer = try await exchange.answer(
                to: request, within: timeout, limit: answerLimit, secret: secret)
            let verdict: CircuitBreaker.Verdict =
                answer.status < 500 ? .answered : answer.status == 500 && carriesPolicy ? .nothing : .failed
            settle(ticket, of: tailnet, verdict)
            return answer
        } catch {
            switch error {
            case .notSent, .noAnswer: settle(ticket, of: tailnet, .failed)
            case .answerTooLarge, .headersTooLarge: settle(ticket, of: tailnet, .answered)
            case .cancelled, .withheld, .held: settle(ticket, of: tailnet, .nothing)
            }
            throw error
        }
    }

    private func settle(
        _ ticket: CircuitBreaker.Ticket, of tailnet: String, _ verdict: CircuitBreaker.Verdict
    ) {
        let (now, chance) = (pacing.now(), pacing.chance())
        breakers.withLock { $0.settle(ticket, of: tailnet, verdict, at: now, chance: chance) }
    }
}
