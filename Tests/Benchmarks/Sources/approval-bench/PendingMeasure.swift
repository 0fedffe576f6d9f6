import CHeap
import SymMessages

/// What a request takes that waits for a decision.
struct PendingMeasure {
    private static let requests = 50_000

    func run(_ report: Report) throws {
        let company = try Company()
        let story = try Story(company)
        var service = try company.service()
        let before = heap_in_use()
        for number in 0..<Self.requests {
            let bytes = story.texts(of: company.requestID(number), isOpen: true)[0]
            let record = EventRecord(bytes, offset: Int64(number))
            _ = service.handle(.event(record, partition: company.partition(number)), now: Company.now)
        }
        for partition in 0..<Company.partitions {
            _ = service.handle(.eventsReplayed(partition: partition, end: 0), now: Company.now)
        }
        let taken = Double(heap_in_use()) - Double(before)
        report.say(
            "memory of a pending request", taken / Double(Self.requests), "B",
            "of the heap, \(Self.requests) of them, ten approvers each")
        withExtendedLifetime(service) {}
    }
}
