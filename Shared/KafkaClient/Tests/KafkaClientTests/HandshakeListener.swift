import Foundation

/// A stand-in for a broker as far as its first words: it notes how a client introduces itself and then hangs up.
final class HandshakeListener: Sendable {
    enum Said: Sendable, Equatable {
        /// Something that is not Kafka's protocol; its first bytes.
        case other([UInt8])
        case mechanism(String)
        case authentication([UInt8])
    }

    /// Everything the clients said, one connection after the other.
    let said: AsyncStream<Said>
    let address: String
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && listen(descriptor, 5) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard isListening else { throw NotListening() }
        address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
        let (stream, continuation) = AsyncStream<Said>.makeStream()
        said = stream
        Thread.detachNewThread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { break }
                Connection(descriptor: connection).serve { continuation.yield($0) }
                close(connection)
            }
            close(descriptor)
            continuation.finish()
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    struct NotListening: Error {}
}

/// One client, and the two questions of Kafka's that come before it shows who it is.
private struct Connection {
    let descriptor: Int32

    func serve(_ note: (HandshakeListener.Said) -> Void) {
        while let head = read(4) {
            let size = head.reduce(0) { $0 << 8 | Int($1) }
            // A greeting of TLS would be a request of 369 MB.
            guard size < 100_000, let request = read(size) else { return note(.other(head + (read(2) ?? []))) }
            let body = Array(request.dropFirst(10 + Int(request[9])))
            let correlation = Array(request[4..<8])
            switch request[1] {
            case 18:
                answer(correlation, apiVersions(request[3]))
            case 17:
                note(.mechanism(String(decoding: body.dropFirst(2), as: UTF8.self)))
                answer(correlation, [0, 0, 0, 0, 0, 0])
            case 36:
                note(.authentication(Array(body.dropFirst(4))))
                // Authentication failed, with a reason.
                let reason = Array("unknown to this listener".utf8)
                answer(correlation, [0, 58, 0, UInt8(reason.count)] + reason + [0, 0, 0, 0])
                return
            default:
                return note(.other(head))
            }
        }
    }

    /// What a broker of some years ago can do, as far as it matters here.
    private func apiVersions(_ version: UInt8) -> [UInt8] {
        let ranges: [(key: UInt8, last: UInt8)] = [(0, 7), (1, 11), (3, 2), (17, 1), (18, 3), (36, 0)]
        let isCompact = version >= 3
        var bytes: [UInt8] = [0, 0]
        bytes += isCompact ? [UInt8(ranges.count + 1)] : [0, 0, 0, UInt8(ranges.count)]
        for range in ranges {
            bytes += [0, range.key, 0, 0, 0, range.last]
            if isCompact { bytes.append(0) }
        }
        if isCompact { bytes += [0, 0, 0, 0, 0] }
        return bytes
    }

    private func answer(_ correlation: [UInt8], _ body: [UInt8]) {
        let bytes = [0, 0, 0, UInt8(4 + body.count)] + correlation + body
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return recv(descriptor, &bytes, count, Int32(MSG_WAITALL)) == count ? bytes : nil
    }
}
