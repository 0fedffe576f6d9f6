import CBindPort
import EmbeddedBroker

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A Kafka broker for demos and tests. Prints its address, obeys `down` and `up` on stdin, ends when stdin does or on
/// SIGTERM and SIGINT.
@main
enum Main {
    static func main() {
        // Nothing is on disk, so there is nothing to put in order. The broker's threads must not delay the end either.
        signal(SIGTERM) { _ in _exit(0) }
        signal(SIGINT) { _ in _exit(0) }
        // A parent that starts us from a thread of libdispatch's hands its signal mask down, with both of them blocked.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        sigprocmask(SIG_UNBLOCK, &signals, nil)
        do {
            let options = try BrokerOptions(CommandLine.arguments.dropFirst())
            if let port = options.port, bind_port_next(port) != 0 {
                throw UsageError("--port works on Linux only. Leave it out and read the address from stdout.")
            }
            try serve(EmbeddedBroker(topics: options.topics), wanting: options.port)
        } catch let error as UsageError {
            write("\(error)\n\(BrokerOptions.usage)\n", to: STDERR_FILENO)
            exit(64)
        } catch {
            write("\(error)\n", to: STDERR_FILENO)
            exit(69)
        }
    }

    private static func serve(_ broker: EmbeddedBroker, wanting port: UInt16?) throws {
        if let port, !broker.bootstrapServers.hasSuffix(":\(port)") {
            throw UsageError("The broker came up on \(broker.bootstrapServers) instead of port \(port).")
        }
        write(
            """
            sym-embedded-broker: librdkafka's mock broker, for demos and tests only. Records are in memory, at most \
            5 MiB a partition; the oldest go. No transactions, no compaction, no access rights, 127.0.0.1 only.

            """, to: STDERR_FILENO)
        write("bootstrap.servers=\(broker.bootstrapServers)\n", to: STDOUT_FILENO)
        while let command = readLine() {
            switch command {
            case "down":
                broker.goDown()
                write("down\n", to: STDOUT_FILENO)
            case "up":
                broker.comeUp()
                write("up\n", to: STDOUT_FILENO)
            default:
                write("unknown command: \(command) (down, up)\n", to: STDOUT_FILENO)
            }
        }
        _exit(0)
    }

    /// Unbuffered: whoever started us waits for the line.
    private static func write(_ text: String, to file: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
