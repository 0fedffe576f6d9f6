import FoundationEssentials
import Testing

@testable import Symflow

/// Every verb, as a session in a shell against Sym behind a real port. `SYM_WRITE_TRANSCRIPTS=1` writes down what is said
/// now, to be read before it is committed.
@Suite("Transcripts")
struct TranscriptTests {
    private static let folder =
        String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex))
        + "/Transcripts"

    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".txt") }.sorted()

    private static let straightToKafka: Set = ["events.txt", "submit.txt", "topics.txt"]

    @Test("arguments, standard output, standard error and exit code", arguments: names)
    func session(name: String) async throws {
        let path = "\(Self.folder)/\(name)"
        let wanted = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        let place = FileManager.default.temporaryDirectory.path + "/symflow-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: "\(Self.folder)/files", toPath: place)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let directory = try String(contentsOf: URL(filePath: "\(place)/directory.yaml"), encoding: .utf8)
        let server = try SymServer(directory: name == "bootstrap.txt" ? "" : directory)
        let said = try await server.serving { port in
            guard Self.straightToKafka.contains(name) else {
                return try await Transcript(wanted).run(on: server, port: port, in: place, kafka: nil)
            }
            return try await KafkaScene.with { kafka in
                try await Transcript(wanted).run(on: server, port: port, in: place, kafka: kafka)
            }
        }
        if ProcessInfo.processInfo.environment["SYM_WRITE_TRANSCRIPTS"] == "1" {
            try said.write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            #expect(said == wanted)
        }
    }
}
