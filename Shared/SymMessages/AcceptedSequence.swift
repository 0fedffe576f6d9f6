import Crypto

/// The sequence rule, and what has to be remembered of a request's log for it: the last number, and which causes were
/// answered.
public struct AcceptedSequence: Sendable, Equatable {
    /// The last accepted sequence; 0 before the first.
    public private(set) var last = 0
    /// As their hashes: a request may live long after what asked it.
    private var causes: [UInt64] = []
    /// The same, once they are too many to look through.
    private var manyCauses: Set<UInt64> = []

    public init() {}

    /// As a snapshot has it.
    init(last: Int, causeHashes: [UInt64]) {
        self.last = last
        for hash in causeHashes { remember(hash) }
    }

    /// Whether nothing was accepted so far.
    public var isEmpty: Bool { causes.isEmpty && manyCauses.isEmpty }

    /// The same in every process.
    var causeHashes: [UInt64] { manyCauses.isEmpty ? causes : manyCauses.sorted() }

    /// Whether an accepted event (or an unsequenced refusal) answers this command, outcome or timer.
    public func hasAnswered(_ cause: String) -> Bool {
        hasAnswered(Self.hash(of: cause))
    }

    private func hasAnswered(_ hash: UInt64) -> Bool {
        manyCauses.isEmpty ? causes.contains(hash) : manyCauses.contains(hash)
    }

    private mutating func remember(_ hash: UInt64) {
        if manyCauses.isEmpty, causes.count < Self.few {
            causes.append(hash)
        } else {
            manyCauses.formUnion(causes)
            causes = []
            manyCauses.insert(hash)
        }
    }

    /// Of a function that nobody finds a second cause for: callers name what they send, and the ids of outcomes can be
    /// guessed, so a command that hashes like an outcome would make that one count as answered.
    private static func hash(of cause: String) -> UInt64 {
        var cause = cause
        var hash = SHA256()
        cause.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return hash.finalize().withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    }

    private static let few = 64

    /// Takes the next event of the request, in the order of the log.
    ///
    /// - Parameters:
    ///   - number: `nil` for a refusal about a request without events: outside the rule, counted once per cause.
    ///   - adopts: whether the first number that is met counts, whatever it is.
    mutating func append(_ number: Int?, cause: String, adopts: Bool) -> RequestLog.Verdict {
        guard let number else {
            let hash = Self.hash(of: cause)
            guard !hasAnswered(hash) else { return .void }
            remember(hash)
            return .accepted
        }
        guard number == last + 1 || (adopts && last == 0 && number > 0) else { return .void }
        last = number
        remember(Self.hash(of: cause))
        return .accepted
    }
}
