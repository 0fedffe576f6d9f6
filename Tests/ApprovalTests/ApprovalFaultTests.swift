import SymMessages
import Testing

@testable import Approval

/// Two processes on one partition, killed and replaced at random; reading, sending and deciding interleave at random.
@Suite("P1 and P8 under restarts, zombies and races")
struct ApprovalFaultTests {
    @Test(arguments: 0..<400)
    func everyCommandHasOneAnswerAndEveryRequestOneEnd(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let resources = try Scenario.resources(required: Int.random(in: 1...2, using: &random))
        var topics = SimulatedTopics()
        var instances = 2
        var processes = ["i0", "i1"].map { SimulatedApproval(instance: $0, topics, resources: resources) }
        var script = Script(random: &random)
        let now = Scenario.start

        for _ in 0..<400 {
            let index = Int.random(in: 0..<processes.count, using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1: script.step(&topics, &random)
            case 2, 3, 4: processes[index].readEvent(topics, now)
            case 5, 6: processes[index].readInput(.commands, topics, now)
            case 7: processes[index].readInput(SimulatedTopics.outcomesStream, topics, now)
            case 8, 9, 10:
                let waiting = processes[index].sends.count
                if waiting > 0 { processes[index].send(Int.random(in: 0..<waiting, using: &random), &topics, now) }
            default:
                guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
                instances += 1
                processes[index] = SimulatedApproval(instance: "i\(instances)", topics, resources: resources)
            }
        }
        while !script.isOver { script.step(&topics, &random) }
        // In the end one process is left, which begins where the last commit was.
        var last = SimulatedApproval(instance: "last", topics, resources: resources)
        last.settle(&topics, now)
        script.provision(&topics)
        last.settle(&topics, now)

        check(topics, script, seed)
    }

    private func check(_ topics: SimulatedTopics, _ script: Script, _ seed: UInt64) {
        for command in Set(topics.commands.map(\.id)) {
            guard let envelope = topics.commands.first(where: { $0.id == command }),
                let id = RequestID(rawValue: envelope.subject)
            else { continue }
            #expect(topics.answers(to: command, of: id).count == 1, "seed \(seed): \(command)")
        }
        for id in script.requests {
            let history = topics.history(of: id)
            let finals = history.filter {
                if case .commandRefused = $0.fact { false } else { $0.state.isFinal }
            }
            #expect(finals.count <= 1, "seed \(seed)")
            let approvals = history.filter { if case .approved = $0.fact { true } else { false } }
            #expect(approvals.count <= 1, "seed \(seed)")
            // P1: an order only for a lease whose approval stands in the accepted history.
            let orders = topics.orders.filter { $0.terms.leaseID.request == id }
            #expect(orders.isEmpty == approvals.isEmpty, "seed \(seed)")
            for order in orders { #expect(order.terms == orders[0].terms, "seed \(seed)") }
            // P7: nobody but an approver, and never the requester.
            for vote in topics.request(id).rounds.flatMap(\.votes) {
                #expect([Scenario.ben, Scenario.dan].contains(vote.voter), "seed \(seed)")
            }
        }
        #expect(topics.committed[.commands, default: 0] == Int64(topics.commands.count), "seed \(seed)")
    }
}

/// What people and the provisioner do meanwhile.
private struct Script {
    private(set) var requests: [RequestID] = []
    private var left = 40
    private var provisioned = 0

    var isOver: Bool { left == 0 }

    init(random: inout SplitMix64) {}

    mutating func step(_ topics: inout SimulatedTopics, _ random: inout SplitMix64) {
        guard left > 0 else { return }
        left -= 1
        let number = Int.random(in: 0..<4, using: &random)
        let id = Scenario.requestID("\(number)")
        if !requests.contains(id) { requests.append(id) }
        let offer = topics.request(id).terms?.offerID ?? "none"
        let voter = [Scenario.ana, Scenario.ben, Scenario.cy, Scenario.dan][Int.random(in: 0..<4, using: &random)]
        let stop = Command.Stop(actor: .person(voter), reason: nil, basis: Scenario.basis)
        switch Int.random(in: 0..<9, using: &random) {
        case 0, 1: topics.commands.append(Scenario.submit("\(number)"))
        case 2: topics.commands.append(Scenario.submit("\(number)", access: Scenario.access(3_600)))
        case 3, 4, 5: topics.commands.append(Scenario.approve(id, by: voter, offer: offer, id: "v\(left)"))
        case 6: topics.commands.append(Scenario.command(.end(stop), id, id: "e\(left)"))
        case 7: topics.commands.append(Scenario.command(.cancel(stop), id, id: "c\(left)"))
        default:
            provision(&topics)
            if let again = topics.commands.randomElement(using: &random) { topics.commands.append(again) }
        }
    }

    /// Answers every order, some of them twice.
    mutating func provision(_ topics: inout SimulatedTopics) {
        for order in topics.orders[provisioned...] {
            let request = order.terms.leaseID.request
            switch order {
            case .grant, .extend: topics.outcomes.append(Scenario.outcome(Scenario.active(request)))
            case .end: topics.outcomes.append(Scenario.outcome(Scenario.ended(request, .revoked)))
            }
        }
        provisioned = topics.orders.count
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
