import TailscaleAPI

/// An answer of the API that many want: asked for once at a time, and kept for a while, failures too.
actor SharedAnswer<Value: Sendable> {
    /// How long a failure answers for the next call: a service that hangs must not hang each of them in turn.
    static var failureKept: Duration { .seconds(30) }

    private let ask: @Sendable () async -> Result<Value, TailscaleError>
    private let now: @Sendable () -> ContinuousClock.Instant
    private var last: (asked: ContinuousClock.Instant, answer: Result<Value, TailscaleError>)?
    private var isAsking = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        ask: @escaping @Sendable () async -> Result<Value, TailscaleError>
    ) {
        self.now = now
        self.ask = ask
    }

    /// The answer that is kept, if it is at most so old and good, else the answer to a question put since this call. A failure
    /// that is kept stands for a while.
    func kept(
        _ age: Duration, if isGood: @Sendable (Value) -> Bool = { _ in true }
    ) async -> Result<Value, TailscaleError> {
        let moment = now()
        return await answer { asked, answer in
            switch answer {
            case .success(let value): asked >= moment || asked + age > moment && isGood(value)
            case .failure: asked + min(age, Self.failureKept) > moment
            }
        }
    }

    /// The answer to a question put now, whatever is kept.
    func new() async -> Result<Value, TailscaleError> {
        let moment = now()
        return await answer { asked, _ in asked >= moment }
    }

    private func answer(
        unless isGood: (ContinuousClock.Instant, Result<Value, TailscaleError>) -> Bool
    ) async -> Result<Value, TailscaleError> {
        while true {
            if let last, isGood(last.asked, last.answer) { return last.answer }
            guard isAsking else { break }
            await withCheckedContinuation { waiters.append($0) }
        }
        isAsking = true
        let asked = now()
        let answer = await ask()
        last = (asked, answer)
        isAsking = false
        let waiting = waiters
        waiters = []
        for waiter in waiting { waiter.resume() }
        return answer
    }
}
