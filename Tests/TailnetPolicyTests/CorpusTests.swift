import Foundation
import Testing

/// What `make fuzz` found worth keeping, again and again.
@Suite("The saved corpus of the HuJSON fuzzer, as policy files", .timeLimit(.minutes(5)))
struct CorpusTests {
    @Test("a draft is right and proven, or refused")
    func drafts() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let folder = tests.appending(path: "Fuzzing/Corpus/hujson")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect((20...200).contains(files.count))
        var accepted = 0
        for file in files {
            let text = Array(try Data(contentsOf: file).prefix { $0 != 0 })
            var random = SplitMix(state: UInt64(text.count))
            for _ in 0..<5 {
                #expect(throws: Never.self, "\(file.lastPathComponent)") {
                    if try PolicyChecks.check(text, &random) { accepted += 1 }
                }
            }
        }
        #expect(accepted > 50)
    }
}
