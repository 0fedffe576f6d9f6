import FoundationEssentials
import Logging
import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a service is given to build itself from.
public struct ServiceEnvironment: Sendable {
    public let settings: Settings
    public let logger: Logger
    public let kafka: KafkaEnvironment
    public let health: Health
}

/// What every service's `main` does alike: settings, logs to standard error, signals, the admin port, exit codes.
///
/// - `SYM_LOG_LEVEL` (`info`), `SYM_ADMIN_PORT` (absent: none; 0: any free one).
/// - `SYM_STOP_WITH_STDIN` (0): 1 ends the service when its standard input closes, so that it cannot outlive whoever
///   started it.
public enum ServiceMain {
    /// Runs the services that `build` returns until SIGTERM or SIGINT, then stops them in reverse order.
    ///
    /// - Parameter name: the executable's name, such as `sym-approval`.
    public static func run(
        _ name: String, _ build: @Sendable (ServiceEnvironment) async throws -> [any Service]
    ) async {
        let settings = Settings(environment: ProcessInfo.processInfo.environment)
        do {
            let logger = try makeLogger(name, settings)
            if try settings.bool("SYM_STOP_WITH_STDIN") { stopWhenStandardInputCloses() }
            let environment = ServiceEnvironment(
                settings: settings, logger: logger, kafka: try KafkaEnvironment(settings: settings),
                health: Health(name: name))
            // Before anything is built that would have to be shut down again.
            let adminPort = try settings.int("SYM_ADMIN_PORT", in: 0...65_535)
            var services = try await build(environment)
            if let port = adminPort {
                services.append(AdminServer(name: name, port: port, health: environment.health, logger: logger))
            }
            var configuration = ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            configuration.maximumGracefulShutdownDuration = .seconds(10)
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            complain("\(name): \(error)\n")
            exit(1)
        }
    }

    private static func makeLogger(_ name: String, _ settings: Settings) throws -> Logger {
        let levelName = settings.string("SYM_LOG_LEVEL") ?? "info"
        guard let level = Logger.Level(rawValue: levelName) else {
            throw SettingsError(
                "SYM_LOG_LEVEL", "must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
        var logger = Logger(label: name)
        logger.logLevel = level
        return logger
    }

    private static func complain(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    /// Reading standard input blocks, so it has a thread of its own; the signal takes the ordinary way out.
    private static func stopWhenStandardInputCloses() {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { _ in
                var byte: UInt8 = 0
                while read(STDIN_FILENO, &byte, 1) > 0 {}
                kill(getpid(), SIGTERM)
                return nil
            }, nil)
    }
}
