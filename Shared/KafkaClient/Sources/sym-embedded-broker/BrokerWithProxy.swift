import CBindPort
import EmbeddedBroker
import StrictProxy

/// The brokers, and what stands before them in the strict mode.
struct BrokerWithProxy {
    /// AddPartitionsToTxn, AddOffsetsToTxn, EndTxn, TxnOffsetCommit.
    private static let transactions: [Int16] = [24, 25, 26, 28]

    private let broker: EmbeddedBroker
    private let proxy: StrictProxy?

    var bootstrapServers: String { proxy?.bootstrapServers ?? broker.bootstrapServers }

    init(_ options: BrokerOptions) throws {
        if options.isStrict {
            // The proxy's ports first: the brokers' random ones must not be among those that were asked for.
            let proxy = try StrictProxy(brokers: Int(options.brokers), port: options.port)
            broker = try EmbeddedBroker(topics: options.topics, brokers: options.brokers)
            for request in Request.allCases where request != .apiVersions {
                try broker.offer(request.rawValue, versions: request.versions)
            }
            // The mock answers them all with success and does nothing: better a client that says so.
            for request in Self.transactions { try broker.offer(request, versions: nil) }
            for topic in options.topics { proxy.declare(topic.name) }
            try proxy.start(before: broker.ports)
            self.proxy = proxy
        } else {
            proxy = nil
            if let ports = options.ports {
                // librdkafka aborts when a port of several is taken. Only a race is left after this.
                try StrictProxy.checkFree(ports)
                guard bind_ports_next(ports[0], UInt16(ports.count)) == 0 else {
                    throw UsageError("--port works on Linux only, or with --strict. Leave it out and read the address.")
                }
            }
            broker = try EmbeddedBroker(topics: options.topics, brokers: options.brokers)
            if let ports = options.ports, ports != broker.ports {
                throw RefusedError("The broker came up on \(broker.bootstrapServers) instead of port \(ports[0]).")
            }
        }
    }

    /// Does what the line says; returns what to answer.
    func obey(_ line: String) -> String {
        guard let command = BrokerCommand(line) else { return "unknown command: \(line) (\(BrokerCommand.usage))" }
        do {
            switch command {
            case .down(let number):
                try check(number)
                broker.goDown(broker: number)
            case .up(let number):
                try check(number)
                broker.comeUp(broker: number)
            case .leader(let topic, let partition, let number):
                try broker.moveLeader(of: topic, partition: partition, to: number)
            case .topic(let name, let partitions):
                try broker.createTopic(name, partitions: partitions)
                proxy?.declare(name)
            }
            return line
        } catch {
            return "error: \(error)"
        }
    }

    private func check(_ number: Int32?) throws(RefusedError) {
        if let number, !(1...Int32(broker.ports.count)).contains(number) {
            throw RefusedError("There is no broker \(number): they are 1 to \(broker.ports.count).")
        }
    }
}

/// Why the program did not start, or does not do what it was told.
struct RefusedError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
