import Foundation
import KafkaClient
import Testing

/// A running `sym-embedded-broker`.
struct BrokerProcess {
    let child: ChildProcess
    let bootstrapServers: String

    var ports: [Int] { bootstrapServers.split(separator: ",").compactMap { Int($0.split(separator: ":")[1]) } }

    init(_ arguments: [String]) throws {
        child = try #require(try ChildProcess("sym-embedded-broker", arguments))
        let line = try #require(try child.readLine())
        try #require(line.hasPrefix("bootstrap.servers=127.0.0.1:"))
        bootstrapServers = String(line.dropFirst("bootstrap.servers=".count))
    }

    /// Gives a command and returns the answer.
    func obey(_ command: String) throws -> String? {
        try child.write(command + "\n")
        return try child.readLine()
    }

    var kafka: TestKafka { TestKafka(bootstrapServers: bootstrapServers, isEmbedded: true, prefix: "") }

    func withProducer<Output: Sendable>(
        properties: [String: String] = [:], _ body: (KafkaProducer) async throws -> Output
    ) async throws -> Output {
        try await kafka.withProducer(properties: properties, body)
    }

    /// The first records a consumer gets, read while `body` runs.
    func records(
        _ count: Int, _ subscription: Subscription, while body: () async throws -> Void = {}
    ) async throws -> [String?] {
        try await kafka.withConsumer(subscription) { _, calls in
            try await body()
            return try await calls.records(count).map(\.text)
        }
    }
}

/// A connection that says whatever a test wants. Blocks, for ten seconds at most.
final class RawConnection {
    private let descriptor: Int32

    init(port: Int) throws {
        #if canImport(Darwin)
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        // An answer that never comes is none.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let failure = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(failure == 0)
    }

    deinit { close(descriptor) }

    /// What comes back; `nil` when the connection was closed instead.
    func answer(to bytes: [UInt8]) -> [UInt8]? {
        guard write(bytes), let head = read(4) else { return nil }
        return read(head.reduce(0) { $0 << 8 | Int($1) })
    }

    /// Sends bytes and no more, then waits until the other side has read and closed.
    func sendLast(_ bytes: [UInt8]) {
        guard write(bytes) else { return }
        shutdown(descriptor, Int32(SHUT_WR))
        while read(1) != nil {}
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        return send(descriptor, bytes, bytes.count, flags) == bytes.count
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var more = [UInt8](repeating: 0, count: count - bytes.count)
            let got = recv(descriptor, &more, more.count, 0)
            guard got > 0 else { return nil }
            bytes += more[..<got]
        }
        return bytes
    }
}
