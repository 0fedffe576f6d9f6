import CHeap
import Foundation
import Leases
import SymMessages
import TailnetPolicy

/// What a live lease takes: the difference between two processes that have nothing but their leases.
struct MemoryMeasure {
    private static let few = 10_000
    private static let many = 110_000
    private static let tailnets = 50

    func run(_ report: Report) throws {
        let (few, many) = (try Self.measured(Self.few), try Self.measured(Self.many))
        let leases = Double(Self.many - Self.few)
        report.judge(
            "memory of a live lease, resident", Double(many.resident - few.resident) / leases, "B", gate: 1_024,
            goal: 500,
            "\(few.resident >> 20) MiB with 10,000, \(many.resident >> 20) MiB with 110,000; of the heap "
                + Report.number(Double(many.heap - few.heap) / leases, "B"))
    }

    /// In a process of its own: prints what it takes with so many leases.
    static func alone(_ count: Int) throws {
        var service = TailscaleLeases(owner: "bench", seed: 1)
        let population = Population(tailnets: tailnets, leases: count)
        let file = try LeaseRig.file(population.policy())
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let all = Array(0..<Population.partitions)
        var effects = service.handle(.assigned(all), now: now)
        for partition in all {
            effects += service.handle(
                .claimed(LeaseClaim(epoch: Population.epoch, owner: "before"), partition: partition), now: now)
        }
        for lease in 0..<count {
            // Ends at different moments, as they do.
            let endsAt = now.advanced(byMilliseconds: 3_600_000 + Int64(lease))
            let record = try Population.asRead(population.record(lease, endsAt: endsAt, now: now))
            let partition = Population.partition(population.integration(of: lease))
            effects += service.handle(.recorded(record, partition: partition), now: now)
        }
        for partition in all { effects += service.handle(.replayed(partition), now: now) }
        var compared = 0
        while let effect = effects.popLast() {
            switch effect {
            case .claim(let claim, let partition):
                effects += service.handle(.claimed(claim, partition: partition), now: now)
            case .read(let tailnet, _, let ticket, _):
                compared += 1
                effects += service.handle(.read(tailnet, ticket, .success(file)), now: now)
            case .publish(let outcome):
                effects += service.handle(.published(outcome, acknowledged: true), now: now)
            case .write, .append: throw BenchError("There should be nothing to do: \(effect)")
            default: break
            }
        }
        guard compared == tailnets else { throw BenchError("\(compared) of \(tailnets) tailnets were looked at.") }
        print("\(try resident(of: "self")) \(heap_in_use())")
        // Until here.
        withExtendedLifetime(service) {}
    }

    /// Bytes.
    static func resident(of process: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw BenchError("/proc/\(process)/status does not say how much is resident.")
        }
        return kilobytes << 10
    }

    private static func measured(_ count: Int) throws -> (resident: Int, heap: Int) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["memory", String(count)]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let numbers = text.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
        guard numbers.count == 2 else { throw BenchError("The process with \(count) leases failed: \(text)") }
        return (numbers[0], numbers[1])
    }
}
