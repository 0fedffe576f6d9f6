#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A TCP socket of 127.0.0.1, closed when it is given up.
struct LoopbackSocket: ~Copyable {
    enum Received {
        case bytes(ArraySlice<UInt8>)
        case nothingYet
        case end
    }

    private(set) var descriptor: Int32

    private init() {
        #if canImport(Darwin)
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Takes over a connection that was accepted.
    init(accepted descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        prepare()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Gives up the socket without closing it.
    consuming func keptOpen() -> Int32 {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    /// Waits for connections. Port 0 is any that is free.
    static func listening(on port: UInt16) -> LoopbackSocket? {
        let socket = LoopbackSocket()
        socket.set(SOL_SOCKET, SO_REUSEADDR)
        guard withAddress(port, { bind(socket.descriptor, $0, $1) }) == 0, listen(socket.descriptor, 128) == 0
        else { return nil }
        return socket
    }

    static func connected(to port: UInt16) -> LoopbackSocket? {
        let socket = LoopbackSocket()
        guard withAddress(port, { connect(socket.descriptor, $0, $1) }) == 0 else { return nil }
        socket.prepare()
        return socket
    }

    /// Its own port.
    var port: UInt16? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failure = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return failure == 0 ? UInt16(bigEndian: address.sin_port) : nil
    }

    /// Reads what is there into `buffer`.
    func receive(into buffer: inout [UInt8]) -> Received {
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count > 0 { return .bytes(buffer[..<count]) }
        return count < 0 && Self.mayGoOn ? .nothingYet : .end
    }

    /// Writes what there is room for; how many bytes, `nil` when the other side is gone.
    func send(_ bytes: ArraySlice<UInt8>) -> Int? {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        let count = bytes.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count, flags) }
        if count >= 0 { return count }
        return Self.mayGoOn ? 0 : nil
    }

    private static var mayGoOn: Bool { errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR }

    /// Closes with a reset, which the other side sees though it does not read. What it has not read is lost.
    mutating func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
        descriptor = -1
    }

    /// Waits until there is something to read, or the end; so many milliseconds at most.
    func waitToRead(milliseconds: Int32) {
        var file = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&file, 1, milliseconds)
    }

    private func prepare() {
        set(Int32(IPPROTO_TCP), TCP_NODELAY)
        #if canImport(Darwin)
            set(SOL_SOCKET, SO_NOSIGPIPE)
        #endif
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    private func set(_ level: Int32, _ option: Int32) {
        var yes: Int32 = 1
        setsockopt(descriptor, level, option, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func withAddress(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}

private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}
