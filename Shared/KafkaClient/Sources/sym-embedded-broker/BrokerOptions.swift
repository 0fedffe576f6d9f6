/// `sym-embedded-broker [--port N] [--brokers N] [--strict] --topic name:partitions …`
struct BrokerOptions {
    static let usage = """
        usage: sym-embedded-broker [--port <1-65535>] [--brokers <1-9>] [--strict] --topic <name>:<partitions> ...
        It runs until its standard input ends (so not with < /dev/null), or until SIGTERM. A line there is a command:
        \(BrokerCommand.usage).
        """

    private(set) var topics: [(name: String, partitions: Int32)] = []
    private(set) var port: UInt16?
    private(set) var brokers: Int32 = 1
    private(set) var isStrict = false

    /// - Throws: a sentence for the person who typed it.
    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var arguments = arguments.makeIterator()
        while let option = arguments.next() {
            switch option {
            case "--topic":
                topics.append(try Self.topic(arguments.next()))
            case "--port":
                guard let port = arguments.next().flatMap({ UInt16($0) }), port > 0 else {
                    throw UsageError("--port wants a number from 1 to 65535.")
                }
                self.port = port
            case "--brokers":
                guard let brokers = arguments.next().flatMap({ Int32($0) }), 1...9 ~= brokers else {
                    throw UsageError("--brokers wants a number from 1 to 9.")
                }
                self.brokers = brokers
            case "--strict":
                isStrict = true
            default:
                throw UsageError("\"\(option)\" is not an option.")
            }
        }
        if let port, Int(port) + Int(brokers) - 1 > 65535 {
            throw UsageError("--port \(port) leaves no room for the ports of \(brokers) brokers.")
        }
    }

    /// The ports that were asked for, one a broker.
    var ports: [UInt16]? { port.map { port in (0..<UInt16(brokers)).map { port + $0 } } }

    static func topic(_ text: String?) throws(UsageError) -> (name: String, partitions: Int32) {
        let parts = (text ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let partitions = Int32(parts[1]), (1...1000).contains(partitions)
        else {
            throw UsageError("A topic is <name>:<partitions>, with 1 to 1000 partitions, not \"\(text ?? "")\".")
        }
        return (String(parts[0]), partitions)
    }
}

struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
