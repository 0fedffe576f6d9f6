/// Whether the stages of a rule can all be met by different people: one person counts in one stage per round.
public struct StageMatching<Person: Hashable> {
    public struct Stage {
        /// How many different people must say yes.
        public var required: Int
        /// `nil`: more people than can be counted here.
        public var people: Set<Person>?

        public init(required: Int, people: Set<Person>?) {
            self.required = required
            self.people = people
        }
    }

    /// Stages that cannot all be met: together they ask for more people than they have between them.
    public struct Shortage: Hashable {
        /// Positions, ascending.
        public var stages: [Int]
        public var required: Int
        /// How many different people these stages name together.
        public var people: Int
    }

    /// `nil`: there are enough people for all stages at once.
    ///
    /// A maximum flow from people, each once, to stages, each as often as it requires, found by augmenting paths. Where
    /// it falls short, the stages that can be reached from an unmet one are as short together (Hall's theorem).
    public static func shortage(of stages: [Stage]) -> Shortage? {
        let total = stages.reduce(0) { $0 + $1.required }
        // A stage with as many people as all stages need can be met last, whoever was taken before.
        let scarce = stages.indices.filter { index in stages[index].people.map { $0.count < total } ?? false }
        var taken: [Person: Int] = [:]
        for stage in scarce {
            for _ in 0..<stages[stage].required {
                guard let short = augment(from: stage, stages, &taken) else { continue }
                let people = short.reduce(into: Set<Person>()) { $0.formUnion(stages[$1].people ?? []) }
                return Shortage(
                    stages: short, required: short.reduce(0) { $0 + stages[$1].required }, people: people.count)
            }
        }
        return nil
    }

    /// Gives a stage one more person, moving others between stages as needed.
    ///
    /// - Returns: `nil` on success, else the stages among which people could be moved.
    private static func augment(from start: Int, _ stages: [Stage], _ taken: inout [Person: Int]) -> [Int]? {
        /// From where a stage was reached: the stage that wants a person, and the person who would move there.
        var origins: [Int: (stage: Int, person: Person)] = [:]
        var queue = [start]
        var next = 0
        while next < queue.count {
            let stage = queue[next]
            next += 1
            for person in stages[stage].people ?? [] {
                guard let holder = taken[person] else {
                    var (stage, person) = (stage, person)
                    taken[person] = stage
                    while stage != start, let origin = origins[stage] {
                        (stage, person) = (origin.stage, origin.person)
                        taken[person] = stage
                    }
                    return nil
                }
                if holder != start, origins[holder] == nil {
                    origins[holder] = (stage, person)
                    queue.append(holder)
                }
            }
        }
        return queue.sorted()
    }
}
