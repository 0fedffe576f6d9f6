import Foundation
import KafkaClient
import Testing

/// With a server that speaks TLS and nothing else: the handshake is all there is to see.
@Suite(
    "TLS certificates", .serialized, .enabled(if: hasOpenSSL, "the program openssl is not installed"),
    .timeLimit(.minutes(1)))
struct CertificateTests {
    @Test("a server whose certificate is known is spoken to; the client shows its own")
    func known() async throws {
        let pair = try KeyPair()
        let server = try TLSServer(
            pair, ["-naccept", "1", "-Verify", "1", "-verify_return_error", "-CAfile", pair.certificate])
        let properties = try [
            "ssl.ca.location": pair.certificate,
            "ssl.certificate.pem": String(contentsOfFile: pair.certificate, encoding: .utf8),
            "ssl.key.pem": String(contentsOfFile: pair.key, encoding: .utf8),
        ]
        _ = try await ask(server, properties)
        let output = try server.output()
        #expect(output.contains { $0.hasPrefix("CIPHER is ") && !$0.contains("NONE") })
        #expect(output.contains("Client certificate"))
    }

    @Test(
        "a server whose certificate is unknown, or of another name, is not",
        arguments: [(isKnown: false, name: "IP:127.0.0.1"), (isKnown: true, name: "DNS:elsewhere.example")])
    func unknown(isKnown: Bool, name: String) async throws {
        let pair = try KeyPair(name: name)
        let server = try TLSServer(pair, [])
        defer { server.kill() }
        let error = try await ask(server, isKnown ? ["ssl.ca.location": pair.certificate] : [:])
        #expect(error.code == .unreachable)
        #expect(error.message.contains("certificate verify failed"))
    }

    @Test("a key that cannot be used is refused at the start, and not shown")
    func badKey() async throws {
        let pair = try KeyPair()
        for properties in [
            ["ssl.key.pem": "hunter2"], ["ssl.ca.location": "/nowhere/at/all"], ["ssl.certificate.pem": "hunter2"],
            ["ssl.keystore.location": pair.key, "ssl.keystore.password": "hunter2"],
        ] {
            let all = properties.merging(["security.protocol": "ssl"]) { $1 }
            let settings = try KafkaSettings(bootstrapServers: "127.0.0.1:1", clientID: "sym-test", properties: all)
            let error = try #require(await failure { _ = try KafkaAdmin(settings: settings) })
            #expect(error.code == .settings)
            #expect(!error.message.contains("hunter2"))
        }
    }

    private func ask(_ server: TLSServer, _ properties: [String: String]) async throws -> KafkaError {
        let settings = try KafkaSettings(
            bootstrapServers: server.address, clientID: "sym-test",
            properties: properties.merging(["security.protocol": "ssl"]) { $1 })
        let admin = try KafkaAdmin(settings: settings, timeLimit: .seconds(1))
        let error = await failure { _ = try await admin.partitions(of: ["t"]) }
        await admin.close()
        return try #require(error)
    }
}

private let hasOpenSSL = (try? ChildProcess("openssl", ["version"])?.wait()) != nil

/// A certificate that signs itself, and its key, for as long as the test runs.
private final class KeyPair {
    let certificate: String
    let key: String
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init(name: String = "IP:127.0.0.1") throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appendingPathComponent("certificate.pem").path
        key = folder.appendingPathComponent("key.pem").path
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
            "-subj", "/CN=test", "-addext", "subjectAltName=\(name)", "-keyout", key, "-out", certificate,
        ]
        let end = try #require(try ChildProcess("openssl", arguments)).wait()
        try #require(end.status == 0)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }
}

private struct TLSServer {
    let address: String
    private let process: ChildProcess

    init(_ pair: KeyPair, _ arguments: [String]) throws {
        process = try #require(
            try ChildProcess(
                "openssl",
                ["s_server", "-accept", "127.0.0.1:0", "-cert", pair.certificate, "-key", pair.key] + arguments))
        var line = try process.readLine()
        while let words = line, !words.hasPrefix("ACCEPT ") { line = try process.readLine() }
        address = String(try #require(line).dropFirst("ACCEPT ".count))
    }

    func kill() { process.kill() }

    /// What it said since it began. Blocks until it ends.
    func output() throws -> [String] {
        var lines: [String] = []
        while let line = try process.readLine() { lines.append(line) }
        _ = try process.wait()
        return lines
    }
}
