import SymMessages
import Testing

/// Random rounds, counted twice: by the fold, and by ``NaiveRound``, which was written from the words alone.
@Suite("P7 P8 the quorum of a round")
struct RoundTests {
    private static let people = (0..<6).map { Sample.person("p\($0)@example.com") }

    /// A request whose log grows fact by fact.
    private struct Counted {
        private(set) var log = RequestLog(id: Sample.requestID, reader: .deciding)

        init(_ naive: NaiveRound) {
            var submitted = Sample.submitted
            submitted.decision.stages = naive.stages.enumerated().map { index, stage in
                Decision.Stage(
                    name: "s\(index)", approvers: RoundTests.named(stage.approvers), required: stage.required,
                    escalations: stage.added.enumerated().map {
                        .init(after: Seconds(Int64($0 + 1)), added: RoundTests.named($1))
                    })
            }
            add(.submitted(submitted))
        }

        var round: Round { log.request.rounds[0] }

        mutating func add(_ fact: Fact) {
            let event = RequestEvent(sequence: log.sequence + 1, state: .pending, cause: "c\(log.sequence)", fact: fact)
            #expect(log.append(event, at: Sample.moment + Seconds(Int64(log.sequence))) == .accepted)
        }

        mutating func sayYes(_ person: Int) {
            add(.voted(.init(voter: RoundTests.people[person], offerID: Sample.offer.id, message: nil)))
        }

        mutating func escalate() {
            let stage = round.decision.stages[round.openStage]
            let step = round.escalations[round.openStage] + 1
            add(
                .escalated(
                    .init(
                        round: 1, stage: stage.name, step: step, added: stage.escalations[step - 1].added, channels: [])
                ))
        }
    }

    private static func named(_ people: NaiveRound.People) -> [PersonID] {
        NaiveRound.list(people).map { Self.people[$0] }
    }

    private static func number(of person: PersonID) -> Int { people.firstIndex(of: person) ?? 15 }

    @Test("random rounds: after each vote and escalation the open stage is that of trying everything")
    func openStage() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("rounds: seed \(seed)")
        var random = SplitMix64(seed: seed)
        var counts: [String: Int] = [:]
        for _ in 0..<6_000 {
            var naive = NaiveRound.random(&random)
            var counted = Counted(naive)
            // Half of them have votes that nobody should have let through: counted they are all the same.
            let isStrict = Bool.random(using: &random)
            for _ in 0..<10 {
                let before = counted.round
                func place() -> String { "seed \(seed): \(naive)" }
                if naive.canEscalate, Int.random(in: 0..<4, using: &random) == 0 {
                    naive.escalate()
                    counted.escalate()
                    if counted.round.openStage > before.openStage { counts["met by an escalation", default: 0] += 1 }
                } else {
                    let invited = NaiveRound.list(isStrict ? naive.invited : 0b11_1111)
                    guard let person = invited.randomElement(using: &random) else { break }
                    let foreseen = before.openStage(afterYesOf: Self.people[person])
                    naive.sayYes(person)
                    counted.sayYes(person)
                    try #require(counted.round.openStage == foreseen, "\(place()), \(person)")
                }
                let round = counted.round
                try #require(round.openStage == naive.openStage, "\(place())")
                try #require(round.openStage >= before.openStage, "\(place())")
                let hasMoved = round.openStage > before.openStage
                try #require(
                    round.stageOpenedAt
                        == (hasMoved ? Sample.moment + Seconds(Int64(counted.log.sequence - 1)) : before.stageOpenedAt),
                    "\(place())")
                let voters = round.votes.map(\.voter)
                try #require(Set(voters).count == voters.count, "\(place())")
                try #require(Set(voters) == Set(Self.named(naive.saidYes)), "\(place())")
                for stage in naive.stages.indices {
                    try #require(round.deciders(in: stage) == Set(Self.named(naive.now(stage))), "\(place())")
                }
                let eligible = naive.stages.map { _ in NaiveRound.People(random.next() & 0b11_1111) }
                let canBeMet = round.canBeMet { eligible[$1] >> Self.number(of: $0) & 1 == 1 }
                try #require(canBeMet == naive.canBeMet(by: eligible), "\(place()) by \(eligible)")
                counts[canBeMet ? "can be met" : "cannot be met", default: 0] += 1
                counts["open \(round.openStage) of \(naive.stages.count)", default: 0] += 1
            }
        }
        print("rounds: \(counts.sorted { $0.key < $1.key })")
        for key in ["can be met", "cannot be met", "open 1 of 3", "open 2 of 3", "open 3 of 3", "open 2 of 2"] {
            #expect(counts[key, default: 0] > 300, "\(counts)")
        }
        #expect(counts["met by an escalation", default: 0] > 0, "\(counts)")
    }

    @Test("random rounds: the order of the votes inside an open stage does not matter for the end")
    func order() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("order of votes: seed \(seed)")
        var random = SplitMix64(seed: seed)
        var shuffled = 0
        for _ in 0..<5_000 {
            var naive = NaiveRound.random(&random)
            let start = naive
            var counted = Counted(naive)
            /// The votes that were cast while the same stage was open; `nil`: an escalation.
            var parts: [[Int]?] = []
            for _ in 0..<10 {
                if naive.canEscalate, Int.random(in: 0..<5, using: &random) == 0 {
                    naive.escalate()
                    counted.escalate()
                    parts.append(nil)
                    continue
                }
                guard let person = NaiveRound.list(naive.invited).randomElement(using: &random) else { break }
                let stage = counted.round.openStage
                naive.sayYes(person)
                counted.sayYes(person)
                if let last = parts.last, let votes = last {
                    parts[parts.count - 1] = votes + [person]
                } else {
                    parts.append([person])
                }
                if counted.round.openStage != stage { parts.append([]) }
            }
            var other = Counted(start)
            for part in parts {
                guard let votes = part else {
                    other.escalate()
                    continue
                }
                if votes.count > 1 { shuffled += 1 }
                for person in votes.shuffled(using: &random) { other.sayYes(person) }
                // Whoever comes twice counts once.
                for person in votes { other.sayYes(person) }
            }
            try #require(other.round.openStage == counted.round.openStage, "seed \(seed): \(start) \(parts)")
            try #require(
                Set(other.round.votes.map(\.voter)) == Set(counted.round.votes.map(\.voter)), "seed \(seed): \(start)")
            try #require(other.round.votes.count == counted.round.votes.count, "seed \(seed): \(start)")
        }
        #expect(shuffled > 1_000)
    }

    @Test("random rounds: none is given up that could still be approved, and none is begun that never can be")
    func neverGivenUp() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("what can come of rounds: seed \(seed)")
        var random = SplitMix64(seed: seed)
        var counts: [Bool: Int] = [:]
        for _ in 0..<1_200 {
            var naive = NaiveRound.random(&random)
            var counted = Counted(naive)
            for step in 0..<6 {
                let eligible = NaiveRound.People((random.next() & random.next() | random.next()) & 0b11_1111)
                let canBeMet = counted.round.canBeMet { person, _ in eligible >> Self.number(of: person) & 1 == 1 }
                let canEnd = naive.canEnd(votesBy: eligible)
                try #require(!canEnd || canBeMet, "seed \(seed): \(naive) by \(NaiveRound.list(eligible))")
                if step == 0 { try #require(canEnd == canBeMet, "seed \(seed): \(naive) by \(eligible)") }
                counts[canEnd, default: 0] += 1
                if naive.canEscalate, Int.random(in: 0..<4, using: &random) == 0 {
                    naive.escalate()
                    counted.escalate()
                } else if let person = NaiveRound.list(naive.invited).randomElement(using: &random) {
                    naive.sayYes(person)
                    counted.sayYes(person)
                } else {
                    break
                }
            }
        }
        #expect(counts[true, default: 0] > 300 && counts[false, default: 0] > 300, "\(counts)")
    }

    // MARK: By hand

    private func round(_ stages: [(approvers: [Int], added: [[Int]], required: Int)]) -> Counted {
        func set(_ people: [Int]) -> NaiveRound.People { people.reduce(0) { $0 | 1 << $1 } }
        return Counted(
            NaiveRound(
                stages: stages.map {
                    .init(approvers: set($0.approvers), added: $0.added.map(set), required: $0.required)
                }))
    }

    @Test("who is needed later does not meet the first stage; their yes counts where they are needed")
    func reserved() {
        var counted = round([([0, 1], [], 1), ([0], [], 1)])
        counted.sayYes(0)
        #expect(counted.round.openStage == 0)
        counted.sayYes(1)
        #expect(counted.round.openStage == 2)
        #expect(counted.round.votes.count == 2)
    }

    @Test("one person never counts twice, neither in a stage nor in two")
    func once() {
        var counted = round([([0, 1], [], 2), ([0, 2], [], 1)])
        for person in [0, 0, 1] { counted.sayYes(person) }
        #expect(counted.round.openStage == 1)
        #expect(counted.round.votes.map(\.voter) == [Self.people[0], Self.people[1]])
        for person in [0, 1] { counted.sayYes(person) }
        #expect(counted.round.openStage == 1)
        counted.sayYes(2)
        #expect(counted.round.openStage == 2)
    }

    /// 0 said yes in the first stage and was not needed there; 3 is needed last. Once 0 is added to the second stage, all
    /// have said what is asked for.
    @Test("a yes that is waiting counts as soon as an escalation adds its voter")
    func waiting() {
        var counted = round([([0, 1], [], 1), ([3], [[0]], 1), ([3], [], 1)])
        for person in [0, 1, 3] { counted.sayYes(person) }
        #expect(counted.round.openStage == 1)
        counted.escalate()
        #expect(counted.round.openStage == 3)
    }

    @Test("nobody says yes in a stage that is met, so whoever is left only there keeps nothing alive")
    func metStages() {
        var counted = round([([0, 1], [], 1), ([0, 2], [], 1)])
        counted.sayYes(0)
        #expect(counted.round.openStage == 1)
        #expect(!counted.round.canBeMet { person, _ in person == Self.people[1] })
        #expect(counted.round.canBeMet { person, _ in person == Self.people[2] })
    }
}
