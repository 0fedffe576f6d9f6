#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A client's connection and the one to the broker behind it. Runs on a thread of its own until one of both ends.
struct ProxiedConnection: ~Copyable {
    /// No more is read for a side that has this much to take.
    private static let mostWaiting = 1 << 20

    private let client: LoopbackSocket
    private var broker: LoopbackSocket
    private let brokerPort: UInt16
    private var conversation: StrictConversation
    private var toClient = Waiting()
    private var toBroker = Waiting()
    private var received = [UInt8](repeating: 0, count: 1 << 16)

    /// `nil` when the broker behind is down.
    init?(client: consuming LoopbackSocket, brokerPort: UInt16, conversation: StrictConversation) {
        guard let broker = LoopbackSocket.connected(to: brokerPort) else { return nil }
        self.client = client
        self.broker = broker
        self.brokerPort = brokerPort
        self.conversation = conversation
    }

    mutating func run(topics: DeclaredTopics) {
        pass(topics: topics)
        if conversation.hasWaitingMember {
            // The mock does not read from this connection now and would not see its end. Only when it has seen it may
            // the member come again.
            broker.reset()
            awaitBroker()
        }
        conversation.end()
    }

    /// Asks the mock something over a new connection. When it answers it has seen all that went before.
    private func awaitBroker() {
        guard let socket = LoopbackSocket.connected(to: brokerPort) else { return }
        // ApiVersions 0, correlation id 0, no client id.
        _ = socket.send([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0, 255, 255])
        socket.waitToRead(milliseconds: 5000)
    }

    private mutating func pass(topics: DeclaredTopics) {
        while !isOver {
            var files = [
                pollfd(client.descriptor, reads: toBroker, writes: toClient, upTo: Self.mostWaiting),
                pollfd(broker.descriptor, reads: toClient, writes: toBroker, upTo: Self.mostWaiting),
            ]
            guard poll(&files, 2, -1) >= 0 || errno == EINTR else { return }
            do {
                if files[0].revents != 0, toBroker.count < Self.mostWaiting {
                    switch client.receive(into: &received) {
                    case .bytes(let bytes):
                        toBroker.append(try conversation.clientSent(bytes, declared: topics.names))
                    case .end: toBroker.isLast = true
                    case .nothingYet: break
                    }
                }
                if files[1].revents != 0, toClient.count < Self.mostWaiting {
                    switch broker.receive(into: &received) {
                    case .bytes(let bytes): toClient.append(try conversation.brokerSent(bytes))
                    case .end: toClient.isLast = true
                    case .nothingYet: break
                    }
                }
            } catch {
                return
            }
            guard toBroker.send(to: broker), toClient.send(to: client) else { return }
        }
    }

    private var isOver: Bool { toClient.isOver || toBroker.isOver }

    /// What one side still has to take.
    struct Waiting {
        private var bytes: [UInt8] = []
        private var sent = 0
        /// The other side has ended: nothing comes after this.
        var isLast = false

        var count: Int { bytes.count - sent }
        var isOver: Bool { isLast && count == 0 }

        mutating func append(_ more: [UInt8]) {
            if count == 0 { (bytes, sent) = (more, 0) } else { bytes.append(contentsOf: more) }
        }

        /// `false` when there is nobody to take it.
        mutating func send(to socket: borrowing LoopbackSocket) -> Bool {
            guard count > 0 else { return true }
            guard let taken = socket.send(bytes[sent...]) else { return false }
            sent += taken
            return true
        }
    }
}

extension pollfd {
    /// A file that is read for `reads` and written from `writes`; none when there is nothing to wait for, so that its
    /// end does not wake anybody who could not do anything about it.
    fileprivate init(
        _ descriptor: Int32, reads: ProxiedConnection.Waiting, writes: ProxiedConnection.Waiting, upTo most: Int
    ) {
        let events = (reads.isLast || reads.count >= most ? 0 : POLLIN) | (writes.count == 0 ? 0 : POLLOUT)
        self.init(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
    }
}
