import Logging
import ServiceRuntime
import SymMessages
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ServiceRunnerTests {
    /// Adds up what it is given; asks for the sum to be told, and for a tick when it was given 7.
    private struct Adder: ServiceCore {
        enum Input: Sendable { case add(Int), told, tick }
        enum Effect: Sendable { case tell(Int) }

        static let tick = Input.tick
        var sum = 0
        var told = 0
        var nextDeadline: Timestamp?

        mutating func handle(_ input: Input, now: Timestamp) -> [Effect] {
            switch input {
            case .add(let number):
                sum += number
                if number == 7 { nextDeadline = now.advanced(byMilliseconds: 5) }
                return [.tell(sum)]
            case .told:
                told += 1
                return told == 3 ? [.tell(-told)] : []
            case .tick:
                guard nextDeadline != nil else { return [] }
                nextDeadline = nil
                return [.tell(1_000)]
            }
        }
    }

    private struct Broken: Error {}

    private func run(
        _ inputs: [Adder.Input], until last: Int, failAt: Int? = nil,
        now: @escaping @Sendable () -> Timestamp = { Timestamp.now() },
        atOnce: @escaping @Sendable (Int) -> Bool = { _ in false }
    ) async throws -> [Int] {
        let (told, tell) = AsyncStream.makeStream(of: Int.self)
        let runner = ServiceRunner(
            core: Adder(), logger: Logger(label: "test"), now: now,
            performAtOnce: { if case .tell(let number) = $0 { atOnce(number) } else { false } }
        ) { effect -> [Adder.Input] in
            guard case .tell(let number) = effect else { return [] }
            if number == failAt { throw Broken() }
            tell.yield(number)
            return number >= 0 && number < 1_000 ? [.told] : []
        }
        return try await withThrowingTaskGroup(of: [Int]?.self) { group in
            group.addTask {
                try await runner.run()
                return nil
            }
            group.addTask {
                var all: [Int] = []
                for await number in told {
                    all.append(number)
                    if number == last { return all }
                }
                return all
            }
            for input in inputs { await runner.deliver(input) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            return []
        }
    }

    @Test func effectsFollowInputsAndTheirAnswersComeBack() async throws {
        let told = try await run([.add(1), .add(2), .add(3)], until: -3)
        #expect(told.filter { $0 > 0 }.sorted() == [1, 3, 6])
        #expect(told.last == -3)
    }

    @Test func whatWaitsForNothingIsCarriedOutInOrderAndOnlyOnce() async throws {
        let done = Mutex<[Int]>([])
        let told = try await run(
            [.add(1), .add(2), .add(3), .add(4)], until: 6,
            atOnce: { number in
                guard number != 6 else { return false }
                done.withLock { $0.append(number) }
                return true
            })
        #expect(told == [6])
        #expect(done.withLock { $0.prefix(2) } == [1, 3])
    }

    @Test func aDeadlineIsKept() async throws {
        #expect(try await run([.add(7)], until: 1_000) == [7, 1_000])
    }

    /// Wants a tick at a moment that the clock, set back, only reaches at its third look after the first sleep.
    private struct Patient: ServiceCore {
        enum Input: Sendable { case begin, tick }
        enum Effect: Sendable { case done }

        static let tick = Input.tick
        var nextDeadline: Timestamp?

        mutating func handle(_ input: Input, now: Timestamp) -> [Effect] {
            switch input {
            case .begin:
                nextDeadline = now.advanced(byMilliseconds: 20)
                return []
            case .tick:
                guard let deadline = nextDeadline, deadline <= now else { return [] }
                nextDeadline = nil
                return [.done]
            }
        }
    }

    @Test("P2 a clock that is set back leaves no deadline without a sleeper") func clockSetBack() async {
        // Ten seconds back after the first few looks, and forward again bit by bit.
        let looks = Mutex(0)
        let now: @Sendable () -> Timestamp = {
            let look = looks.withLock { looks in
                looks += 1
                return looks
            }
            let moment: Int64 = look <= 3 ? 1_000_000 : 999_990 + Int64(look)
            return Timestamp(milliseconds: moment)
        }
        let (done, finish) = AsyncStream.makeStream(of: Void.self)
        let runner = ServiceRunner(core: Patient(), logger: Logger(label: "test"), now: now) { _ -> [Patient.Input] in
            finish.yield()
            return []
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await runner.run() }
            await runner.deliver(.begin)
            for await _ in done { break }
            group.cancelAll()
        }
        #expect(looks.withLock { $0 } > 3)
    }

    @Test func anEffectThatThrowsEndsTheService() async {
        await #expect(throws: Broken.self) { try await run([.add(1)], until: 99, failAt: 1) }
    }
}
