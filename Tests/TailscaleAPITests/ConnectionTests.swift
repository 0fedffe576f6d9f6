import NIOHTTP1
import TailnetPolicy
import Testing

@testable import TailscaleAPI

@Suite("The connection that all tailnets of an address share")
struct ConnectionTests {
    private static func isOpen(_ error: TailscaleError?) -> Bool {
        if case .circuitOpen = error { true } else { false }
    }

    @Test("a service that is down is left alone for all tailnets, and tried again after a short while")
    func opens() async throws {
        try await SimulatedTailnet.with { tailnet in
            let time = SteppedTime()
            let connection = tailnet.connection(time, retries: .never)
            let one = tailnet.client(connection, tailnet: "example.com")
            let other = tailnet.client(connection, tailnet: "a/b c")
            let draft = try await tailnet.draft()
            try await tailnet.control(.DELETE, "requests")
            try await tailnet.fault(#"{"kind": "status", "status": 503}"#)
            for _ in 0..<CircuitBreaker.failuresToOpen {
                await #expect(throws: TailscaleError.unavailable(status: 503, retryAfter: nil)) {
                    try await one.readPolicy()
                }
            }
            // Nothing is sent, nothing can have changed, and the error says when it is worth a try.
            let error = await #expect(throws: TailscaleError.circuitOpen(retryAfter: .seconds(2))) {
                try await other.writePolicy(draft)
            }
            #expect(error?.outcomeIsUnknown == false && error?.retryAfter == .seconds(2))
            let sentence = "\(try #require(error))"
            #expect(sentence.contains("in 2 s"))
            #expect(try await tailnet.requests().count == CircuitBreaker.failuresToOpen)

            // It is back: what must get through does after one cool-down.
            try await tailnet.control(.DELETE, "faults")
            time.pass(.seconds(2))
            try await other.writePolicy(draft)
            _ = try await one.readPolicy()
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
