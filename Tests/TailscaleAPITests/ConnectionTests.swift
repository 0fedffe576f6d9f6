import AsyncHTTPClient
import NIOHTTP1
import TailnetPolicy
import Testing

@testable import TailscaleAPI

@Suite("The connection that all tailnets of an address share")
struct ConnectionTests {
    private static func isOpen(_ error: TailscaleError?) -> Bool {
        if case .circuitOpen = error { true } else { false }
    }

    @Test("a service that is down is left alone, and tried again after a short while")
    func opens() async throws {
        try await SimulatedTailnet.with { tailnet in
            let time = SteppedTime()
            let connection = tailnet.connection(time, retries: .never)
            let client = tailnet.client(connection)
            let draft = try await tailnet.draft()
            try await tailnet.control(.DELETE, "requests")
            try await tailnet.fault(#"{"kind": "status", "status": 503}"#)
            for _ in 0..<CircuitBreaker.failuresToOpen {
                await #expect(throws: TailscaleError.unavailable(status: 503, retryAfter: nil)) {
                    try await client.readPolicy()
                }
            }
            // Nothing is sent, nothing can have changed, and the error says when it is worth a try.
            let error = await #expect(throws: TailscaleError.circuitOpen(retryAfter: .seconds(2))) {
                try await client.writePolicy(draft)
            }
            #expect(error?.outcomeIsUnknown == false && error?.retryAfter == .seconds(2))
            let sentence = "\(try #require(error))"
            #expect(sentence.contains("in 2 s"))
            #expect(try await tailnet.requests().count == CircuitBreaker.failuresToOpen)

            // It is back: what must get through does after one cool-down.
            try await tailnet.control(.DELETE, "faults")
            time.pass(.seconds(2))
            try await client.writePolicy(draft)
            _ = try await client.readPolicy()
        }
    }

    @Test(
        "a tailnet in trouble is held alone: its breaker holds no other, and no other's answer opens it",
        arguments: [#""kind": "status", "status": 503"#, #""kind": "hang""#])
    func apart(trouble: String) async throws {
        try await SimulatedTailnet.with { tailnet in
            let time = SteppedTime()
            let connection = tailnet.connection(time, retries: .never, timeout: .seconds(2))
            let sick = tailnet.client(connection, tailnet: "a/b c")
            let healthy = tailnet.client(connection, tailnet: "example.com")
            // Faults are told from each other by the resource, not by the tailnet: each asks for one only.
            try await tailnet.fault(#"{"path": "users", \#(trouble)}"#)
            for _ in 0..<CircuitBreaker.failuresToOpen {
                let error = await #expect(throws: TailscaleError.self) { try await sick.users() }
                #expect(!Self.isOpen(error))
                _ = try await healthy.readPolicy()
            }
            // Over and over: held, probed in vain, held for longer. The other's calls go, before and during the probe.
            for pause in [2, 4] {
                await #expect(throws: TailscaleError.circuitOpen(retryAfter: .seconds(pause))) {
                    try await sick.users()
                }
                for _ in 0..<CircuitBreaker.failuresToOpen { _ = try await healthy.readPolicy() }
                time.pass(.seconds(pause))
                async let probe = Result { try await sick.users() }
                _ = try await healthy.readPolicy()
                let answer = await probe
                let error = #expect(throws: TailscaleError.self) { try answer.get() }
                #expect(!Self.isOpen(error))
            }
            try await tailnet.control(.DELETE, "faults")
            time.pass(.seconds(8))
            _ = try await sick.users()
            _ = try await sick.users()
        }
    }

    @Test("a call that was given up takes its connection with it; one that was answered leaves it to the next")
    func deadConnections() async throws {
        #expect(TailscaleConnection.httpClientConfiguration().httpVersion == .http1Only)
        try await SimulatedTailnet.with { tailnet in
            try await TunnelProxy.with(leadingTo: tailnet.address) { proxy in
                let address = "http://api.example.test:8080"
                let settings = try ProxySettings(environment: ["HTTP_PROXY": "http://127.0.0.1:\(proxy.port)"])
                let http = HTTPClient(
                    configuration: TailscaleConnection.httpClientConfiguration(proxy: settings.proxy(for: address)))
                let connection = TailscaleConnection(
                    baseURL: address, httpClient: http, retries: .never, timeout: .seconds(3))
                let client = tailnet.client(connection)
                let result = await Result {
                    for _ in 0..<3 { _ = try await client.readPolicy() }
                    #expect(proxy.heads.all.count == 1)
                    try await tailnet.fault(#"{"kind": "hang", "count": 1}"#)
                    await #expect(throws: TailscaleError.unreachable(reason: "no answer within 3 s")) {
                        try await client.readPolicy()
                    }
                    for _ in 0..<3 { _ = try await client.readPolicy() }
                    #expect(proxy.heads.all.count == 2)
                }
                try await http.shutdown()
                try result.get()
            }
        }
    }

    @Test("calls that hang, more than eight, leave connections for another tailnet's")
    func hangingCalls() async throws {
        try await SimulatedTailnet.with { tailnet in
            try await tailnet.fault(#"{"kind": "hang", "path": "users"}"#)
            let connection = tailnet.connection(retries: .never)
            let hanging = tailnet.client(connection, tailnet: "a/b c")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try? await hanging.users() } }
                while try await tailnet.requests().count < 20 { await Task.yield() }
                _ = try await tailnet.client(connection).readPolicy()
                group.cancelAll()
            }
        }
    }

    @Test("while a probe is out nothing else is sent; its answer lets all through")
    func probe() async throws {
        try await SimulatedTailnet.with { tailnet in
            let time = SteppedTime()
            let client = tailnet.client(tailnet.connection(time, retries: .never))
            try await tailnet.fault(#"{"kind": "down", "count": \#(CircuitBreaker.failuresToOpen)}"#)
            for _ in 0..<CircuitBreaker.failuresToOpen {
                await #expect(throws: TailscaleError.self) { try await client.readPolicy() }
            }
            time.pass(.seconds(2))
            try await tailnet.control(.DELETE, "requests")
            try await tailnet.fault(#"{"kind": "hang", "count": 1}"#)
            let probe = Task { await Result { try await client.readPolicy() } }
            while try await tailnet.requests().isEmpty {}
            for _ in 0..<3 {
                await #expect(throws: TailscaleError.circuitOpen(retryAfter: CircuitBreaker.probeWait)) {
                    try await client.readPolicy()
                }
            }
            #expect(try await tailnet.requests().count == 1)
            // A probe that is cancelled does not keep its place.
            probe.cancel()
            _ = await probe.value
            _ = try await client.readPolicy()
            _ = try await client.readPolicy()
        }
    }

    @Test(
        "a tailnet that is refused, or a file that the service chokes on, is no sign that the service is away",
        arguments: [400, 401, 403, 404, 412, 418, 429, 500])
    func answersAreAnswers(status: Int) async throws {
        try await SimulatedTailnet.with { tailnet in
            let client = tailnet.client(tailnet.connection(retries: .never))
            try await tailnet.fault(#"{"kind": "status", "status": \#(status), "path": "acl/validate"}"#)
            for _ in 0..<CircuitBreaker.failuresToOpen + 1 {
                let error = await Result { try await client.validatePolicy([]) }
                if case .failure(let error) = error { #expect(!Self.isOpen(error as? TailscaleError)) }
            }
            _ = try await client.readPolicy()
        }
    }

    @Test("headers larger than we read are answers too, of which nothing is known")
    func headers() async throws {
        try await SimulatedTailnet.with { tailnet in
            let client = tailnet.client(tailnet.connection(retries: .never))
            let draft = try await tailnet.draft()
            let long = "http://" + String(repeating: "x", count: 90_000)
            try await tailnet.fault(#"{"kind": "status", "status": 308, "path": "acl", "location": "\#(long)"}"#)
            let reason = "its headers are larger than is read"
            for _ in 0..<CircuitBreaker.failuresToOpen + 1 {
                await #expect(throws: TailscaleError.malformedAnswer(reason: reason)) { try await client.readPolicy() }
            }
            await #expect(throws: TailscaleError.answerLost(reason: reason)) { try await client.writePolicy(draft) }
            _ = try await client.users()
        }
    }

    @Test("no connection, no answer in time and 5xx are such signs", arguments: ["down", "hang", "500", "502", "504"])
    func failuresAreFailures(kind: String) async throws {
        try await SimulatedTailnet.with { tailnet in
            let client = tailnet.client(tailnet.connection(retries: .never, timeout: .milliseconds(100)))
            try await tailnet.fault(
                Int(kind) == nil ? #"{"kind": "\#(kind)"}"# : #"{"kind": "status", "status": \#(kind)}"#)
            var errors: [TailscaleError?] = []
            for _ in 0..<CircuitBreaker.failuresToOpen + 1 {
                errors.append(await #expect(throws: TailscaleError.self) { try await client.readPolicy() })
            }
            #expect(errors.dropLast().allSatisfy { !Self.isOpen($0) } && Self.isOpen(errors.last ?? nil))
        }
    }
}
