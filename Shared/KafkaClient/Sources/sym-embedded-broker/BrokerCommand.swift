/// A line on stdin.
enum BrokerCommand {
    static let usage = "down [broker], up [broker], leader <topic> <partition> <broker>, topic <name>:<partitions>"

    case down(broker: Int32?)
    case up(broker: Int32?)
    case leader(topic: String, partition: Int32, broker: Int32)
    case topic(name: String, partitions: Int32)

    /// `nil` when it is none.
    init?(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        let numbers = words.map { Int32($0) }
        switch (words.first, words.count) {
        case ("down", 1): self = .down(broker: nil)
        case ("up", 1): self = .up(broker: nil)
        case ("down", 2):
            guard let broker = numbers[1] else { return nil }
            self = .down(broker: broker)
        case ("up", 2):
            guard let broker = numbers[1] else { return nil }
            self = .up(broker: broker)
        case ("leader", 4):
            guard let partition = numbers[2], let broker = numbers[3] else { return nil }
            self = .leader(topic: words[1], partition: partition, broker: broker)
        case ("topic", 2):
            guard let topic = try? BrokerOptions.topic(words[1]) else { return nil }
            self = .topic(name: topic.name, partitions: topic.partitions)
        default: return nil
        }
    }
}
