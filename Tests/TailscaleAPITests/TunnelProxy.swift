import NIOCore
import NIOPosix
import Synchronization

/// A proxy that answers `CONNECT` by a tunnel; whatever the target is called, it leads to one port of this machine.
struct TunnelProxy: Sendable {
    /// What it does instead of opening a tunnel.
    enum Refusal: String, Sendable {
        case wantsPassword = "407 Proxy Authentication Required"
        case forbids = "403 Forbidden"
    }

    let port: Int
    /// The requests for tunnels, as they came.
    let heads: Heard<String>

    /// - Parameter gate: tunnels open when it is fulfilled; nil: at once.
    static func with(
        leadingTo target: String, refusing refusal: Refusal? = nil, opening gate: EventLoopFuture<Void>? = nil,
        _ body: @Sendable (TunnelProxy) async throws -> Void
    ) async throws {
        let heads = Heard<String>()
        let number = target.split(separator: ":").last.flatMap { Int($0) } ?? 0
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.pipeline.addHandler(Entrance(heads: heads, target: number, refusal: refusal, gate: gate))
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result = await Result {
            try await body(TunnelProxy(port: server.localAddress?.port ?? 0, heads: heads))
        }
        try await server.close()
        try result.get()
    }
}

/// The end of a tunnel that its user sees.
private final class Entrance: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let heads: Heard<String>
    private let target: Int
    private let refusal: TunnelProxy.Refusal?
    private let gate: EventLoopFuture<Void>?
    private let head = Mutex("")
    private let far = Mutex<(any Channel)?>(nil)

    init(heads: Heard<String>, target: Int, refusal: TunnelProxy.Refusal?, gate: EventLoopFuture<Void>?) {
        self.heads = heads
        self.target = target
        self.refusal = refusal
        self.gate = gate
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if let far = far.withLock({ $0 }) {
            far.writeAndFlush(part, promise: nil)
            return
        }
        let text = head.withLock {
            $0 += String(buffer: part)
            return $0
        }
        guard text.hasSuffix("\r\n\r\n") else { return }
        heads.add(text)
        let near = context.channel
        if let refusal {
            near.writeAndFlush(
                ByteBuffer(string: "HTTP/1.1 \(refusal.rawValue)\r\nContent-Length: 0\r\n\r\n"), promise: nil)
            return
        }
        (gate ?? near.eventLoop.makeSucceededVoidFuture()).hop(to: near.eventLoop)
            .flatMap {
                ClientBootstrap(group: near.eventLoop)
                    .channelInitializer { $0.pipeline.addHandler(Exit(near: near)) }
                    .connect(host: "127.0.0.1", port: self.target)
            }
            .whenSuccess { channel in
                self.far.withLock { $0 = channel }
                near.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        far.withLock { $0 }?.close(promise: nil)
    }
}

/// The end that leads on.
private final class Exit: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let near: any Channel

    init(near: any Channel) { self.near = near }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        near.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { near.close(promise: nil) }
}
