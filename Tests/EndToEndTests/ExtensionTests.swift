import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

/// Orders as approval would write them, by hand.
@Suite(
    "P2 P3 P6 an extend order, over the real broker and the real provisioner",
    .enabled(if: Kcat.isInstalled, "kcat is not installed"))
struct ExtensionTests {
    fileprivate static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }

    @Test("it is told with its end, and nothing is written; ending the request ends both; what is unusable is parked")
    func ofARequest() async throws {
        try await Scene.running { scene in
            let id = try await scene.submit(key: "extended")
            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            let first = try #require(try await scene.leases(of: id).last { $0.phase == .confirmed })
            var terms = first.terms
            terms.leaseID = LeaseID(request: id, round: 2)
            terms.duration = Seconds(1_800)
            let order = Order.extend(terms, extends: first.terms.leaseID)
            // Approval repeats what it is owed an answer for.
            for _ in 1...2 { try await scene.order(order) }
            let confirmed = try await scene.outcome("\(terms.leaseID).confirmed", of: id)
            guard case .confirmed(let active) = confirmed, let before = first.confirmation else {
                Issue.record("\(confirmed)")
                return
            }
            #expect(active.endsAt == before.endsAt + Seconds(1_800) && active.startedAt > before.startedAt)
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))

            try await scene.order(.extend(terms, extends: terms.leaseID))
            let letter = try await eventually("a dead letter") {
                try await scene.deadLetters(of: "tailscale").first.map { .found($0) } ?? .notYet("none")
            }
            #expect(letter.reason == "data.extends is not an earlier lease of the same request")

            try await scene.end(id)
            try await scene.told(id, is: [.ended])
            guard case .ended(let ended) = try await scene.outcome("\(terms.leaseID).ended", of: id) else { return }
            #expect(ended.reason == .revoked)
            #expect(try await scene.policyFile() == Scene.policy)
        }
    }

    @Test("the first end opens no gap, the second is kept; an extension that comes after it is too late")
    func byTime() async throws {
        try await Scene.running { scene in
            // For its credential and tailnet.
            let model = try await scene.submit(key: "model", Scene.form(seconds: 5))
            try await scene.approve(model)
            try await scene.told(model, is: [.ended])
            var terms = try #require(try await scene.leases(of: model).last).terms
            let id = RequestID(caller: Scene.ana, source: "test", id: "by hand")
            terms.startBy = Self.now + Seconds(300)
            terms.duration = Seconds(5)
            var leases: [LeaseTerms] = []
            for round in 1...4 {
                terms.leaseID = LeaseID(request: id, round: round)
                leases.append(terms)
            }
            try await scene.order(
                .grant(leases[0]), .extend(leases[1], extends: leases[0].leaseID),
                .extend(leases[2], extends: leases[1].leaseID))
            var ends: [Timestamp] = []
            for lease in leases.prefix(3) {
                guard case .confirmed(let active) = try await scene.outcome("\(lease.leaseID).confirmed", of: id),
                    case .ended(let ended) = try await scene.outcome("\(lease.leaseID).ended", of: id)
                else {
                    Issue.record("\(lease.leaseID) has other outcomes")
                    return
                }
                #expect(ended.membership == (lease.leaseID.round == 3 ? .removed : .leased))
                #expect(ended.reason == .expired && ended.endedAt >= active.endsAt)
                ends.append(active.endsAt)
            }
            #expect(ends[1] == ends[0] + Seconds(5) && ends[2] == ends[1] + Seconds(5))
            #expect(try await scene.policyFile() == Scene.policy)

            try await scene.order(.extend(leases[3], extends: leases[2].leaseID))
            guard case .failed(let failed) = try await scene.outcome("\(leases[3].leaseID).failed", of: id)
            else { return }
            #expect(failed.reason.contains("too late"))
            #expect(try await scene.policyFile() == Scene.policy)
        }
    }
}

extension Scene {
    /// At once: each is to be there before the time of the one before it is up.
    fileprivate func order(_ orders: Order...) async throws {
        let key = try #require(orders.first).terms.integration.rawValue
        let values = try orders.map { order in
            let envelope = Envelope(
                id: order.id, source: "by hand", subject: key, time: ExtensionTests.now, body: order)
            return String(decoding: try WireFormat.encode(envelope), as: UTF8.self)
        }
        try await kcat().produce(to: "sym.tailscale.orders", key: key, values: values)
    }

    /// The records of a request's leases, in the order of the ledger.
    fileprivate func leases(of id: RequestID) async throws -> [LeaseRecord] {
        try await kcat().values(of: "sym.tailscale.leases").compactMap { value in
            let entry = try WireFormat.decode(Envelope<LedgerEntry>.self, from: Array(value.utf8)).body
            guard case .record(let record) = entry, record.terms.leaseID.request == id else { return nil }
            return record
        }
    }

    fileprivate func outcome(_ outcome: String, of id: RequestID) async throws -> Outcome {
        try await eventually("the outcome \(outcome)") {
            let outcomes = try await kcat().values(of: "sym.tailscale.outcomes").filter { $0.contains(id.rawValue) }
                .map { try WireFormat.decode(Envelope<Outcome>.self, from: Array($0.utf8)) }
            let found = outcomes.last { $0.id == outcome }
            return found.map { .found($0.body) } ?? .notYet("\(outcomes.map(\.id))")
        }
    }
}
