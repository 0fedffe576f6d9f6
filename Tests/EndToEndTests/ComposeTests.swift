import FoundationEssentials
import SymMessages
import Testing

@Suite("docker-compose.yml")
struct ComposeTests {
    @Test("makes the topics that the services expect, with their partition counts")
    func topics() throws {
        let text = try String(contentsOfFile: "\(Paths.root)/docker-compose.yml", encoding: .utf8)
        var made: [String: Int32] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 3, words[0] == "topic", let partitions = Int32(words[2]) else { continue }
            let name = words[1].filter { $0 != "\"" }
            let names =
                name.hasPrefix("$$service.")
                ? ["intake", "approval", "tailscale"].map { name.replacing("$$service", with: $0) }
                : [name.replacing("$$bot", with: "robot")]
            for name in names { made["sym." + name] = partitions }
        }
        let provisioner = try #require(ResourceName(rawValue: "tailscale"))
        let bot = try #require(BotName(rawValue: "robot"))
        let wanted = Topics().all(provisioners: [provisioner], bots: [bot])
        #expect(made == Dictionary(uniqueKeysWithValues: wanted.map { ($0.name, $0.partitions) }))
    }
}
