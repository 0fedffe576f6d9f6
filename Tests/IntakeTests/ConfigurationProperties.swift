import SymConfiguration
import SymMessages
import Testing

@testable import Intake

/// Two intakes that write to one log, each reading it at its own pace, and what a third reader makes of it.
private struct SharedLog {
    var intakes: [IntakeScenario]
    var log: [OutgoingMessage] = []
    private var read = [0, 0]
    private(set) var tickets: [(intake: Int, ticket: Ticket)] = []
    private var calls = 0

    init() throws {
        intakes = try (0..<2).map { _ in
            var scenario = IntakeScenario(directoryFile: try Directory.File(yaml: Sample.directory))
            scenario.catchUp()
            scenario.settleDirectory()
            return scenario
        }
    }

    mutating func call(_ intake: Int, _ call: (_ key: String) -> Call) {
        calls += 1
        tickets.append((intake, intakes[intake].call(Sample.cy, call("k\(calls)"))))
    }

    /// What is under way reaches the log or not, and is acknowledged or not.
    mutating func deliver(_ intake: Int, reaches: Bool, isAcknowledged: Bool) {
        guard !intakes[intake].underway.isEmpty else { return }
        let sending = intakes[intake].underway.removeFirst()
        if reaches || isAcknowledged { log.append(sending.message) }
        intakes[intake].feed(
            isAcknowledged ? .acknowledged(sending.id) : .unacknowledged(sending.id, reason: "timed out"))
    }

    mutating func readNext(_ intake: Int) {
        guard read[intake] < log.count else { return }
        intakes[intake].readBack(log[read[intake]])
        read[intake] += 1
    }

    mutating func finish() {
        for intake in 0..<2 {
            while !intakes[intake].underway.isEmpty { deliver(intake, reaches: true, isAcknowledged: true) }
        }
        for intake in 0..<2 {
            while read[intake] < log.count { readNext(intake) }
        }
    }
}

@Suite("P5 no lost update: sets, by two intakes over one log")
struct ConfigurationProperties {
    @Test("each version is based on the one before and touches one set; all readers agree")
    func randomHistory() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        for round in 0..<20 {
            var shared = try SharedLog()
            for _ in 0..<120 { Self.step(&shared, &random) }
            shared.finish()
            try Self.judge(shared, "seed \(seed), round \(round)")
        }
    }

    private static func step(_ shared: inout SharedLog, _ random: inout SplitMix) {
        let intake = Int.random(in: 0..<2, using: &random)
        let inForce = shared.intakes[intake].core.facts.history.version
        let basedOn = Bool.random(using: &random) ? nil : max(0, inForce - Int.random(in: 0...1, using: &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1:
            let set = Sample.name(["main", "people", "terraform"].randomElement(using: &random) ?? "main")
            let source = ConfigurationSource(resources: groups(&random))
            shared.call(intake) { .apply(.init(set: set, basedOn: basedOn, source: source), key: $0) }
        case 2:
            let version = Int.random(in: 1...max(1, inForce), using: &random)
            shared.call(intake) { .rollback(to: version, basedOn: basedOn, key: $0) }
        case 3, 4:
            shared.deliver(
                intake, reaches: Bool.random(using: &random), isAcknowledged: Int.random(in: 0..<4, using: &random) > 0)
        default: shared.readNext(intake)
        }
    }

    /// Some of few groups, so that sets meet.
    private static func groups(_ random: inout SplitMix) -> JSONValue {
        var groups: [String: JSONValue] = [:]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let member = ["ana", "ben", "dee"].randomElement(using: &random) ?? "ana"
            groups["g\(Int.random(in: 0..<6, using: &random))"] = .object([
                "members": .array([.string("\(member)@example.com")])
            ])
        }
        return .object(["sym_group": .object(groups)])
    }

    private static func judge(_ shared: SharedLog, _ context: Comment) throws {
        var history = ConfigHistory()
        var contents = [OwnedResources()]
        var accepted: [ConfigRecord] = []
        for message in shared.log {
            guard case .configuration(let envelope) = message else { continue }
            let record = envelope.body
            guard history.append(record) == .accepted else { continue }
            #expect(record.basedOn == accepted.last?.version ?? 0, context)
            #expect(history.current != nil, context)
            accepted.append(record)
            let content = try OwnedResources(record)
            let before = try #require(contents.last)
            // The first may hold nothing, too; later ones are there because something changed.
            #expect(content != before || record.version == 1, context)
            if let version = record.rollbackTo {
                #expect(content == contents[version], context)
            } else {
                let touched = Set(before.owners.keys).union(content.owners.keys).filter {
                    before.attributes[$0] != content.attributes[$0] || before.owners[$0] != content.owners[$0]
                }
                let sets = Set(touched.flatMap { [before.owners[$0], content.owners[$0]].compactMap(\.self) })
                #expect(sets.count == 1 || content == before, context)
            }
            contents.append(content)
        }
        #expect(accepted.count > 1, context)
        for scenario in shared.intakes {
            #expect(scenario.core.facts.history == history, context)
            #expect(scenario.core.archive.current == contents.last, context)
            #expect(scenario.core.inForce == accepted.last, context)
            #expect(scenario.core.archive.versions.map(\.version) == accepted.map(\.version), context)
        }
        // Nobody is told of a version that another call made, and nobody waits for ever.
        var told: [Int] = []
        for (intake, ticket) in shared.tickets {
            switch shared.intakes[intake].answers[ticket] {
            case .applied(let version, true, _): told.append(version)
            case .applied(_, false, _), .refused, .unacknowledged: break
            case let other: Issue.record("told \(String(describing: other)); \(context)")
            }
        }
        #expect(Set(told).count == told.count, context)
        #expect(Set(told).isSubset(of: accepted.map(\.version)), context)
    }
}

private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
