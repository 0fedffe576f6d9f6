import FoundationEssentials
import SandboxStack
import Testing

@Suite("Nothing but loopback, whatever the environment says")
struct LoopbackTests {
    /// `unshare` makes a network that has only `lo`; not permitted everywhere.
    static let canIsolate: Bool = {
        let files = FileManager.default
        return ["/usr/bin/unshare", "/bin/sh"].allSatisfy(files.isExecutableFile)
            && ["/sbin/ip", "/usr/sbin/ip", "/usr/bin/ip", "/bin/ip"].contains(where: files.isExecutableFile)
    }()

    static let script = """
        PATH=/usr/sbin:/usr/bin:/sbin:/bin
        ip link set lo up || exit 99
        cd "$SYM_TEST_ROOT" && exec "$SYM_TEST_SANDBOX" demo --folder "$SYM_TEST_FOLDER"
        """

    @Test(
        "the demo passes in a network that has only loopback, with a hostile environment",
        .enabled(if: canIsolate, "unshare or ip is not installed"))
    func demo() async throws {
        try await StackPermits.shared.withPermit {
            let probe = try await Programs.run(
                path: "/usr/bin/unshare",
                ["-r", "-n", "/bin/sh", "-c", "PATH=/usr/sbin:/sbin:/usr/bin:/bin; ip link set lo up"])
            guard probe.exitCode == 0 else {
                try Test.cancel("a network namespace is not permitted here: \(probe.complaint)")
            }
            let folder = FileManager.default.temporaryDirectory.path + "/sym-demo-" + UUID().uuidString
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let sandbox = try Paths.programs.path("sym-sandbox")
            let demo = try await within(.seconds(90), "the demo to end") {
                try await Programs.run(
                    path: "/usr/bin/unshare", ["-r", "-n", "/bin/sh", "-c", Self.script],
                    environment: [
                        "SYM_TEST_ROOT": Paths.root, "SYM_TEST_SANDBOX": sandbox,
                        "SYM_TEST_FOLDER": folder,
                        "TAILSCALE_API_TOKEN": "x", "SYM_KAFKA_BOOTSTRAP_SERVERS": "host.invalid:9092",
                        "SYM_TAILSCALE_API_URL": "https://api.tailscale.com", "SYM_URL": "https://sym.invalid",
                        "SYM_TOKEN": "x", "SYM_TOPIC_PREFIX": "elsewhere", "HTTP_PROXY": "http://proxy.invalid:3128",
                        "http_proxy": "http://proxy.invalid:3128", "https_proxy": "http://proxy.invalid:3128",
                    ])
            }
            #expect(demo.exitCode == 0, "\(demo.output)\(demo.complaint)")
        }
    }
}
