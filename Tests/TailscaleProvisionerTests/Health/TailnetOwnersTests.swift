import SymMessages
import Testing

@testable import TailscaleProvisioner

@Suite("P3 two integrations that name one tailnet are found out, and the second is refused")
struct TailnetOwnersTests {
    private let a = HealthSample.name("a")
    private let b = HealthSample.name("b")

    private func record(_ name: ResourceName, _ id: String?, at minute: Int64) -> HealthRecord {
        let moment = HealthSample.start.advanced(byMilliseconds: minute * 60_000)
        return HealthRecord(
            integration: name, tailnet: "-", problems: [], warnings: [], tailnetID: id,
            tailnetKnownSince: id.map { _ in moment }, configVersion: 1, checkedAt: moment, validUntil: moment)
    }

    @Test("the first keeps the tailnet, whatever the names; the other has it when the first is gone")
    func first() {
        var owners = TailnetOwners()
        #expect(owners.owner(of: "T1", before: a) == nil)
        owners.note(b, record(b, "T1", at: 1))
        #expect(owners.owner(of: "T1", before: a) == b)
        owners.note(a, record(a, "T1", at: 2))
        #expect(owners.owner(of: "T1", before: a) == b)
        #expect(owners.owner(of: "T1", before: b) == nil)
        #expect(owners.owner(of: "T2", before: a) == nil)
        owners.note(b, record(b, "T2", at: 3))
        #expect(owners.owner(of: "T1", before: a) == nil)
        owners.note(b, record(b, "T1", at: 4))
        #expect(owners.owner(of: "T1", before: b) == a)
        owners.note(a, nil)
        #expect(owners.owner(of: "T1", before: b) == nil)
    }

    @Test("found at one moment, the one whose name comes first keeps it: for both the same")
    func tie() {
        var owners = TailnetOwners()
        owners.note(b, record(b, "T1", at: 1))
        owners.note(a, record(a, "T1", at: 1))
        #expect(owners.owner(of: "T1", before: a) == nil)
        #expect(owners.owner(of: "T1", before: b) == a)
    }
}
