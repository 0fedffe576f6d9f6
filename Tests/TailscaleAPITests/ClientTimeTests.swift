import NIOHTTP1
import Synchronization
import TailnetPolicy
import Testing

@testable import TailscaleAPI

@Suite("The client: calls whose time is over, or that nobody wants any more")
struct ClientTimeTests {
    @Test("a service that never answers: the call ends when its time is up")
    func timeout() async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            try await tailnet.fault(#"{"kind": "hang"}"#)
            let client = tailnet.client(tailnet.connection(timeout: .milliseconds(200)))
            await #expect(throws: TailscaleError.unreachable(reason: "no answer within 0.2 s")) {
                try await client.readPolicy()
            }
            await #expect(throws: TailscaleError.answerLost(reason: "no answer within 0.2 s")) {
                try await client.writePolicy(draft)
            }
        }
    }

    @Test("cancelled: a read says so, a write that is on its way may have taken effect; neither goes on")
    func cancellation() async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            try await tailnet.control(.DELETE, "requests")
            try await tailnet.fault(#"{"kind": "hang"}"#)
            let client = tailnet.quickClient()
            let read = Task { await Result { try await client.readPolicy() } }
            let write = Task { await Result { try await client.writePolicy(draft) } }
            while try await tailnet.requests().count < 2 {}
            read.cancel()
            write.cancel()
            let results = [await read.value, await write.value]
            #expect(throws: TailscaleError.cancelled) { try results[0].get() }
            #expect(throws: TailscaleError.answerLost(reason: "the call was cancelled")) { try results[1].get() }
            #expect(try await tailnet.requests().count == 2)
        }
    }

    @Test("cancelled between two attempts: there is no other")
    func cancelledPause() async throws {
        try await SimulatedTailnet.with { tailnet in
            try await tailnet.fault(#"{"kind": "status", "status": 503}"#)
            let (pauses, pause) = AsyncStream<Void>.makeStream()
            var pacing = SteppedTime().pacing()
            pacing.pause = { _ in
                pause.yield()
                try await Task.sleep(for: .seconds(86_400))
            }
            let connection = TailscaleConnection(baseURL: tailnet.address, httpClient: tailnet.http, pacing: pacing)
            let read = Task { await Result { try await tailnet.client(connection).readPolicy() } }
            for await _ in pauses { break }
            read.cancel()
            let result = await read.value
            #expect(throws: TailscaleError.cancelled) { try result.get() }
            #expect(try await tailnet.requests().count == 1)
        }
    }

    @Test("a write can be held back when its token is there, when its connection is, and after a re-mint again")
    func withheld() async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            await #expect(throws: TailscaleError.withheld) {
                try await tailnet.quickClient().writePolicy(draft, unless: { true })
            }
            #expect(try await tailnet.writes().isEmpty)
            for (times, statuses) in [(2, []), (3, [401]), (4, [401])] {
                let asked = Mutex(0)
                await #expect(throws: TailscaleError.withheld) {
                    try await tailnet.quickClient(access: Remint(SimulatedTailnet.token)).writePolicy(draft) {
                        asked.withLock {
                            $0 += 1
                            return $0 == times
                        }
                    }
                }
                #expect(try await tailnet.writes().map(\.status) == statuses)
                try await tailnet.control(.DELETE, "requests")
                try await tailnet.control(.DELETE, "writes")
            }
        }
    }
}
