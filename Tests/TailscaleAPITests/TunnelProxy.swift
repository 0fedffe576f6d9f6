import NIOCore
import NIOPosix

/// A proxy that answers `CONNECT` by a tunnel; whatever the target is called, it leads to one port of this machine.
struct TunnelProxy: Sendable {
    /// What it does instead of opening a tunnel.
    enum Refusal: String, Sendable {
        case wantsPassword = "407 Proxy Authentication Required"
        case forbids = "403 Forbidden"
    }

    let port: Int
    /// The requests for tunnels, as they came.
    let heads = Heard<String>()
    private let target: Int
    private let refusal: Refusal?

    static func with(
        leadingTo target: String, refusing refusal: Refusal? = nil,
        _ body: @escaping @Sendable (TunnelProxy) async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Self.wrapped(channel) }
            }
        let number = target.split(separator: ":").last.flatMap { Int($0) } ?? 0
        let proxy = TunnelProxy(port: server.channel.localAddress?.port ?? 0, target: number, refusal: refusal)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            // A tunnel that breaks is its ends' business.
                            group.addTask { try? await proxy.serve(connection) }
                        }
                    }
                }
            }
            group.addTask { try await body(proxy) }
            // The server ends only when it is cancelled.
            try await group.next()
            group.cancelAll()
        }
    }

    private init(port: Int, target: Int, refusal: Refusal?) {
        self.port = port
        self.target = target
        self.refusal = refusal
    }

    private static func wrapped(_ channel: any Channel) throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try NIOAsyncChannel(wrappingChannelSynchronously: channel)
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var incoming = inbound.makeAsyncIterator()
            var head = ""
            while !head.hasSuffix("\r\n\r\n") {
                guard let part = try await incoming.next() else { return }
                head += String(buffer: part)
            }
            heads.add(head)
            if let refusal {
                try await outbound.write(
                    ByteBuffer(string: "HTTP/1.1 \(refusal.rawValue)\r\nContent-Length: 0\r\n\r\n"))
                return
            }
            let far = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: target) { channel in
                    channel.eventLoop.makeCompletedFuture { try Self.wrapped(channel) }
                }
            try await far.executeThenClose { farInbound, farOutbound in
                try await outbound.write(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await part in farInbound { try await outbound.write(part) }
                    }
                    while let part = try await incoming.next() { try await farOutbound.write(part) }
                    group.cancelAll()
                }
            }
        }
    }
}
