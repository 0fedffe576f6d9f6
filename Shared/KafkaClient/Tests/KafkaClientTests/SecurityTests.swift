import CRDKafka
import Foundation
import Testing

@testable import KafkaClient

/// What a client says to a broker before anything else. There is no Kafka with TLS here; a listener stands in for one.
@Suite("TLS and SASL", .timeLimit(.minutes(1)))
struct SecurityTests {
    @Test("with TLS the first word is a ClientHello, and nothing is said in the clear", arguments: ["ssl", "sasl_ssl"])
    func tls(protocol name: String) async throws {
        let (said, _) = try await firstWords(
            2, ["security.protocol": name, "sasl.mechanism": "PLAIN", "sasl.username": "a", "sasl.password": "b"])
        for words in said {
            guard case .other(let bytes) = words else {
                Issue.record("said in the clear: \(words)")
                continue
            }
            // A record of type handshake, of TLS 1.x, with a ClientHello.
            #expect(bytes.prefix(2) == [0x16, 0x03])
            #expect(bytes.last == 0x01)
        }
    }

    @Test func plain() async throws {
        let (said, error) = try await firstWords(2, sasl("PLAIN"))
        #expect(said == [.mechanism("PLAIN"), .authentication(Array("\0alice\0hunter2".utf8))])
        #expect(error.code == .unreachable)
        #expect(error.message.contains("unknown to this listener"))
        #expect(!error.message.contains("hunter2"))
    }

    @Test("SCRAM names the user and never the password", arguments: ["SCRAM-SHA-256", "SCRAM-SHA-512"])
    func scram(mechanism: String) async throws {
        let (said, _) = try await firstWords(2, sasl(mechanism))
        #expect(said.first == .mechanism(mechanism))
        guard case .authentication(let bytes) = said.last else { throw NoAuthentication() }
        let message = String(decoding: bytes, as: UTF8.self)
        #expect(message.hasPrefix("n,,n=alice,r="))
        #expect(!message.contains("hunter2"))
    }

    @Test("OAUTHBEARER shows the token the source gave")
    func oauthBearer() async throws {
        let properties = ["security.protocol": "sasl_plaintext", "sasl.mechanism": "OAUTHBEARER"]
        let token = OAuthBearerToken(value: "abc.def.ghi", principal: "alice", expiry: 9_000_000_000_000)
        let (said, error) = try await firstWords(2, properties, FixedToken(token: token))
        #expect(said.first == .mechanism("OAUTHBEARER"))
        guard case .authentication(let bytes) = said.last else { throw NoAuthentication() }
        #expect(String(decoding: bytes, as: UTF8.self).contains("auth=Bearer abc.def.ghi\u{1}"))
        #expect(!error.message.contains("abc.def.ghi"))
    }

    @Test(
        "a token that cannot be used is never shown",
        arguments: [("secret", 1), ("secret\u{7}", 9_000_000_000_000), ("secretä", 9_000_000_000_000)])
    func unusableToken(value: String, expiry: Int64) async throws {
        let source = FixedToken(token: OAuthBearerToken(value: value, principal: "alice", expiry: expiry))
        let settings = try KafkaSettings(
            bootstrapServers: "127.0.0.1:1", clientID: "sym-test",
            properties: ["security.protocol": "sasl_ssl", "sasl.mechanism": "OAUTHBEARER"], oauthBearer: source)
        let admin = try KafkaAdmin(settings: settings)
        let error = try #require(await failure { _ = try await admin.partitions(of: ["t"]) })
        await admin.close()
        #expect(error.message.contains("alice"))
        #expect(!error.message.contains("secret"))
        #expect(!"\(source)\(String(reflecting: source.token))".contains("secret"))
    }

    @Test("librdkafka asks for a token with the event that is enabled for it")
    func tokenRefreshEvent() async throws {
        let source = FixedToken(token: OAuthBearerToken(value: "a", principal: "b", expiry: 1))
        let settings = try KafkaSettings(
            bootstrapServers: "127.0.0.1:1", clientID: "sym-test",
            properties: ["security.protocol": "sasl_ssl", "sasl.mechanism": "OAUTHBEARER"], oauthBearer: source)
        let handle = try ClientHandle.admin(settings.adminConfiguration())
        #expect(handle.takeEventTypes().contains(ClientHandle.tokenRefreshEvent))
        // The expired token is refused, and librdkafka told so.
        let taken = await handle.refreshToken(from: source)
        #expect(throws: KafkaError.self) { try taken.get() }
        #expect(handle.takeLastError()?.contains("The OAUTHBEARER token of b has expired") == true)
        await handle.destroy()
    }

    @Test func aSourceOfTokensGoesWithItsMechanism() async throws {
        let token = FixedToken(token: OAuthBearerToken(value: "a", principal: "b", expiry: 1))
        let oauth = ["security.protocol": "sasl_ssl", "sasl.mechanism": "OAUTHBEARER"]
        for (properties, source) in [
            (oauth, nil), ([:], token), (sasl("PLAIN"), token), (["sasl.mechanism": "OAUTHBEARER"], token),
            (oauth.merging(["enable.sasl.oauthbearer.unsecure.jwt": "true"]) { $1 }, nil),
        ] {
            let error = await failure {
                _ = try KafkaSettings(
                    bootstrapServers: "a:1", clientID: "sym-test", properties: properties, oauthBearer: source)
            }
            #expect(error?.code == .settings)
        }
    }

    private func sasl(_ mechanism: String) -> [String: String] {
        [
            "security.protocol": "sasl_plaintext", "sasl.mechanism": mechanism, "sasl.username": "alice",
            "sasl.password": "hunter2",
        ]
    }

    /// What a client says first, and the error it ends with.
    private func firstWords(
        _ count: Int, _ properties: [String: String], _ source: FixedToken? = nil
    ) async throws -> ([HandshakeListener.Said], KafkaError) {
        let listener = try HandshakeListener()
        let settings = try KafkaSettings(
            bootstrapServers: listener.address, clientID: "sym-test", properties: properties, oauthBearer: source)
        let admin = try KafkaAdmin(settings: settings, timeLimit: .seconds(2))
        async let ending = failure { _ = try await admin.partitions(of: ["t"]) }
        var said: [HandshakeListener.Said] = []
        for await words in listener.said {
            said.append(words)
            if said.count == count { break }
        }
        let error = try #require(await ending)
        await admin.close()
        return (said, error)
    }
}

struct FixedToken: OAuthBearerTokenSource {
    let token: OAuthBearerToken

    func token() async throws -> OAuthBearerToken { token }
}

extension ClientHandle {
    fileprivate func takeEventTypes() -> [Int32] {
        use { pointers in
            var types: [Int32] = []
            while let event = rd_kafka_queue_poll(pointers.queue, 0) {
                types.append(rd_kafka_event_type(event))
                rd_kafka_event_destroy(event)
            }
            return types
        } ?? []
    }
}

private struct NoAuthentication: Error {}

@Suite("OAUTHBEARER token file")
struct OAuthBearerTokenFileTests {
    @Test("takes whom and until when from the token", arguments: ["1900000000", "1900000000.5", "1.9e9"])
    func claims(exp: String) async throws {
        let text = webToken("{\"sub\":\"system:serviceaccount:sym:intake?>\",\"exp\":\(exp),\"aud\":[\"kafka\"]}")
        let token = try await token("\(text)\n")
        #expect(token.value == text)
        #expect(token.principal == "system:serviceaccount:sym:intake?>")
        #expect(token.expiry / 1000 == 1_900_000_000)
    }

    @Test("reads the file anew for every token")
    func rotation() async throws {
        let path = try file(webToken("{\"sub\":\"a\",\"exp\":1}"))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let source = OAuthBearerTokenFile(path: path)
        #expect(try await source.token().principal == "a")
        try Data(webToken("{\"sub\":\"b\",\"exp\":1}").utf8).write(to: URL(fileURLWithPath: path))
        #expect(try await source.token().principal == "b")
    }

    @Test(
        "what is no token is refused, and not shown",
        arguments: [
            "", "secret", "secret.secret.secret", webToken("{\"sub\":\"secret\"}"), webToken("{\"exp\":1}"),
            webToken("{\"sub\":\"\",\"exp\":1}"), webToken("{\"sub\":\"secret\",\"exp\":1e300}"),
            webToken("{\"sub\":7,\"exp\":1}"), webToken("{\"sub\":\"secret\",\"exp\":1}") + "\nsecret",
            String(repeating: "secret", count: 20_000),
        ])
    func noToken(content: String) async throws {
        let error = try #require(await failure { _ = try await token(content) })
        #expect(error.code == .settings)
        #expect(!error.message.contains("secret"))
    }

    @Test("a missing file, a folder and a pipe nobody writes to are refused at once")
    func noFile() async throws {
        let pipe = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        #expect(mkfifo(pipe, 0o600) == 0)
        defer { try? FileManager.default.removeItem(atPath: pipe) }
        for path in ["/nowhere/at/all", "/tmp", pipe] {
            let error = await failure { _ = try await OAuthBearerTokenFile(path: path).token() }
            #expect(error?.code == .settings)
        }
    }

    private func token(_ content: String) async throws -> OAuthBearerToken {
        let path = try file(content)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await OAuthBearerTokenFile(path: path).token()
    }

    private func file(_ content: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}

private func webToken(_ payload: String) -> String {
    let parts = ["{\"alg\":\"RS256\"}", payload, "signature"].map { part in
        Data(part.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
    return parts.joined(separator: ".")
}
