import KafkaClient
import Logging
import ServiceLifecycle
import SoakJudge
import UnixSignals

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Kills producers and consumers, takes brokers down and moves leaders, and checks that nothing gets lost or out of
/// order. One program: the judge, and the processes it kills.
@main
enum Main {
    static func main() async {
        do {
            let options = try SoakOptions(CommandLine.arguments.dropFirst())
            do {
                if options.command == "run" {
                    exit(try SoakRun(options).run() ? 0 : 1)
                }
                try await work(options)
            } catch {
                print("kafka-soak \(options.command): \(error)")
                exit(1)
            }
        } catch {
            print("\(error)\n\(SoakOptions.usage)")
            exit(64)
        }
    }

    /// A child's life.
    private static func work(_ options: SoakOptions) async throws {
        let journal = try Journal(path: options.journal)
        do {
            let logger = Logger(label: options.command) { StreamLogHandler.standardError(label: $0) }
            let settings = try KafkaSettings(
                bootstrapServers: options.servers, clientID: "soak-\(options.command)", isEmbedded: true,
                // Spares the broker the looking that an answer without records costs it.
                properties: ["fetch.wait.max.ms": "50"])
            let services: [any Service]
            switch options.command {
            case "produce":
                let producer = try KafkaProducer(settings: settings, logger: logger)
                let load = ProducerLoad(producer: producer, source: options.number, journal: journal)
                // Shut down from the last to the first: the load ends before the producer it needs.
                services = [producer, load]
            case "consume":
                let consumer = try KafkaConsumer(
                    subscription: .group("soak", topics: [SoakOptions.topic]), settings: settings, logger: logger)
                services = [consumer.service(handler: JournalHandler(.member(options.number), journal))]
            default:
                let consumer = try KafkaConsumer(
                    subscription: .partitions(topics: [SoakOptions.topic]), settings: settings, logger: logger)
                services = [consumer.service(handler: JournalHandler(.observer, journal))]
            }
            try await ServiceGroup(
                services: services + [ParentWatch()], gracefulShutdownSignals: [.sigterm], logger: logger
            ).run()
        } catch {
            try journal.add(.failed("\(options.command) \(options.number): \(error)"))
            throw error
        }
    }
}

/// Ends this process when the one that started it has ended.
struct ParentWatch: Service {
    func run() async {
        let parent = getppid()
        await cancelWhenGracefulShutdown {
            while getppid() == parent {
                guard (try? await Task.sleep(for: .milliseconds(500))) != nil else { return }
            }
            _exit(1)
        }
    }
}
