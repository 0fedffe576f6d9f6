import Leases
import Logging
import ServiceLifecycle
import SymMessages
import TailnetPolicy
import TailscaleAPI
import Testing

@testable import TailscaleProvisioner

@Suite("A dry run")
struct DryRunTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func record(_ phase: LeaseRecord.Phase, standing: Bool? = nil) throws -> LeaseRecord {
        let terms = LeaseTerms(
            leaseID: LeaseID(request: RequestID(caller: try #require(Caller("bot:t")), source: "t", id: "1"), round: 1),
            integration: HealthSample.name("main"), tailnet: "example.com", group: HealthSample.group("prod"),
            login: try #require(Login(rawValue: "ana@example.com")), credential: .apiToken(HealthSample.secret),
            duration: Seconds(60), startBy: HealthSample.start)
        return LeaseRecord(
            terms: terms, revision: 2, phase: phase,
            confirmation: standing.map {
                Fact.Active(
                    leaseID: terms.leaseID, startedAt: HealthSample.start, endsAt: HealthSample.start, standing: $0)
            })
    }

    /// What it stops with; `nil` if it goes on.
    private static func obstacle(_ inputs: [TailscaleLeases.Input]) async throws -> LiveAccess? {
        let dryRun = DryRun(logger: quiet)
        for input in inputs { dryRun.note(input) }
        dryRun.report.finish()
        do {
            try await dryRun.run()
            return nil
        } catch let obstacle as LiveAccess {
            return obstacle
        }
    }

    @Test("P2 it does not run over access that it could not end, found in the ledger when it was read, or later")
    func stops() async throws {
        let live = TailscaleLeases.Input.recorded(try Self.record(.confirmed, standing: false), partition: 3)
        let ended = TailscaleLeases.Input.recorded(try Self.record(.ended, standing: false), partition: 3)
        let first = try await Self.obstacle([.assigned([3]), live, .replayed(3)])
        #expect(first?.description.contains("ana@example.com on group:prod in tailnet example.com") == true)
        #expect(try await Self.obstacle([.assigned([3]), .replayed(3), live]) != nil)
        #expect(try await Self.obstacle([.assigned([3]), live, ended, .replayed(3)]) == nil)
        #expect(try await Self.obstacle([.assigned([3]), live]) == nil)
        #expect(try await Self.obstacle([.assigned([3]), live, .revoked([3]), .replayed(3)]) == nil)
    }

    @Test("what is wanted, or stood there before, stops nothing")
    func goesOn() async throws {
        for record in [try Self.record(.wanted), try Self.record(.confirmed, standing: true)] {
            #expect(try await Self.obstacle([.assigned([3]), .recorded(record, partition: 3), .replayed(3)]) == nil)
        }
    }

    @Test("a change is shown to the service and rejected by us; a removal stops the run; nothing is written")
    func write() async throws {
        try await CheckedTailnet.with { tailnet in
            let place = Tailnet(integration: HealthSample.name("main"), name: "example.com")
            let client = tailnet.answers.client(place, .apiToken(HealthSample.secret))
            let file = try await client.readPolicy()
            let dryRun = DryRun(logger: Self.quiet)
            func result(_ action: Leases.MembershipChange.Action) async throws -> WriteResult {
                let login = try #require(Login(rawValue: "ana@example.com"))
                let change = Leases.MembershipChange(action, login, in: HealthSample.group("prod"))
                let draft = try #require(
                    try file.draft(applying: [TailnetPolicy.MembershipChange(.add, "ana@example.com", in: "group:prod")]
                    ))
                return await dryRun.write(draft, of: [change], place, client)
            }
            // Its group:odd holds a group, which the service refuses whatever else is changed.
            guard case .rejected(let words) = try await result(.add) else { return #expect(Bool(false)) }
            #expect(
                words.hasPrefix("dry run: nothing was written. It would have been refused: Tailscale does not accept"))
            try await tailnet.control(
                "POST", "faults",
                #"{"kind": "status", "status": 200, "body": "{}", "path": "acl/validate", "count": 1}"#)
            #expect(try await result(.add) == .rejected("dry run: nothing was written"))
            try await tailnet.control(
                "POST", "faults", #"{"kind": "status", "status": 401, "path": "acl/validate", "count": 2}"#)
            guard case .unauthorized = try await result(.add) else { return #expect(Bool(false)) }
            guard case .unavailable = try await result(.remove) else { return #expect(Bool(false)) }
            dryRun.report.finish()
            await #expect(throws: LiveAccess.self) { try await dryRun.run() }
            #expect(try await tailnet.count("POST", "acl") == 0)
        }
    }
}
