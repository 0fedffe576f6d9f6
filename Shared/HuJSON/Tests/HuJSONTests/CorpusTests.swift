import Foundation
import Testing

/// What `make fuzz` found worth keeping, again and again.
@Suite("The saved corpus of the fuzzer", .timeLimit(.minutes(5)))
struct CorpusTests {
    @Test("no crash, and every edit does what it should and nothing else")
    func edits() throws {
        let package = URL(filePath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = package.appending(path: "../../Tests/Fuzzing/Corpus/hujson").standardized
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect((20...200).contains(files.count))
        var accepted = 0
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            let text = bytes.prefix { $0 != 0 }
            #expect(throws: Never.self, "\(file.lastPathComponent)") {
                let choices = Choices(bytes.dropFirst(text.count + 1))
                if try HuJSONChecks.check(Array(text), choices) { accepted += 1 }
            }
        }
        #expect(accepted > 10)
    }
}
