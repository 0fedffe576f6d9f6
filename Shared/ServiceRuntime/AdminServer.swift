import Hummingbird
import Logging
import ServiceLifecycle

/// `/healthz` and `/readyz` on `SYM_ADMIN_PORT`.
struct AdminServer: Service {
    let name: String
    let port: Int
    let health: Health
    let logger: Logger

    func run() async throws {
        let router = Router()
        router.get("/healthz") { _, _ in "ok\n" }
        router.get("/readyz") { [health] _, _ -> EditedResponse<String> in
            if let obstacle = health.obstacle {
                return EditedResponse(status: .serviceUnavailable, response: "\(obstacle)\n")
            }
            return EditedResponse(status: .ok, response: "ready\n")
        }
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { [name] channel in
                Announcement.listening("\(name) admin", host: "127.0.0.1", port: channel.localAddress?.port ?? 0)
            }, logger: logger)
        try await app.run()
    }
}
