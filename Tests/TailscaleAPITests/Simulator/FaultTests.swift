import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import SymMessages
import Testing

@testable import Sandbox

@Suite("The simulated tailnet: faults")
struct TailnetSimulatorFaultTests {
    private static let acl = "tailnet/-/acl"

    @Test("a fault befalls as many requests as it says, and only those it concerns")
    func counted() {
        var tailnet = Simulation()
        tailnet.fault(#"{"kind": "status", "status": 503, "count": 2, "method": "GET"}"#)
        #expect(tailnet.write("{}").status == 200)
        let statuses = (0..<3).map { _ in tailnet.call("GET", Self.acl).response.status }
        #expect(statuses == [503, 503, 200])
    }

    @Test("a fault may let requests pass first, and may be about one resource, whatever the tailnet is called")
    func selected() {
        var tailnet = Simulation()
        tailnet.fault(#"{"kind": "status", "status": 502, "path": "acl/validate", "skip": 1, "count": 1}"#)
        tailnet.fault(#"{"kind": "status", "status": 500, "path": "oauth/token"}"#)
        #expect(tailnet.call("GET", Self.acl).response.status == 200)
        #expect(tailnet.validate("{}").status == 200)
        #expect(tailnet.call("POST", "tailnet/example.com/acl/validate?x=1", "{}").response.status == 502)
        #expect(tailnet.validate("{}").status == 200)
        #expect(tailnet.call("POST", "oauth/token").response.status == 500)
        tailnet.control("DELETE", "faults")
        #expect(tailnet.call("POST", "oauth/token").response.status == 400)
    }

    @Test(
        "what is no fault is answered with how one is written",
        arguments: [
            "{}", "[]", #"{"kind": "x"}"#, #"{"kind": "status", "count": 0}"#, #"{"kind": "status", "status": 42}"#,
            #"{"kind": "delay", "delay_ms": "1"}"#, #"{"kind": "down", "skip": -1}"#,
        ])
    func malformed(json: String) {
        var tailnet = Simulation()
        let request = TailnetRequest(method: "POST", target: "/simulator/faults", body: Array(json.utf8))
        let answer = tailnet.simulator.handle(request, at: 0).response
        #expect(answer.status == 400)
        #expect(answer.message == TailnetFault.usage)
    }

    @Test("another editor saves just before the write: 412, and its own comment is in the file")
    func conflict() {
        var tailnet = Simulation()
        tailnet.fault(#"{"kind": "conflict", "count": 2}"#)
        let read = tailnet.call("GET", Self.acl).response
        #expect(tailnet.write("{}", ifMatch: read.etag).status == 412)
        #expect(tailnet.simulator.policy == Array("// Saved by another editor: 1\n".utf8) + Simulation.policy)
        #expect(tailnet.write("{}", ifMatch: tailnet.call("GET", Self.acl).response.etag).status == 412)
        #expect(tailnet.simulator.policy == Array("// Saved by another editor: 2\n".utf8) + Simulation.policy)
        #expect(tailnet.write("{}", ifMatch: tailnet.call("GET", Self.acl).response.etag).status == 200)
    }

    @Test("Retry-After in seconds, or as a date that is not too early")
    func retryAfter() {
        var tailnet = Simulation()
        tailnet.now = 784_111_774_001
        tailnet.fault(#"{"kind": "status", "status": 429, "retry_after": 3, "count": 1}"#)
        tailnet.fault(#"{"kind": "status", "status": 503, "retry_after": 2, "retry_after_date": true}"#)
        #expect(tailnet.call("GET", Self.acl).response.retryAfter == "3")
        // RFC 9110's own example.
        #expect(tailnet.call("GET", Self.acl).response.retryAfter == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test("more calls in a second than the limit are told to come again")
    func rateLimit() {
        var tailnet = Simulation(rateLimit: 2)
        let answers = (0..<3).map { _ in tailnet.call("GET", Self.acl).response }
        #expect(answers.map(\.status) == [200, 200, 429])
        #expect(answers[2].retryAfter == "1")
        tailnet.now += 1000
        #expect(tailnet.call("GET", Self.acl).response.status == 200)
    }

    @Test("which faults let a write take effect")
    func effects() {
        for (kind, takesEffect) in [
            ("drop_after_apply", true), ("truncated", true), ("delay", true), ("status", false), ("down", false),
            ("garbage", false), ("hang", false), ("late", false),
        ] {
            var tailnet = Simulation()
            tailnet.fault(#"{"kind": "\#(kind)"}"#)
            _ = tailnet.write("{}")
            #expect((tailnet.simulator.policy == Array("{}".utf8)) == takesEffect, "\(kind)")
        }
    }

    @Test("over HTTP: a page of HTML in the service's name, with a version if wanted")
    func garbage() async throws {
        try await SimulatedTailnet.with { tailnet in
            try await tailnet.fault(#"{"kind": "garbage", "count": 1, "with_etag": true}"#)
            let answer = try await tailnet.read()
            #expect(answer.status == .ok)
            #expect(answer.headers.first(name: "content-type") == "text/html")
            #expect(answer.headers.first(name: "etag") == TailnetSimulator.etag(of: try await tailnet.policy()))
            let body = try await answer.body.collect(upTo: 1 << 20)
            #expect(String(buffer: body).hasPrefix("<!DOCTYPE html>"))
        }
    }

    @Test("over HTTP: what is held up on its way arrives, although nobody waits for it any more")
    func late() async throws {
        try await SimulatedTailnet.with { tailnet in
            try await tailnet.fault(#"{"kind": "late", "method": "POST", "path": "acl", "delay_ms": 400, "count": 1}"#)
            await #expect(throws: HTTPClientError.deadlineExceeded) {
                _ = try await tailnet.write("{}", timeout: .milliseconds(100))
            }
            while try await tailnet.policy() != Array("{}".utf8) {
                try await Task.sleep(for: .milliseconds(20))
            }
            // In the log when it was held up and when it arrived.
            #expect(try await tailnet.requests().filter { $0.fault == "late" }.map(\.status) == [0, 200])
        }
    }

    @Test("over HTTP: an answer that breaks off, one that never comes, and a closed connection are errors of their own")
    func broken() async throws {
        try await SimulatedTailnet.with { tailnet in
            try await tailnet.fault(#"{"kind": "truncated", "count": 1}"#)
            let answer = try await tailnet.read()
            #expect(answer.status == .ok)
            await #expect(throws: (any Error).self) { _ = try await answer.body.collect(upTo: 1 << 20) }

            try await tailnet.fault(#"{"kind": "down", "count": 1, "method": "GET"}"#)
            await #expect(throws: (any Error).self) { _ = try await tailnet.read() }

            try await tailnet.fault(#"{"kind": "hang", "count": 1}"#)
            await #expect(throws: HTTPClientError.deadlineExceeded) {
                _ = try await tailnet.read(timeout: .milliseconds(200))
            }
            #expect(try await tailnet.read().status == .ok)
            #expect(try await tailnet.requests().map(\.fault) == ["truncated", "down", "hang", nil])
        }
    }

    @Test("whoever waits for an answer that never comes does not keep the server from ending", .timeLimit(.minutes(1)))
    func hangAtEnd() async throws {
        var tailnet = Simulation()
        tailnet.fault(#"{"kind": "hang", "path": "acl"}"#)
        let (ports, port) = AsyncStream<Int>.makeStream()
        let simulator = tailnet.simulator
        let server = Task { try await TailnetSimulatorServer(simulator) { port.yield($0) }.run() }
        let number = try #require(await ports.first { _ in true })
        let url = "http://127.0.0.1:\(number)"
        async let hung = HTTPClient.shared.execute(
            HTTPClientRequest(url: "\(url)/api/v2/tailnet/-/acl"), timeout: .seconds(60))
        var log = ""
        while !log.contains("hang") {
            let answer = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: "\(url)/simulator/requests"), timeout: .seconds(10))
            log = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        }
        server.cancel()
        _ = await server.result
        do {
            let answer = try await hung
            Issue.record("answered with \(answer.status)")
        } catch {}
    }
}

extension SimulatedTailnet {
    fileprivate func read(timeout: TimeAmount = .seconds(10)) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "\(address)/api/v2/tailnet/-/acl")
        request.headers.add(name: "authorization", value: "Bearer \(Self.token)")
        return try await http.execute(request, timeout: timeout)
    }

    fileprivate func write(_ text: String, timeout: TimeAmount) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "\(address)/api/v2/tailnet/-/acl")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(Self.token)")
        request.body = .bytes(Array(text.utf8))
        return try await http.execute(request, timeout: timeout)
    }
}
