import SymMessages
import Testing

@testable import Approval

/// Every order of everything that can happen, breadth first over distinct states: eight steps and, as it takes no time,
/// some more.
@Suite("P1, P7 and P8 in every state that twelve steps can lead to")
struct RequestMachineTests {
    /// Which states may follow which: design, section 5.
    private static let successors: [RequestState: Set<RequestState>] = [
        .none: [.pending, .refused, .cancelled],
        .pending: [.pending, .approved, .denied, .unanswered, .cancelled],
        .approved: [.approved, .active, .ending, .ended, .failed],
        .active: [.active, .ending, .ended, .failed],
        .ending: [.ending, .ended, .failed],
    ]

    @Test func exhaustively() throws {
        let world = try MachineWorld()
        let start = RequestLog(id: world.id, reader: .deciding)
        var seen = [MachineWorld.key(start): 0]
        var predecessors: [[Int]] = [[]]
        var states = [start.request.state]
        var frontier = [(start, 0)]
        var transitions = 0
        var facts: Set<String> = []
        var counts: [String] = []
        for depth in 1...Self.depth {
            var next: [(RequestLog, Int)] = []
            for (log, number) in frontier {
                for step in world.steps(from: log, number: depth) {
                    let judge = Judge(known: world.knowledge[step.known], log: log, now: Scenario.start)
                    let ruling = judge.rule(on: step.matter)
                    let place = "\(MachineWorld.key(log)) -- \(step.name)"
                    guard case .append(let event) = ruling else {
                        if case .command = step.matter { Issue.record("P8 no answer: \(place)") }
                        continue
                    }
                    transitions += 1
                    facts.insert(event.fact.type)
                    // Another sequencer takes an equal log to the same event.
                    if judge.rule(on: step.matter) != ruling { Issue.record("not the same again: \(place)") }
                    var after = log
                    let isOutside = event.sequence == nil
                    if after.append(event, at: Scenario.start) != .accepted { Issue.record("void: \(place)") }
                    // Redelivered, it takes no effect, and the command is not answered again.
                    var again = after
                    if again.append(event, at: Scenario.start) != .void || again.request != after.request {
                        Issue.record("P8 twice: \(place)")
                    }
                    let next2 = Judge(known: world.knowledge[step.known], log: after, now: Scenario.start)
                    switch step.matter {
                    case .command, .outcome:
                        if next2.rule(on: step.matter) != .nothing { Issue.record("P8 answered again: \(place)") }
                    case .timer, .owed: break
                    }
                    MachineOath(before: log.request, event: event, after: after.request, step: step).check(place)
                    if log.request.state.isFinal, !isOutside, case .commandRefused = event.fact {
                    } else if log.request.state.isFinal {
                        Issue.record("P8 something follows the end: \(place)")
                    } else if Self.successors[log.request.state]?.contains(event.state) != true, !isOutside {
                        Issue.record("no such way, to \(event.state): \(place)")
                    }
                    let key = MachineWorld.key(after)
                    if let known = seen[key] {
                        predecessors[known].append(number)
                    } else {
                        seen[key] = states.count
                        states.append(after.request.state)
                        predecessors.append([number])
                        next.append((after, states.count - 1))
                    }
                }
            }
            frontier = next
            counts.append("\(depth): \(states.count) states, \(transitions) transitions")
        }
        print("request machine, by depth: \(counts.joined(separator: "; ")). \(facts.count) kinds of event")
        #expect(states.count > 90 && facts.count == Self.kinds)
        #expect(Set(states) == Set(RequestState.allCases))
        checkEnds(states, predecessors, depthReached: Set(frontier.map(\.1)))
    }

    private static let depth = 12

    /// All but `unknown`, which only a newer version writes.
    private static let kinds = 18

    /// From every state that was left, an end can be reached, or the edge of what was tried.
    private func checkEnds(_ states: [RequestState], _ predecessors: [[Int]], depthReached edge: Set<Int>) {
        var queue = states.indices.filter { states[$0].isFinal || edge.contains($0) }
        var good = Set(queue)
        while let state = queue.popLast() {
            for before in predecessors[state] where good.insert(before).inserted { queue.append(before) }
        }
        let stuck = states.indices.filter { !good.contains($0) }
        #expect(stuck.isEmpty, "P8 no end can be reached from \(stuck.map { states[$0] })")
    }
}
