/// The names and partition counts of all topics of one installation.
public struct Topics: Sendable, Hashable {
    /// Of requests: commands, events and outcomes have the same count, fixed for life.
    public static let requestPartitions: Int32 = 12
    /// Of integrations: orders and leases have the same count, fixed for life.
    public static let integrationPartitions: Int32 = 48

    public let prefix: String

    /// - Parameter prefix: `SYM_TOPIC_PREFIX`.
    public init(prefix: String = "sym") { self.prefix = prefix }

    public var commands: String { "\(prefix).commands" }
    public var events: String { "\(prefix).events" }
    public var config: String { "\(prefix).config" }
    public var directory: String { "\(prefix).directory" }
    /// Bearer tokens as hashes; intake alone writes and reads it.
    public var credentials: String { "\(prefix).credentials" }
    /// What intake has shown where; the partitions are those of the requests.
    public var intakeState: String { "\(prefix).intake-state" }

    /// What approval knows of each request up to an offset, so that it need not read all events when it takes over.
    public var snapshots: String { "\(prefix).snapshots" }

    public func orders(_ provisioner: ResourceName) -> String { "\(prefix).\(provisioner).orders" }
    public func leases(_ provisioner: ResourceName) -> String { "\(prefix).\(provisioner).leases" }
    public func outcomes(_ provisioner: ResourceName) -> String { "\(prefix).\(provisioner).outcomes" }
    /// How the integrations of a provisioner are doing.
    public func health(_ provisioner: ResourceName) -> String { "\(prefix).\(provisioner).health" }
    public func submissions(_ bot: BotName) -> String { "\(prefix).submissions.\(bot)" }
    /// - Parameter service: `intake`, `approval`, or a provisioner's name.
    public func deadLetters(_ service: String) -> String { "\(prefix).\(service).dead-letters" }

    /// The bot whose topic this is.
    public func bot(ofSubmissions topic: String) -> BotName? {
        let start = "\(prefix).submissions."
        return topic.hasPrefix(start) ? BotName(rawValue: String(topic.dropFirst(start.count))) : nil
    }

    /// A consumer group or client id: `<prefix>-<service>`.
    public func group(_ service: String) -> String { "\(prefix)-\(service)" }

    /// Every topic with its partitions, for whoever creates them.
    public func all(provisioners: [ResourceName], bots: [BotName]) -> [(name: String, partitions: Int32)] {
        var topics: [(String, Int32)] = [
            (commands, Self.requestPartitions), (events, Self.requestPartitions), (config, 1), (directory, 1),
            (credentials, 1),
            (intakeState, Self.requestPartitions), (snapshots, Self.requestPartitions),
            (deadLetters("intake"), 1), (deadLetters("approval"), 1),
        ]
        for provisioner in provisioners {
            topics += [
                (orders(provisioner), Self.integrationPartitions), (leases(provisioner), Self.integrationPartitions),
                (outcomes(provisioner), Self.requestPartitions), (health(provisioner), 1),
                (deadLetters(provisioner.rawValue), 1),
            ]
        }
        return topics + bots.map { (submissions($0), 1) }
    }
}
