import HTTPTypes
import SymConfiguration
import SymMessages
import Synchronization
import Testing

@testable import Intake

@Suite("P10 secrets stay put: tokens")
struct TokensTests {
    private static let start = Timestamp(milliseconds: 1_000)

    private static func issued(_ id: String, expiresAt: Timestamp? = nil, sha256: String? = nil) -> CredentialRecord {
        .issued(
            .init(
                id: id, sha256: sha256 ?? "hash of \(id)", owner: Sample.ana, label: nil, by: Sample.cy, at: start,
                expiresAt: expiresAt))
    }

    @Test("a revocation holds in whatever order the records come, again and again")
    func shuffled() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(seed)
        var records: [CredentialRecord] = [
            Self.issued("a"), Self.issued("a"), Self.issued("a", expiresAt: Self.start + Seconds(50)),
            .revoked(.init(id: "a", by: Sample.cy, at: Self.start)), .used(.init(id: "a", at: Self.start + Seconds(9))),
            .used(.init(id: "a", at: Self.start + Seconds(3))), Self.issued("b"),
        ]
        for _ in 0..<200 {
            records.shuffle(using: &random)
            var credentials = Credentials()
            for record in records { credentials.apply(record) }
            let a = credentials.token(sha256: "hash of a")
            #expect(a?.isGood(at: Self.start) == false, "seed \(seed)")
            #expect(a?.lastUsedAt == Self.start + Seconds(9), "seed \(seed)")
            #expect(credentials.token(sha256: "hash of b")?.isGood(at: Self.start) == true, "seed \(seed)")
            #expect(credentials.unrevoked(of: Sample.ana).map(\.id) == ["b"], "seed \(seed)")
        }
    }

    @Test("a token is good until its time, and one that was replaced under its id not at all")
    func expiry() throws {
        let ana = try #require(Sample.ana.person)
        var access = Access(credentials: Credentials(), directory: Directory())
        access.directory.apply(.person(.init(id: ana, role: .member, origin: .file)))
        access.credentials.apply(Self.issued("a", expiresAt: Self.start + Seconds(10)))
        #expect(access.finding(sha256: "hash of a", at: Self.start + Seconds(9)) == .caller(Sample.ana, token: "a"))
        guard case .noLonger(let reason) = access.finding(sha256: "hash of a", at: Self.start + Seconds(10)) else {
            Issue.record("still good")
            return
        }
        #expect(reason.contains("1970-01-01T00:00:11"))
        access.credentials.apply(Self.issued("a", sha256: "other"))
        #expect(access.finding(sha256: "hash of a", at: Self.start) == .unknown)
        #expect(access.finding(sha256: "other", at: Self.start) == .caller(Sample.ana, token: "a"))
    }

    @Test("a token is made, works, is listed without itself, and is revoked for good")
    func life() async throws {
        let api = try APIScenario.started()
        let made = try await api.send(
            .post, "/v1/tokens", #"{"owner":"person:ana@example.com","label":"laptop","expires_in_seconds":3600}"#,
            as: "cy", key: "k")
        #expect(made.status == 201 && made.headers[.cacheControl] == "no-store")
        let secret = try #require(made.text("token"))
        #expect(secret.hasPrefix("sym_") && secret.utf8.count == 47)
        let id = try #require(made.text("id"))
        #expect(made.text("owner") == "person:ana@example.com" && made.text("created_by") == "person:cy@example.com")
        #expect(try await api.send(.get, "/v1/me", token: secret).text("caller") == "person:ana@example.com")

        let list = try await api.send(.get, "/v1/tokens", as: "cy")
        #expect(list.body.contains(id) && list.body.contains("laptop") && list.body.contains("last_used_at"))
        for hidden in [secret, String(secret.dropFirst(4)), String(BearerTokensTests.hash(secret).prefix(8))] {
            #expect(!list.body.contains(hidden))
            #expect(!api.state.withLock { "\($0.reports)" }.contains(hidden))
        }
        let again = try await api.send(
            .post, "/v1/tokens", #"{"owner":"person:ana@example.com","label":"laptop","expires_in_seconds":3600}"#,
            as: "cy", key: "k")
        #expect(again.status == 409 && again.detail.contains(id) && !again.body.contains("sym_"))

        let revoked = try await api.send(.delete, "/v1/tokens/\(id)", as: "cy")
        #expect(revoked.status == 200 && revoked.text("revoked_at") != nil)
        #expect(try await api.send(.delete, "/v1/tokens/\(id)", as: "cy").status == 200, "twice is once")
        let refused = try await api.send(.get, "/v1/me", token: secret)
        #expect(refused.status == 401 && refused.detail.contains("revoked") && !refused.body.contains(secret))
        #expect(try await api.send(.delete, "/v1/tokens/tok_none", as: "cy").status == 404)
    }

    @Test("a token is good until its time is over")
    func overHTTP() async throws {
        let api = try APIScenario.started()
        let made = try await api.send(
            .post, "/v1/tokens", #"{"owner":"person:ana@example.com","expires_in_seconds":60}"#, as: "cy")
        let secret = try #require(made.text("token"))
        #expect(try await api.send(.get, "/v1/me", token: secret).status == 200)
        api.act { $0.pass(60) }
        #expect(try await api.send(.get, "/v1/me", token: secret).status == 401)
    }

    @Test("whoever is deleted has no good token any more, not even when they come back")
    func deletedPerson() async throws {
        let api = try APIScenario.started()
        let made = try await api.send(.post, "/v1/tokens", #"{"owner":"person:ana@example.com"}"#, as: "cy")
        let secret = try #require(made.text("token"))
        #expect(try await api.send(.delete, "/v1/users/ana@example.com", as: "cy").status == 200)
        let refused = try await api.send(.get, "/v1/me", token: secret)
        #expect(refused.status == 401 && refused.headers[.wwwAuthenticate] == "Bearer")
        #expect(try await api.send(.get, "/v1/me", as: "ana").status == 401, "the tokens file does not help")
        #expect(try await api.send(.post, "/v1/users", #"{"email":"ana@example.com"}"#, as: "cy").status == 201)
        #expect(try await api.send(.get, "/v1/me", token: secret).status == 401)
        #expect(try await api.send(.get, "/v1/me", as: "ana").status == 200, "the operator's file still names her")
    }

    @Test("nobody gets a token who is not there; what is asked for must make sense")
    func bad() async throws {
        let api = try APIScenario.started()
        for (body, field) in [
            (#"{"owner":"person:nobody@example.com"}"#, "owner"), (#"{"owner":"bot:none"}"#, "owner"),
            (#"{"owner":"ana@example.com"}"#, "owner"), (#"{"owner":"bot:pager","label":""}"#, "label"),
            (#"{"owner":"bot:pager","expires_in_seconds":0}"#, "expires_in_seconds"),
            (#"{"owner":"bot:pager","expires_in_seconds":1e12}"#, "expires_in_seconds"),
            (#"{"owner":"bot:pager","token":"mine"}"#, "token"),
        ] {
            let result = try await api.send(.post, "/v1/tokens", body, as: "cy")
            #expect(result.status == 422 && result.field == field, "\(result.body)")
        }
    }

    @Test("the use of a token is written at most once an hour, beside the calls and not among them")
    func lastUsed() throws {
        var scenario = try IntakeScenario.started()
        scenario.feed(.credential(Envelope(id: "x", source: "t", subject: "token/a", time: scenario.now, body: Self.issued("a"))))
        func written() -> [CredentialRecord.Used] {
            scenario.underway.compactMap { sending in
                guard case .credential(let envelope) = sending.message, case .used(let used) = envelope.body else {
                    return nil
                }
                return used
            }
        }
        scenario.feed(.tokenUsed(id: "a"))
        #expect(written().map(\.at) == [scenario.now])
        // Kafka does not take it: a change still goes out.
        _ = scenario.call(Sample.cy, .people(.revokeToken(id: "a", key: "k")))
        #expect(scenario.underway.count == 2)
        scenario.settleDirectory()
        scenario.pass(3_599)
        scenario.feed(.tokenUsed(id: "a"))
        #expect(written().isEmpty)
        scenario.pass(1)
        scenario.feed(.tokenUsed(id: "a"))
        #expect(written().map(\.at) == [scenario.now])
        scenario.feed(.tokenUsed(id: "unknown"))
        #expect(written().count == 1)
    }

    @Test("before the log is read to its end no token is known, and none is said to be wrong")
    func starting() async throws {
        let api = try APIScenario(IntakeScenario())
        let result = try await api.send(.get, "/v1/me", as: "cy")
        #expect(result.status == 503 && result.headers[.retryAfter] != nil)
        #expect(try await api.send(.get, "/v1/me").status == 401)
    }

    @Test("tokens that are made up differ, and look like nothing else")
    func fresh() {
        let tokens = (0..<50).map { _ in FreshToken() }
        #expect(Set(tokens.map(\.text)).count == 50)
        for token in tokens {
            #expect(token.text.utf8.allSatisfy { UInt8(ascii: "_") == $0 || UInt8(ascii: "-") == $0 || $0.isLetterOrDigit })
            #expect(token.sha256 == BearerTokensTests.hash(token.text))
        }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
    }
}

/// The same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
