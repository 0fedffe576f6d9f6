/// The sequence rule, and what has to be remembered of a request's log for it: the last number, and which causes were
/// answered.
public struct AcceptedSequence: Sendable, Equatable {
    /// The last accepted sequence; 0 before the first.
    public private(set) var last = 0
    /// As their hashes in this process: a request may live long after what asked it.
    private var causes: [Int] = []
    /// The same, once they are too many to look through.
    private var manyCauses: Set<Int> = []

    public init() {}

    /// Whether an accepted event (or an unsequenced refusal) answers this command, outcome or timer.
    public func hasAnswered(_ cause: String) -> Bool {
        manyCauses.isEmpty ? causes.contains(cause.hashValue) : manyCauses.contains(cause.hashValue)
    }

    private mutating func remember(_ cause: String) {
        if manyCauses.isEmpty, causes.count < Self.few {
            causes.append(cause.hashValue)
        } else {
            manyCauses.formUnion(causes)
            causes = []
            manyCauses.insert(cause.hashValue)
        }
    }

    private static let few = 64

    /// Takes the next event of the request, in the order of the log.
    ///
    /// - Parameters:
    ///   - number: `nil` for a refusal about a request without events: outside the rule, counted once per cause.
    ///   - adopts: whether the first number that is met counts, whatever it is.
    mutating func append(_ number: Int?, cause: String, adopts: Bool) -> RequestLog.Verdict {
        guard let number else {
            guard !hasAnswered(cause) else { return .void }
            remember(cause)
            return .accepted
        }
        guard number == last + 1 || (adopts && last == 0 && number > 0) else { return .void }
        last = number
        remember(cause)
        return .accepted
    }
}
