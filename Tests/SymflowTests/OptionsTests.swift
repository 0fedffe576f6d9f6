import ArgumentParser
import KafkaClient
import SymMessages
import Testing

@testable import Symflow

@Suite("Options")
struct OptionsTests {
    @Test("answers to a flow's questions: numbers, flags, text, and lists of what is given again")
    func fields() throws {
        func values(_ arguments: String...) throws -> [String: FieldValue]? {
            try FieldOptions.parse(arguments.flatMap { ["--field", $0] }).values
        }
        #expect(try values() == nil)
        #expect(
            try values("n=42", "neg=-1", "yes=true", "t=a=b", "q=\"4711\"", "empty=", "zero=007") == [
                "n": .integer(42), "neg": .integer(-1), "yes": .flag(true), "t": .text("a=b"), "q": .text("4711"),
                "empty": .text(""), "zero": .text("007"),
            ])
        #expect(try values("h=a", "h=b", "n=1", "n=2", "m=1", "m=x")?["h"] == .texts(["a", "b"]))
        #expect(try values("n=1", "n=2")?["n"] == .integers([1, 2]))
        #expect(try values("m=1", "m=x")?["m"] == .texts(["1", "x"]))
        for wrong in ["a", "=b", ""] { #expect(throws: Failure.self) { try values(wrong) } }
    }

    @Test("every topic is as the design wants it on a real cluster")
    func topics() throws {
        let topics = Topics()
        let tailscale = try #require(ResourceName(rawValue: "tailscale"))
        let pager = try #require(BotName(rawValue: "pager"))
        let wanted = WantedTopics(topics: topics, provisioners: [tailscale], bots: [pager])
            .specifications(replicationFactor: 3, minimumInSync: 2)
        #expect(wanted.map(\.name) == topics.all(provisioners: [tailscale], bots: [pager]).map(\.name))
        let byName = Dictionary(wanted.map { ($0.name, $0.configuration) }) { first, _ in first }
        for topic in wanted {
            #expect(topic.replicationFactor == 3)
            #expect(topic.configuration["min.insync.replicas"] == "2")
            #expect(topic.configuration["unclean.leader.election.enable"] == "false")
        }
        for name in [
            topics.directory, topics.credentials, topics.intakeState, topics.snapshots, topics.leases(tailscale),
        ] {
            #expect(byName[name]?["cleanup.policy"] == "compact", "\(name)")
            #expect(byName[name]?["retention.ms"] == nil, "\(name)")
        }
        for name in [topics.leases(tailscale), topics.snapshots] {
            #expect(byName[name]?["min.compaction.lag.ms"] == "3600000", "\(name)")
        }
        let days = { (count: Int64) in "\(count * 86_400_000)" }
        #expect(byName[topics.config]?["retention.ms"] == "-1")
        #expect(byName[topics.events]?["retention.ms"] == days(400))
        for name in [
            topics.commands, topics.orders(tailscale), topics.submissions(pager), topics.deadLetters("intake"),
        ] {
            #expect(byName[name]?["cleanup.policy"] == "delete", "\(name)")
            #expect(byName[name]?["retention.ms"] == days(30), "\(name)")
        }
    }
}
