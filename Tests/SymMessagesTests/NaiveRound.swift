/// The quorum of a round once more, from its words and by trying everything: shares no code with what it checks.
///
/// `required` counts different people, and one person counts in one stage. Stages are met in order: one is met when those
/// who said yes can be given to it and to all before it so that the rest can still be met by whoever remains. Escalations
/// only add.
struct NaiveRound: CustomStringConvertible {
    /// People are small numbers, a set of them the bits of one.
    typealias People = UInt16

    struct Stage {
        var approvers: People
        /// Whom each escalation adds.
        var added: [People]
        var required: Int
    }

    let stages: [Stage]
    private(set) var saidYes: People = 0
    /// How many escalations of each stage took place.
    private(set) var escalated: [Int]
    /// How many stages are met.
    private(set) var openStage = 0

    init(stages: [Stage]) {
        self.stages = stages
        escalated = stages.map { _ in 0 }
        openStage = countMet()
    }

    var description: String { "\(stages), said yes \(Self.list(saidYes)), escalated \(escalated)" }

    static func list(_ people: People) -> [Int] { (0..<6).filter { people >> $0 & 1 == 1 } }

    /// Who may say yes in a stage by now.
    func now(_ stage: Int) -> People { stages[stage].added.prefix(escalated[stage]).reduce(stages[stage].approvers, |) }

    /// Who may at some time.
    func ever(_ stage: Int) -> People { stages[stage].added.reduce(stages[stage].approvers, |) }

    private func countMet() -> Int {
        var met = 0
        while met < stages.count, isMet(upTo: met) { met += 1 }
        return met
    }

    private func isMet(upTo last: Int) -> Bool {
        canFill(stages.indices.map { $0 <= last ? now($0) & saidYes : ever($0) })
    }

    /// Whether all can still be met, if nobody says yes any more but those who are named for a stage; where a stage is
    /// met nobody does.
    func canBeMet(by eligible: [People]) -> Bool {
        canFill(
            stages.indices.map { $0 < openStage ? now($0) & saidYes : ever($0) & (saidYes | eligible[$0]) })
    }

    /// Whether each stage can have as many of its people as it requires, nobody in two.
    private func canFill(_ people: [People]) -> Bool {
        let places = stages.indices.flatMap { Array(repeating: people[$0], count: stages[$0].required) }
        return Self.canFill(places[...], without: 0)
    }

    private static func canFill(_ places: ArraySlice<People>, without used: People) -> Bool {
        guard let first = places.first else { return true }
        return (0..<6).contains {
            (first & ~used) >> $0 & 1 == 1 && canFill(places.dropFirst(), without: used | 1 << $0)
        }
    }

    mutating func sayYes(_ person: Int) {
        saidYes |= 1 << person
        openStage = countMet()
    }

    /// Of the open stage.
    mutating func escalate() {
        escalated[openStage] += 1
        openStage = countMet()
    }

    var canEscalate: Bool { openStage < stages.count && escalated[openStage] < stages[openStage].added.count }

    /// Who may say yes now: those of the open stage who have not yet.
    var invited: People { openStage < stages.count ? now(openStage) & ~saidYes : 0 }

    // MARK: What can come of it

    /// Whether there is an order of votes and escalations that ends with all stages met.
    func canEnd(votesBy eligible: People) -> Bool {
        var seen: Set<[UInt16]> = []
        return canEnd(eligible, &seen)
    }

    private func canEnd(_ eligible: People, _ seen: inout Set<[UInt16]>) -> Bool {
        if openStage == stages.count { return true }
        guard seen.insert([saidYes] + escalated.map { UInt16($0) }).inserted else { return false }
        if canEscalate {
            var next = self
            next.escalate()
            if next.canEnd(eligible, &seen) { return true }
        }
        for person in Self.list(invited & eligible) {
            var next = self
            next.sayYes(person)
            if next.canEnd(eligible, &seen) { return true }
        }
        return false
    }
}

extension NaiveRound {
    /// At most six people, three stages, two required, two escalations a stage.
    static func random(_ random: inout SplitMix64) -> NaiveRound {
        let people = Int.random(in: 2...6, using: &random)
        func some(_ percent: Int) -> People {
            (0..<people).reduce(0) { $0 | (Int.random(in: 0..<100, using: &random) < percent ? 1 << $1 : 0) }
        }
        let density = Int.random(in: 25...75, using: &random)
        return NaiveRound(
            stages: (0..<Int.random(in: 1...3, using: &random)).map { _ in
                Stage(
                    approvers: some(density),
                    added: (0..<[0, 0, 1, 2][Int.random(in: 0..<4, using: &random)]).map { _ in some(40) },
                    required: Int.random(in: 1...2, using: &random))
            })
    }
}
