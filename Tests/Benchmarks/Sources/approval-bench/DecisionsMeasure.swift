import Foundation
import Logging
import ServiceRuntime
import SymMessages
import Synchronization

/// How many commands are decided a second: through the service's own runner, with a log that takes a while to acknowledge
/// and gives every event back as it was written.
struct DecisionsMeasure {
    private static let requests = 10_000
    private static let acknowledgementTakes = 1

    func run(_ report: Report) async throws {
        let company = try Company()
        var service = try company.service()
        for partition in 0..<Company.partitions {
            _ = service.handle(.eventsReplayed(partition: partition, end: 0), now: Company.now)
        }
        let log = Log(company: company)
        let runner = ServiceRunner(
            core: service, logger: Logger(label: "bench"), now: { Company.now },
            performAtOnce: { if case .append = $0 { false } else { true } },
            perform: { effect in
                guard case .append(let event, let partition) = effect else { return [] }
                let bytes = try WireFormat.encode(event)
                try await Task.sleep(for: .milliseconds(Self.acknowledgementTakes))
                log.append(event, bytes, partition)
                return []
            })
        log.isRead { runner.post($0) }
        let commands = Self.requests * 2
        let texts = try (0..<Self.requests).map { try WireFormat.encode(company.submit($0)) }
        let spent = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            let start = WallClock.now
            for (number, text) in texts.enumerated() {
                try await Self.deliver(text, number, offset: Int64(number), to: runner, company)
            }
            for number in 0..<Self.requests {
                let text = try WireFormat.encode(company.approve(number, offer: await log.offer(number)))
                try await Self.deliver(text, number, offset: Int64(Self.requests + number), to: runner, company)
            }
            await log.hasAll(commands)
            let spent = WallClock.now - start
            group.cancelAll()
            return spent
        }
        report.judge(
            "decisions: time for each", spent / Double(commands), "ms", gate: 1 / 5.0, goal: 1 / 20.0,
            "\(Report.number(Double(commands) / spent * 1_000, "")) commands a second (gate 5,000), from bytes to bytes, "
                + "\(Company.partitions) partitions, an acknowledgement takes \(Self.acknowledgementTakes) ms")
    }

    private static func deliver(
        _ text: [UInt8], _ number: Int, offset: Int64, to runner: ServiceRunner<ApprovalService>, _ company: Company
    ) async throws {
        let place = RecordPlace(stream: .commands, partition: company.partition(number), offset: offset)
        await runner.deliver(.command(try WireFormat.decode(Envelope<Command>.self, from: text), place))
    }

    /// What was written, and who waits for it.
    private final class Log: Sendable {
        private struct State {
            var count = 0
            var ends: [Int32: Int64] = [:]
            var read: @Sendable (ApprovalService.Input) -> Void = { _ in }
            var offers: [String: String] = [:]
            var waiting: (count: Int, CheckedContinuation<Void, Never>)?
            var asked: (String, CheckedContinuation<String, Never>)?
        }

        private let state = Mutex(State())
        private let company: Company

        init(company: Company) { self.company = company }

        /// - Parameter reader: is given every event, in the order of its partition.
        func isRead(_ reader: @escaping @Sendable (ApprovalService.Input) -> Void) {
            state.withLock { $0.read = reader }
        }

        func append(_ event: Envelope<RequestEvent>, _ bytes: [UInt8], _ partition: Int32) {
            state.withLock { state in
                state.count += 1
                let offset = state.ends[partition, default: 0]
                state.ends[partition] = offset + 1
                state.read(.event(EventRecord(bytes, offset: offset), partition: partition))
                if case .submitted(let submitted) = event.body.fact {
                    state.offers[event.subject] = submitted.offerID
                    if let (subject, continuation) = state.asked, subject == event.subject {
                        state.asked = nil
                        continuation.resume(returning: submitted.offerID)
                    }
                }
                if let (count, continuation) = state.waiting, state.count >= count {
                    state.waiting = nil
                    continuation.resume()
                }
            }
        }

        func offer(_ number: Int) async -> String {
            let subject = company.requestID(number).rawValue
            return await withCheckedContinuation { continuation in
                state.withLock { state in
                    if let offer = state.offers[subject] {
                        continuation.resume(returning: offer)
                    } else {
                        state.asked = (subject, continuation)
                    }
                }
            }
        }

        func hasAll(_ count: Int) async {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    if state.count >= count { continuation.resume() } else { state.waiting = (count, continuation) }
                }
            }
        }
    }
}
