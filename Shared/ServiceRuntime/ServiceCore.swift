import SymMessages

/// A service as a value: no clock, no I/O, no randomness inside, so that simulations drive the very code that runs.
public protocol ServiceCore: Sendable {
    associatedtype Input: Sendable
    associatedtype Effect: Sendable

    /// Takes one input and says what is to be done.
    mutating func handle(_ input: Input, now: Timestamp) -> [Effect]

    /// When `tick` is wanted next; `nil` when only another input can change anything.
    var nextDeadline: Timestamp? { get }

    /// The input that says that time has passed.
    static var tick: Input { get }
}
