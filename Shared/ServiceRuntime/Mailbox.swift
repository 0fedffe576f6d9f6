import Synchronization

/// Inputs waiting for a runner, in the order they came.
final class Mailbox<Input: Sendable>: Sendable {
    private struct State {
        var inputs: [Input] = []
        var isFinished = false
        var reader: CheckedContinuation<[Input]?, Never>?
        var writers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// A writer that may wait does so while more inputs than this are queued.
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Adds an input without ever waiting.
    func post(_ input: Input) {
        let (reader, inputs) = state.withLock { state -> (CheckedContinuation<[Input]?, Never>?, [Input]) in
            guard !state.isFinished else { return (nil, []) }
            state.inputs.append(input)
            guard let reader = state.reader.take() else { return (nil, []) }
            defer { state.inputs = [] }
            return (reader, state.inputs)
        }
        reader?.resume(returning: inputs)
    }

    /// Adds an input, waiting first while too much is queued.
    func deliver(_ input: Input) async {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                guard !state.isFinished, state.inputs.count > limit else { return false }
                state.writers.append(continuation)
                return true
            }
            if !waits { continuation.resume() }
        }
        post(input)
    }

    /// All queued inputs, waiting for the first; `nil` after `finish`.
    func next() async -> [Input]? {
        await withCheckedContinuation { continuation in
            let (ready, writers) = state.withLock { state -> ([Input]??, [CheckedContinuation<Void, Never>]) in
                defer { state.writers = [] }
                if !state.inputs.isEmpty {
                    defer { state.inputs = [] }
                    return (.some(state.inputs), state.writers)
                }
                if state.isFinished { return (.some(nil), state.writers) }
                state.reader = continuation
                return (nil, state.writers)
            }
            if let ready { continuation.resume(returning: ready) }
            for writer in writers { writer.resume() }
        }
    }

    /// Lets `next` return what is queued and then `nil`; later inputs are dropped.
    func finish() {
        let (reader, writers) = state.withLock { state in
            state.isFinished = true
            defer { state.writers = [] }
            return (state.reader.take(), state.writers)
        }
        reader?.resume(returning: nil)
        for writer in writers { writer.resume() }
    }
}
