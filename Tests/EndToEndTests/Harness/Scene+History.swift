import SandboxStack
import SymMessages
import Testing

extension Scene {
    /// Every record of `sym.events` about a request, in the order of the log, read by kcat: the accepted ones by the rule
    /// for every reader, and how many are void.
    func history(of id: RequestID) async throws -> (accepted: [RequestEvent], void: Int) {
        var log = RequestLog(id: id, reader: .deciding)
        var accepted: [RequestEvent] = []
        var void = 0
        for value in try await kcat().values(of: stack.topics.events) where value.contains(id.rawValue) {
            let envelope = try WireFormat.decode(Envelope<RequestEvent>.self, from: Array(value.utf8))
            guard envelope.subject == id.rawValue else { continue }
            if log.append(envelope) == .accepted {
                accepted.append(envelope.body)
            } else {
                void += 1
            }
        }
        return (accepted, void)
    }

    /// P8: the accepted history tells one of these stories, each step once and nothing after its end but refusals.
    func expectOneStory(of id: RequestID, _ wanted: [String]...) async throws {
        let (accepted, _) = try await history(of: id)
        let steps = accepted.filter { if case .commandRefused = $0.fact { false } else { true } }
        #expect(wanted.contains(steps.map(\.fact.type)), "\(steps.map(\.fact.type))")
        #expect(steps.filter(\.state.isFinal).count == 1)
        #expect(steps.last?.state.isFinal == true)
    }

    /// P8: redelivered outcomes say the same as the first; there is one of each kind.
    func expectOneOutcome(of id: RequestID, _ wanted: Set<String>...) async throws {
        var outcomes: [String: Outcome] = [:]
        for value in try await kcat().values(of: "sym.tailscale.outcomes") where value.contains(id.rawValue) {
            let envelope = try WireFormat.decode(Envelope<Outcome>.self, from: Array(value.utf8))
            #expect(outcomes[envelope.id] == nil || outcomes[envelope.id] == envelope.body)
            outcomes[envelope.id] = envelope.body
        }
        let kinds = Set(outcomes.keys.compactMap { $0.split(separator: ".").last.map(String.init) })
        #expect(outcomes.keys.allSatisfy { $0.hasPrefix("\(id).1.") } && wanted.contains(kinds), "\(outcomes.keys)")
    }

    /// The letters that a service parked, as their reasons.
    func deadLetters(of service: String) async throws -> [DeadLetter] {
        try await kcat().values(of: stack.topics.deadLetters(service)).map { value in
            try WireFormat.decode(Envelope<DeadLetter>.self, from: Array(value.utf8)).body
        }
    }
}
