#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Stands before the mock brokers, one port for each, and lets through only what the strict mode allows. It works until
/// its process ends.
package final class StrictProxy: Sendable {
    /// `127.0.0.1:<port>`, several with commas between.
    package var bootstrapServers: String { ports.map { "127.0.0.1:\($0)" }.joined(separator: ",") }

    private let ports: [UInt16]
    /// Open as long as the process is.
    private let listeners: [Int32]
    private let topics = DeclaredTopics()

    /// Takes the ports. Clients that connect now are answered after ``start(before:)``.
    ///
    /// - Parameters:
    ///   - brokers: how many there are to stand before.
    ///   - port: the first broker's, with those after it for the others; `nil` for any that are free.
    package init(brokers: Int, port: UInt16?) throws(StrictProxyError) {
        var ports: [UInt16] = []
        var listeners: [Int32] = []
        for index in 0..<brokers {
            let wanted = port.map { Int($0) + index }
            guard let wanted = UInt16(exactly: wanted ?? 0), let listener = LoopbackSocket.listening(on: wanted),
                let port = listener.port
            else {
                let reason = Self.reason
                for listener in listeners { close(listener) }
                throw StrictProxyError("127.0.0.1:\(wanted ?? 0) cannot be listened on: \(reason).")
            }
            ports.append(port)
            listeners.append(listener.keptOpen())
        }
        self.ports = ports
        self.listeners = listeners
    }

    /// Takes the ports and gives them back, so that a taken one can be named.
    package static func checkFree(_ ports: [UInt16]) throws(StrictProxyError) {
        for port in ports where LoopbackSocket.listening(on: port) == nil {
            throw StrictProxyError("127.0.0.1:\(port) cannot be listened on: \(reason).")
        }
    }

    /// From now on clients may ask for this topic.
    package func declare(_ topic: String) { topics.insert(topic) }

    /// Lets clients through to the mock brokers' own ports, that of broker 1 first.
    package func start(before brokers: [UInt16]) throws(StrictProxyError) {
        let byNumber = Dictionary(uniqueKeysWithValues: zip(Int32(1)..., ports))
        let conversation = StrictConversation(ports: byNumber)
        for (listener, broker) in zip(listeners, brokers) {
            let started = startThread { [topics] in
                Self.accept(on: listener, before: broker, topics: topics, conversation: conversation)
            }
            guard started else { throw StrictProxyError("There is no thread for a broker: \(Self.reason).") }
        }
    }

    private static func accept(
        on listener: Int32, before broker: UInt16, topics: DeclaredTopics, conversation: StrictConversation
    ) {
        while true {
            let accepted = systemAccept(listener)
            guard accepted >= 0 else {
                // Out of files, most likely: some will be closed.
                if errno != EINTR, errno != ECONNABORTED { usleep(100_000) }
                continue
            }
            let started = startThread {
                let client = LoopbackSocket(accepted: accepted)
                // A broker that is down refuses: so do we, as well as somebody can who has accepted.
                guard
                    var connection = ProxiedConnection(
                        client: client, brokerPort: broker, conversation: conversation)
                else { return }
                connection.run(topics: topics)
            }
            if !started { close(accepted) }
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}

/// Why the strict mode could not be started.
package struct StrictProxyError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

private func systemAccept(_ listener: Int32) -> Int32 {
    accept(listener, nil, nil)
}
