import AsyncHTTPClient
import NIOCore
import NIOPosix
import Synchronization
import TailnetPolicy
import Testing

@testable import TailscaleAPI

@Suite("A write whose time runs out on its way")
struct LateWriteTests {
    @Test("the tunnel opens late: the text stays here if its time is over by then", arguments: [true, false])
    func lateTunnel(isTooLate: Bool) async throws {
        try await SimulatedTailnet.with { tailnet in
            let draft = try await tailnet.draft()
            let gate = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
            try await TunnelProxy.with(leadingTo: tailnet.address, opening: gate.futureResult) { proxy in
                let address = "http://api.example.test:8080"
                let settings = try ProxySettings(environment: ["HTTP_PROXY": "http://127.0.0.1:\(proxy.port)"])
                let http = HTTPClient(
                    configuration: TailscaleConnection.httpClientConfiguration(proxy: settings.proxy(for: address)))
                let client = tailnet.client(
                    TailscaleConnection(baseURL: address, httpClient: http, pacing: SteppedTime().pacing()))
                let isOver = Mutex(false)
                let write = Task {
                    await Result { try await client.writePolicy(draft) { isOver.withLock { $0 } } }
                }
                // The call is on its way: it was in time, and waits for its connection.
                while proxy.heads.all.isEmpty { await Task.yield() }
                isOver.withLock { $0 = isTooLate }
                gate.succeed()
                let result = await write.value
                try await http.shutdown()
                if isTooLate {
                    let error = #expect(throws: TailscaleError.withheld) { try result.get() }
                    #expect(error?.outcomeIsUnknown == false)
                } else {
                    _ = try result.get()
                }
            }
            #expect(try await tailnet.writes().map(\.status) == (isTooLate ? [] : [200]))
            #expect(try await tailnet.requests().count { $0.method == "POST" } == (isTooLate ? 0 : 1))
            #expect(try await tailnet.policy() == (isTooLate ? Fixture.policy() : draft.text))
        }
    }

    /// Says yes when it is asked for the so-manieth time.
    private final class Deadline: Sendable {
        private let left: Mutex<Int>

        init(_ times: Int) { left = Mutex(times) }

        func isOver() -> Bool {
            left.withLock {
                $0 -= 1
                return $0 == 0
            }
        }
    }

    @Test("a large text is asked for piece by piece; what was begun and taken back is read to know")
    func pieces() {
        let text = (0..<RevocableBody.pieceSize * 3 + 1).map { UInt8(truncatingIfNeeded: $0) }
        for times in 1...5 {
            let deadline = Deadline(times)
            var pieces = RevocableBody(bytes: ByteBuffer(bytes: text), isWithheld: deadline.isOver).makeAsyncIterator()
            var sent: [UInt8] = []
            var isPartlySent: Bool?
            do throws(TailscaleConnection.Failure) {
                while let piece = try pieces.next() { sent += piece.readableBytesView }
            } catch {
                if case .withheld(let isPart) = error { isPartlySent = isPart }
            }
            #expect(isPartlySent == (times < 5 ? times > 1 : nil))
            #expect(sent.elementsEqual(text.prefix(RevocableBody.pieceSize * (times - 1))))
        }
        let write = APIRequest(call: .writePolicy, path: "acl", answerLimit: 1)
        #expect(TailscaleError(.withheld(isPartlySent: false), of: write) == .withheld)
        #expect(TailscaleError(.withheld(isPartlySent: true), of: write).outcomeIsUnknown)
    }
}
