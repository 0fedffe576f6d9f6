import Foundation
import Leases
import ServiceRuntime
import SymMessages
import Synchronization

/// A thousand grants of one tailnet that stand in the topic when a provisioner begins to read it.
struct GrantsMeasure {
    private let grants = 1_000

    func run(_ report: Report) async throws {
        let groups = 4
        let lists = (0..<groups).map { "\t\t\"group:on-call-\($0)\": [],\n" }.joined()
        let rig = try LeaseRig(files: [Population.name(0): Population.policy(lists, groups: groups)])
        let startBy = Timestamp.now().advanced(byMilliseconds: 900_000)
        let partition = Population.partition(Population.integration(0))
        let texts = try (0..<grants).map { number in
            let terms = Population.terms(
                id: "grant \(number)", tailnet: 0, group: number % groups, person: number / groups,
                duration: Seconds(3_600), startBy: startBy)
            return try WireFormat.encode(
                Envelope(
                    id: "\(terms.leaseID).grant", source: "sym/approval", subject: terms.integration.rawValue,
                    time: startBy, body: Order.grant(terms)))
        }
        let span = Mutex((began: 0.0, done: 0.0))
        try await rig.run { [grants] runner in
            let began = WallClock.now
            await runner.deliver(.assigned([partition]))
            await runner.deliver(.replayed(partition))
            for (offset, text) in texts.enumerated() {
                let order = try WireFormat.decode(Envelope<Order>.self, from: text).body
                await runner.deliver(.order(order, OrderPosition(partition: partition, offset: Int64(offset))))
            }
            try await eventually("\(grants) grants to be confirmed") { rig.confirmedCount == grants }
            span.withLock { $0 = (began, WallClock.now) }
        }
        let sent = rig.takeSent()
        let (began, done) = span.withLock { $0 }
        let sizes = sent.map { String($0.changes.count) }.joined(separator: " + ")
        report.judge(
            "writes for 1,000 grants of one tailnet", Double(sent.count), "", gate: 5, goal: 2,
            "\(sizes) changes; first after \(Report.number((sent.first?.at ?? .nan) - began, "ms")), all confirmed after "
                + Report.number(done - began, "ms"))
    }
}
