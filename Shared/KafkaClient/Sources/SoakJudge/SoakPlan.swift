/// What happens when in a soak, worked out beforehand from a seed. A value without I/O.
public struct SoakPlan: Sendable {
    public enum Action: Hashable, Sendable {
        case killProducer
        /// Member 0 or 1 of the group; the third one lives on.
        case killConsumer(Int)
        /// One broker, or all of them.
        case down(broker: Int32?)
        case up(broker: Int32?)
        case moveLeader(partition: Int32, broker: Int32)
    }

    public struct Step: Hashable, Sendable {
        /// Seconds since the start.
        public let time: Double
        public let action: Action
    }

    /// Between two kills of one kind, in seconds.
    public static let killInterval = 20.1

    public let seconds: Double
    /// Ascending in time.
    public let steps: [Step]

    /// - Parameters:
    ///   - minutes: in ten, 30 producers and 30 consumers are killed.
    ///   - brokers: numbered from 1.
    public init(seed: UInt64, minutes: Double, partitions: Int32, brokers: Int32) {
        var random = SeededNumbers(state: seed)
        let seconds = minutes * 60
        self.seconds = seconds
        var steps: [Step] = []
        for (index, time) in stride(from: 8, to: seconds, by: Self.killInterval).enumerated() {
            steps.append(Step(time: time, action: .killProducer))
            guard time + 7 < seconds else { continue }
            steps.append(Step(time: time + 7, action: .killConsumer(index % 2)))
        }
        // A broker or all of them away for a while, some of the times longer than a session, so that members are
        // thrown out; between that everybody gets time to come back.
        var time = 25.0
        while time + 12 < seconds {
            let broker = Bool.random(using: &random) ? nil : Int32.random(in: 1...brokers, using: &random)
            steps.append(Step(time: time, action: .down(broker: broker)))
            steps.append(Step(time: time + Double.random(in: 2...10, using: &random), action: .up(broker: broker)))
            time += Double.random(in: 35...50, using: &random)
        }
        time = 4
        while time < seconds {
            steps.append(
                Step(
                    time: time,
                    action: .moveLeader(
                        partition: Int32.random(in: 0..<partitions, using: &random),
                        broker: Int32.random(in: 1...brokers, using: &random))))
            time += Double.random(in: 1...5, using: &random)
        }
        self.steps = steps.sorted { $0.time < $1.time }
    }

    public func count(_ matches: (Action) -> Bool) -> Int { steps.count { matches($0.action) } }
}

/// Numbers that are the same for the same seed, so that a run can be repeated (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }
}
