import Foundation
import HuJSON
import Testing

@Suite("P4 only our bytes change: properties of edits", .timeLimit(.minutes(5)))
struct EditProperties {
    private static let size = UInt64(ProcessInfo.processInfo.environment["HUJSON_TEST_SEEDS"] ?? "") ?? 600

    /// Each batch is one test, so batches run side by side; a failure names the seed.
    @Test(
        "random texts and edits: what is said, bytes untouched, whose comments, restoring", arguments: 0..<8)
    func hold(batch: UInt64) throws {
        for seed in batch * Self.size + 1...(batch + 1) * Self.size {
            var text = RandomText(seed: seed)
            let written = text.document()
            #expect(throws: Never.self, "seed \(seed): \(written.debugDescription)") {
                let isHuJSON = try HuJSONChecks.check(Array(written.utf8), Choices(seed: seed))
                #expect(isHuJSON, "seed \(seed): \(written.debugDescription)")
            }
        }
    }
}
