import SymMessages

@testable import Approval

/// Two processes that both believe they own the partition, and what people, the provisioner and the clock do meanwhile.
struct SequencerRace {
    let seed: UInt64
    private(set) var topics = SimulatedTopics()
    private(set) var requests: [RequestID] = []
    private var random: SplitMix64
    private let resources: JSONValue
    private var processes: [SimulatedApproval] = []
    private var started = 0
    /// What the dead had handed to their client before they died.
    private var onTheirWay: [ApprovalService.Effect] = []
    private let snapshotEvery: Int64
    /// What a new owner found that reads snapshots, compared with one that reads all events.
    private(set) var takeOvers = TakeOverComparison()
    private var now = Scenario.start
    private var acts = 60
    private var provisioned = 0

    init(seed: UInt64, snapshotEvery: Int64 = 0) throws {
        self.seed = seed
        self.snapshotEvery = snapshotEvery
        random = SplitMix64(seed: seed)
        let outcomes = [
            Scenario.twoStages,
            #""stages":[{"name":"sre","approvers":{"groups":["sre"]},"required":2}]"#,
            #""extend":{"times":2,"by":"1h","approve":"automatically"},"stages":[{"name":"sre","approvers":{"groups":["sre"]}}]"#,
            #""approve":"automatically""#,
        ]
        resources = try Scenario.resources(outcome: outcomes[Int(seed % 4)])
        processes = [process(), process()]
    }

    private mutating func process() -> SimulatedApproval {
        started += 1
        return SimulatedApproval(
            instance: "i\(started)", topics, resources: resources, now: now, snapshotEvery: snapshotEvery)
    }

    mutating func run() {
        for _ in 0..<600 { step() }
        while acts > 0 { act() }
        // In the end one process is left, which begins where the last commit was.
        for effect in onTheirWay { arrive(effect) }
        compareTakeOvers()
        var last = process()
        last.settle(&topics, now)
        for _ in 0..<4 {
            provision(all: true)
            last.settle(&topics, now)
        }
    }

    private mutating func step() {
        let index = Int.random(in: 0..<processes.count, using: &random)
        switch Int.random(in: 0..<16, using: &random) {
        case 0, 1: act()
        case 2, 3, 4:
            for _ in 0..<(snapshotEvery > 0 ? 4 : 1) {
                processes[index].readEvent(topics, now)
                if snapshotEvery > 0 { processes[index].readSnapshot(topics, now) }
            }
        case 5, 6: processes[index].readInput(.commands, topics, now)
        case 7: processes[index].readInput(SimulatedTopics.outcomesStream, topics, now)
        case 8, 9, 10:
            for _ in 0..<(snapshotEvery > 0 ? 4 : 1) {
                let waiting = processes[index].sends.count
                if waiting > 0 { send(Int.random(in: 0..<waiting, using: &random), of: index) }
            }
        case 11:
            guard !onTheirWay.isEmpty else { return }
            arrive(onTheirWay.remove(at: Int.random(in: 0..<onTheirWay.count, using: &random)))
        case 12:
            now = now.advanced(byMilliseconds: Int64.random(in: 1...120_000, using: &random))
            processes[index].tick(topics, now)
        case 13 where Int.random(in: 0..<3, using: &random) == 0: processes[index].rebalance(topics, now)
        case 14 where Int.random(in: 0..<3, using: &random) == 0:
            onTheirWay += processes[index].sends
            processes[index] = process()
        case 15 where snapshotEvery > 0: disturb()
        default: break
        }
    }

    private mutating func arrive(_ effect: ApprovalService.Effect) {
        switch effect {
        case .append(let event, _): topics.append(event)
        case .writeSnapshot(let record, _): topics.append(record, at: now)
        default: break
        }
    }

    /// A snapshot may be refused, or its acknowledgement lost.
    private mutating func send(_ send: Int, of index: Int) {
        guard case .writeSnapshot(let record, _) = processes[index].sends[send],
            Int.random(in: 0..<8, using: &random) == 0
        else { return processes[index].send(send, &topics, now) }
        let effect = processes[index].takeSend(send)
        if Bool.random(using: &random) { onTheirWay.append(effect) }
        processes[index].take(.snapshotNotWritten(partition: 0, key: record.key, reason: "No."), topics, now)
    }

    /// The topic of snapshots is compacted, or somebody writes what is of no use.
    private mutating func disturb() {
        let id = Scenario.requestID("\(Int.random(in: 0..<3, using: &random))")
        switch Int.random(in: 0..<20, using: &random) {
        // Not while somebody reads: `min.compaction.lag.ms`.
        case 0...8 where processes.allSatisfy(\.areSnapshotsRead):
            topics.compactSnapshots { Bool.random(using: &random) }
        case 9: topics.append(key: id.rawValue, value: Array("{}".utf8))
        case 10, 11, 12:
            // Void now, and next in line later on.
            guard var event = topics.events.randomElement(using: &random) else { return }
            event.id += "-void-\(topics.events.count)"
            event.body.sequence =
                (topics.history(of: id).compactMap(\.sequence).last ?? 0) + Int.random(in: 2...3, using: &random)
            event.subject = id.rawValue
            topics.append(event)
        case 13, 14, 15: compareTakeOvers()
        default: break
        }
    }

    private mutating func compareTakeOvers() {
        guard snapshotEvery > 0 else { return }
        let new = SimulatedApproval(
            instance: "new", topics, resources: resources, now: now, snapshotEvery: snapshotEvery)
        let old = SimulatedApproval(instance: "new", topics, resources: resources, now: now)
        takeOvers.compare(new, old, topics, now)
    }

    /// Somebody does something, or a record is delivered again.
    private mutating func act() {
        guard acts > 0 else { return }
        acts -= 1
        let key = "\(Int.random(in: 0..<3, using: &random))"
        let id = Scenario.requestID(key)
        if !requests.contains(id) { requests.append(id) }
        let people = [Scenario.ana, Scenario.ben, Scenario.cy, Scenario.dan, Scenario.eve]
        let person = people[Int.random(in: 0..<people.count, using: &random)]
        let request = topics.request(id)
        let offer = (request.pending?.offerID ?? request.terms?.offerID) ?? "none"
        let stop = Scenario.stop(by: person)
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1: topics.commands.append(Scenario.submit(key, at: now))
        case 2: topics.commands.append(Scenario.submit(key, access: Scenario.access(3_600), at: now))
        case 3, 4, 5, 6: topics.commands.append(Scenario.approve(id, by: person, offer: offer, id: "v\(acts)", at: now))
        case 7 where acts % 3 == 0:
            topics.commands.append(Scenario.deny(id, by: person, offer: offer, id: "d\(acts)", at: now))
        case 8 where acts % 2 == 0: topics.commands.append(Scenario.command(.end(stop), id, id: "e\(acts)", at: now))
        case 9 where acts % 2 == 0: topics.commands.append(Scenario.command(.cancel(stop), id, id: "c\(acts)", at: now))
        case 10, 11: topics.commands.append(Scenario.extend(id, id: "x\(acts)", at: now))
        case 12: if let again = topics.commands.randomElement(using: &random) { topics.commands.append(again) }
        default: provision(all: false)
        }
    }

    /// Carries out orders, some of them twice; at the end of the run all of them, to the end of every lease.
    private mutating func provision(all: Bool) {
        for order in topics.orders[provisioned...] {
            let (request, round) = (order.terms.leaseID.request, order.terms.leaseID.round)
            switch order {
            case .grant, .extend:
                let isLate = Int.random(in: 0..<6, using: &random) == 0
                let outcome = isLate ? Scenario.failed(request, round: round) : Scenario.active(request, round: round)
                topics.outcomes.append(Scenario.outcome(outcome))
            case .end: topics.outcomes.append(Scenario.outcome(Scenario.ended(request, .revoked, round: round)))
            }
        }
        provisioned = topics.orders.count
        guard all else {
            if let again = topics.outcomes.randomElement(using: &random) { topics.outcomes.append(again) }
            return
        }
        for id in requests {
            for round in topics.request(id).outstanding where round.lease != nil {
                topics.outcomes.append(Scenario.outcome(Scenario.ended(id, round: round.number)))
            }
        }
    }
}

struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
