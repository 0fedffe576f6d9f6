#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A Kafka broker for demos and tests. Prints its address, obeys commands on stdin, ends when stdin does, when its
/// parent does, or on SIGTERM and SIGINT.
@main
enum Main {
    static func main() {
        let parent = getppid()
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
            guard CommandLine.arguments.dropFirst() != ["--help"] else {
                write("\(BrokerOptions.usage)\n", to: STDOUT_FILENO)
                exit(0)
            }
            let options = try BrokerOptions(CommandLine.arguments.dropFirst())
            guard ParentWatch.start(parent: parent) else { throw RefusedError("There is no thread to be had.") }
            serve(try BrokerWithProxy(options))
        } catch let error as UsageError {
            write("\(error)\n\(BrokerOptions.usage)\n", to: STDERR_FILENO)
            exit(64)
        } catch {
            write("\(error)\n", to: STDERR_FILENO)
            exit(69)
        }
    }

    private static func serve(_ broker: BrokerWithProxy) -> Never {
        write(
            """
            sym-embedded-broker: librdkafka's mock broker, for demos and tests only. Records are in memory, at most \
            5 MiB or 100,000 batches a partition; the oldest go. No transactions, no de-duplication for idempotent \
            producers, no compaction, no retention, no access rights, no TLS, no SASL, no admin calls, 127.0.0.1 only.

            """, to: STDERR_FILENO)
        write("bootstrap.servers=\(broker.bootstrapServers)\n", to: STDOUT_FILENO)
        while let line = readLine() {
            write(broker.obey(line) + "\n", to: STDOUT_FILENO)
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
