/// Whether a process's memory stayed flat: over its last half minute it holds at most 20 MB more than it did at the end
/// of its first minute. A value without I/O.
public struct MemoryRule: Sendable {
    public static let allowance = 20_000_000
    /// A process that lived less than this says nothing.
    public static let shortestLife = 150.0

    public struct Verdict: Hashable, Sendable {
        /// Bytes: the median from the 45th to the 75th second of life, and over the last 30.
        public let early: Int
        public let late: Int

        public var isFlat: Bool { late - early <= MemoryRule.allowance }
    }

    private var samples: [(age: Double, bytes: Int)] = []

    public init() {}

    /// - Parameter age: seconds since the process was started, ascending.
    public mutating func add(age: Double, bytes: Int) { samples.append((age, bytes)) }

    public var age: Double { samples.last?.age ?? 0 }
    public var last: Int { samples.last?.bytes ?? 0 }

    /// `nil` for a life too short.
    public var verdict: Verdict? {
        guard age >= Self.shortestLife else { return nil }
        guard let early = Self.median(samples.filter { 45...75 ~= $0.age }),
            let late = Self.median(samples.filter { $0.age > age - 30 })
        else { return nil }
        return Verdict(early: early, late: late)
    }

    private static func median(_ samples: [(age: Double, bytes: Int)]) -> Int? {
        let bytes = samples.map(\.bytes).sorted()
        return bytes.isEmpty ? nil : bytes[bytes.count / 2]
    }
}
