import Foundation
import Leases
import ServiceRuntime
import SymMessages

/// A provisioner that starts with many leases, and then ends some of them, one after the other.
struct EndsMeasure {
    let population = Population(tailnets: 50, leases: 100_000)
    /// Of each tailnet, leases whose time is over when it starts.
    private let overdueOfEach = 2

    private struct Place: Hashable {
        let tailnet: String
        let group: GroupName
        let login: String
    }

    func run(_ report: Report) async throws {
        let policy = population.policy()
        let names = (0..<population.tailnets).map { Population.name($0) }
        let rig = try LeaseRig(files: Dictionary(uniqueKeysWithValues: names.map { ($0, policy) }))
        try await rig.run { runner in
            try await self.start(rig, runner, report)
            let started = WallClock.now
            // The first two readings after a take-over are behind it then.
            try await Task.sleep(for: .seconds(7))
            let told = self.population.leases
            try await eventually("what lives to be told again", within: .seconds(180)) { rig.confirmedCount >= told }
            report.say(
                "after a start: every live lease told to approval again", (WallClock.now - started) / 1_000, "s",
                "a few at a time, beside everything else")
            // 100,000 leases of an hour end at 28 a second.
            let kinds: [(name: String, count: Int, gap: Double, isJudged: Bool)] = [
                ("each alone", 400, 50, true), ("100 a second", 1_000, 10, true), ("500 a second", 2_000, 2, false),
                ("1,000 at once", 1_000, 0, false),
            ]
            var first = self.overdueOfEach * self.population.tailnets
            for kind in kinds {
                let late = try await self.end(kind.count, from: first, gap: kind.gap, rig, runner)
                first += kind.count
                Self.tell(report, kind.name, late, isJudged: kind.isJudged)
            }
        }
        if let alarm = rig.alarms.first { throw BenchError("The provisioner was not at ease: \(alarm)") }
    }

    private static func tell(_ report: Report, _ name: String, _ late: [Double], isJudged: Bool) {
        let title = "lease end → write, \(name): p99"
        if isJudged {
            report.judge(title, late.quantile(0.99), "ms", gate: 100, goal: 20, late.spread)
        } else {
            report.say(title, late.quantile(0.99), "ms", late.spread)
        }
    }

    /// From the first record of the ledger to the last tailnet compared with it, and what is overdue being ended.
    private func start(_ rig: LeaseRig, _ runner: ServiceRunner<WakefulLeases>, _ report: Report) async throws {
        let now = Timestamp.now()
        let (later, before) = (now.advanced(byMilliseconds: 80_000_000), now.advanced(byMilliseconds: -1_000))
        let overdue = overdueOfEach * population.tailnets
        // As text and back first: reading the topic is not part of it.
        let records = try (0..<population.leases).map { lease in
            try Population.asRead(population.record(lease, endsAt: lease < overdue ? before : later, now: now))
        }
        let all = Array(0..<Population.partitions)
        let used = Set((0..<population.tailnets).map { Population.partition(Population.integration($0)) })
        let (began, processor) = (WallClock.now, WallClock.processorTime)
        await runner.deliver(.assigned(all))
        for partition in used.sorted() {
            await runner.deliver(.claimed(LeaseClaim(epoch: Population.epoch, owner: "before"), partition: partition))
        }
        for (lease, record) in records.enumerated() {
            await runner.deliver(
                .recorded(record, partition: Population.partition(population.integration(of: lease))))
        }
        let read = WallClock.now
        for partition in all { await runner.deliver(.replayed(partition)) }
        let tailnets = population.tailnets
        try await eventually("every tailnet to be compared with the ledger") {
            rig.sentCount >= tailnets && rig.claimed.count == used.count
        }
        let spent = WallClock.processorTime - processor
        let sent = rig.takeSent()
        guard sent.count == tailnets, sent.allSatisfy({ $0.changes.count == overdueOfEach }) else {
            throw BenchError("What was overdue was not ended by one write a tailnet: \(sent.count) writes.")
        }
        let done = sent.map(\.at).max() ?? .nan
        let claimed = rig.claimed.last
        report.judge(
            "start with 100,000 leases in the ledger, after reading", (done - read) / 1_000, "s", gate: 2, goal: 0.5,
            "claimed after \(Report.number(claimed - read, "ms")), then "
                + "all 50 tailnets compared and what was overdue being ended \(Report.number(done - claimed, "ms")); "
                + "before that, records taken in: \(Report.number(read - began, "ms")) for all; "
                + "\(Report.number(spent, "s")) of processor time together")
    }

    /// How late each was, in milliseconds.
    private func end(
        _ count: Int, from first: Int, gap: Double, _ rig: LeaseRig, _ runner: ServiceRunner<WakefulLeases>
    ) async throws -> [Double] {
        let now = Timestamp.now()
        // Time to make the records.
        let lead = 3_000 + Int64(count) * 2
        var dueAt: [Place: Double] = [:]
        for lease in first..<first + count {
            let endsAt = now.advanced(byMilliseconds: lead + Int64(Double(lease - first) * gap))
            let record = try Population.asRead(
                population.record(lease, endsAt: endsAt, now: now, epoch: Population.epoch + 1, revision: 4))
            dueAt[Place(tailnet: record.terms.tailnet, group: record.terms.group, login: record.terms.login.key)] =
                Double(endsAt.milliseconds)
            await runner.deliver(
                .recorded(record, partition: Population.partition(population.integration(of: lease))))
        }
        guard WallClock.now < Double(now.milliseconds + lead - 500) else {
            throw BenchError("This machine is too busy.")
        }
        var late: [Double] = []
        try await eventually("\(count) leases to end") {
            for sent in rig.takeSent() {
                for change in sent.changes {
                    let place = Place(tailnet: sent.tailnet.name, group: change.group, login: change.login.key)
                    guard change.action == .remove, let due = dueAt.removeValue(forKey: place) else { continue }
                    late.append(sent.at - due)
                }
            }
            return dueAt.isEmpty
        }
        guard late.allSatisfy({ $0 >= 0 }) else { throw BenchError("A lease ended before its time.") }
        return late
    }
}
