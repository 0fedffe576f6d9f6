import KafkaClient
import Testing

@Suite("Topics as they should be")
struct TopicFindingTests {
    private let wanted = TopicSpecification(
        name: "t", partitions: 2, replicationFactor: 3,
        configuration: ["cleanup.policy": "compact,delete", "retention.ms": "1000"])

    @Test func nothingToSay() {
        #expect(TopicFinding.findings(wanted, found()) == [])
        // More copies, other settings, another order of a list: all fine.
        let policy = TopicDescription.Entry(value: "delete, compact", source: .topic)
        let rich = found(
            copies: [4, 5], ["cleanup.policy": policy, "segment.ms": .init(value: "1", source: .broker)])
        #expect(TopicFinding.findings(wanted, rich) == [])
    }

    @Test func missing() {
        #expect(TopicFinding.findings(wanted, nil) == [.missing(wanted)])
        #expect("\(TopicFinding.missing(wanted))".contains("Create it with 2 partitions"))
    }

    @Test(arguments: [[3], [3, 3, 3]])
    func partitions(copies: [Int]) {
        let findings = TopicFinding.findings(wanted, found(copies: copies))
        #expect(findings == [.partitions(topic: "t", wanted: 2, found: Int32(copies.count))])
        #expect("\(findings)".contains("The topic t has \(copies.count) partitions; it must have 2"))
    }

    @Test("the partition with the fewest copies counts")
    func replicationFactor() {
        let findings = TopicFinding.findings(wanted, found(copies: [3, 2]))
        #expect(findings == [.replicationFactor(topic: "t", wanted: 3, found: 2)])
        let leftToTheBroker = TopicSpecification(name: "t", partitions: 2)
        #expect(TopicFinding.findings(leftToTheBroker, found(copies: [1, 1])) == [])
    }

    @Test func configuration() {
        let other = TopicDescription.Entry(value: "2000", source: .builtIn)
        let findings = TopicFinding.findings(wanted, found(["retention.ms": other]))
        #expect(findings == [.configuration(topic: "t", name: "retention.ms", wanted: "1000", found: "2000")])
        #expect("\(findings)".contains("retention.ms=2000; it should be 1000"))

        let hidden = TopicDescription.Entry(value: nil, source: .topic)
        #expect(
            TopicFinding.findings(wanted, found(["retention.ms": hidden]))
                == [.configuration(topic: "t", name: "retention.ms", wanted: "1000", found: nil)])
        let bare = TopicDescription(name: "t", partitions: found().partitions, configuration: [:])
        #expect(TopicFinding.findings(wanted, bare).count == 2)
    }

    @Test func severalAtOnce() {
        let findings = TopicFinding.findings(
            wanted, found(copies: [1], ["cleanup.policy": .init(value: "delete", source: .topic)]))
        #expect(findings.count == 3)
    }

    /// The topic as it is wanted, with changes.
    private func found(
        copies: [Int] = [3, 3], _ changes: [String: TopicDescription.Entry] = [:]
    ) -> TopicDescription {
        let configuration: [String: TopicDescription.Entry] = [
            "cleanup.policy": .init(value: "compact,delete", source: .topic),
            "retention.ms": .init(value: "1000", source: .topic),
        ]
        return TopicDescription(
            name: "t",
            partitions: copies.enumerated().map { number, count in
                let brokers = (0..<Int32(count)).map { $0 }
                return .init(number: Int32(number), leader: 0, replicas: brokers, inSyncReplicas: brokers)
            },
            configuration: configuration.merging(changes) { $1 })
    }
}
