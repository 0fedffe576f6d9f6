import Synchronization
import TailscaleAPI
import Testing

@testable import TailscaleProvisioner

@Suite("An answer that many want")
struct SharedAnswerTests {
    /// A clock that stands, and an API that counts how often it is asked.
    private final class Bench: Sendable {
        let now = Mutex(ContinuousClock.now)
        let asked = Mutex(0)
        let fails = Mutex(false)

        func answer() -> SharedAnswer<Int> {
            SharedAnswer(now: { self.now.withLock { $0 } }) {
                let number = self.asked.withLock { asked in
                    asked += 1
                    return asked
                }
                // Others come meanwhile.
                for _ in 0..<10 { await Task.yield() }
                return self.fails.withLock { $0 } ? .failure(.unauthorized(.apiToken)) : .success(number)
            }
        }

        func pass(_ span: Duration) { now.withLock { $0 += span } }
        var count: Int { asked.withLock { $0 } }
    }

    @Test("kept as long as it may be, and then asked for anew")
    func kept() async {
        let bench = Bench()
        let answer = bench.answer()
        #expect(await answer.kept(.seconds(60)) == .success(1))
        bench.pass(.seconds(59))
        #expect(await answer.kept(.seconds(60)) == .success(1))
        bench.pass(.seconds(1))
        #expect(await answer.kept(.seconds(60)) == .success(2))
        bench.pass(.seconds(1))
        #expect(await answer.kept(.seconds(60)) { $0 > 2 } == .success(3))
        // Asked for in vain, but just now.
        bench.pass(.seconds(1))
        #expect(await answer.kept(.seconds(60)) { $0 > 9 } == .success(4))
    }

    @Test("a failure answers for a while, so that a service that hangs is not waited for by each")
    func failure() async {
        let bench = Bench()
        bench.fails.withLock { $0 = true }
        let answer = bench.answer()
        #expect(await answer.kept(.seconds(60)) == .failure(.unauthorized(.apiToken)))
        bench.pass(.seconds(29))
        #expect(await answer.kept(.seconds(60)) == .failure(.unauthorized(.apiToken)))
        #expect(bench.count == 1)
        bench.fails.withLock { $0 = false }
        #expect(await answer.new() == .success(2))
        bench.fails.withLock { $0 = true }
        bench.pass(.seconds(60))
        #expect(await answer.kept(.seconds(60)) == .failure(.unauthorized(.apiToken)))
        bench.pass(.seconds(30))
        bench.fails.withLock { $0 = false }
        #expect(await answer.kept(.seconds(60)) == .success(4))
    }

    @Test("asked for once at a time, however many want it", arguments: [1, 10, 200])
    func together(callers: Int) async {
        let bench = Bench()
        let answer = bench.answer()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<callers {
                group.addTask { if case .success = await answer.kept(.seconds(60)) { true } else { false } }
            }
            for await isGood in group { #expect(isGood) }
        }
        #expect(bench.count == 1)
    }
}
