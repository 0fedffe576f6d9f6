import FoundationEssentials
import SymMessages
import Testing

@testable import Approval

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Two sequencers live on one partition: killed and replaced, partitions taken away and given back, what the dead had sent
/// arrives late; reading, sending and deciding interleave at random.
@Suite("P1, P7 and P8 under restarts, zombies, rebalances and races")
struct ApprovalFaultTests {
    @Test(arguments: 0..<400)
    func everyCommandHasOneAnswerAndEveryRequestOneEnd(seed: UInt64) throws {
        var race = try SequencerRace(seed: seed)
        race.run()
        RaceOath(race: race).check()
    }

    /// The history is what the log says to any reader: a script of a few lines in another language takes the same events.
    @Test("the accepted history, read by Python and by the fold, is the same")
    func python() throws {
        let python = "/usr/bin/python3"
        try #require(
            FileManager.default.isExecutableFile(atPath: python), "make deps installs python3, which this test needs")
        var void = 0
        for seed in UInt64(1_000)..<1_040 {
            var race = try SequencerRace(seed: seed)
            race.run()
            var logs: [String: RequestLog] = [:]
            var accepted: [String] = []
            for event in race.topics.events {
                let id = try #require(RequestID(rawValue: event.subject))
                guard logs[event.subject, default: RequestLog(id: id, reader: .deciding)].append(event) == .accepted
                else {
                    void += 1
                    continue
                }
                let sequence = event.body.sequence.map { String(String(10_000_000_000 + $0).dropFirst()) } ?? "-"
                accepted.append("\(event.subject) \(sequence) \(event.body.fact.type) \(event.body.state.rawValue)")
            }
            let lines = try race.topics.events.map { String(decoding: try WireFormat.encode($0), as: UTF8.self) }
            #expect(try Self.run(python, on: lines.joined(separator: "\n")) == accepted, "seed \(seed)")
        }
        #expect(void > 60, "the two sequencers hardly ever raced: \(void)")
    }

    private static func run(_ python: String, on text: String) throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "sym-history-\(UInt64.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try Data(text.utf8).write(to: input)
        let script = root.appending(path: "Examples/history.py").path
        let status = system("\(python) '\(script)' < '\(input.path)' > '\(output.path)'")
        try #require(status == 0)
        let bytes = try Data(contentsOf: output)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
