import HTTPTypes
import ServiceRuntime
import SymConfiguration
import SymMessages
import Testing

@testable import Intake

@Suite("The first administrator")
struct BootstrapTests {
    private static let noAdmin = Sample.directory.replacing(", role: admin", with: "")

    private func bootstrap(_ api: APIScenario, _ email: String = "cy@example.com") async throws -> EdgeScenario.Result {
        try await api.send(
            .post, "/v1/bootstrap", #"{"email":"\#(email)"}"#, token: APIScenario.bootstrapToken)
    }

    @Test("the bootstrap token makes one administrator with a token, and then no more")
    func once() async throws {
        let api = try APIScenario.started(directory: Self.noAdmin)
        let made = try await bootstrap(api, "Eve@example.com")
        #expect(made.status == 201 && made.text("owner") == "person:eve@example.com", "\(made.body)")
        let secret = try #require(made.text("token"))
        let me = try await api.send(.get, "/v1/me", token: secret)
        #expect(me.text("role") == "admin")
        #expect(try await api.send(.post, "/v1/users", #"{"email":"fay@example.com"}"#, token: secret).status == 201)
        let again = try await bootstrap(api)
        #expect(again.status == 409 && again.detail.contains("administrator already"))
        #expect(!again.body.contains(APIScenario.bootstrapToken))
    }

    @Test("a member becomes administrator; whoever was deleted goes on with their epoch")
    func epochs() async throws {
        let api = try APIScenario.started()
        #expect(try await api.send(.delete, "/v1/users/ana@example.com", as: "cy").status == 200)
        api.act { scenario in
            // The operator's file takes the last one away: it may.
            let cy = DirectoryRecord.person(
                .init(id: Sample.person("cy@example.com"), role: .member, epoch: 1, origin: .file))
            scenario.readDirectory(.set(Envelope(id: "f", source: "t", subject: cy.key, time: scenario.now, body: cy)))
        }
        #expect(api.directory.admins.isEmpty)
        #expect(try await bootstrap(api, "ana@example.com").status == 201)
        #expect(api.directory.admins == [ana] && api.directory.epoch(of: ana) == 2)
    }

    @Test("whoever was deleted and is made administrator has no token and no login from before")
    func nothingFromBefore() throws {
        var scenario = try IntakeScenario.started(directory: Self.noAdmin)
        scenario.write(.personRemoved(.init(id: ana, epoch: 1, origin: .file, by: nil)))
        scenario.write(try Sample.login("old@github", of: ana))
        scenario.write(token: "old", of: Sample.ana)
        let ticket = scenario.call(Sample.ana, .people(.bootstrap(ana, sha256: "new", key: "k")))
        scenario.settleDirectory()
        guard case .people(.tokenIssued)? = scenario.answers[ticket] else {
            Issue.record("\(String(describing: scenario.answers[ticket]))")
            return
        }
        #expect(scenario.core.credentials.unrevoked(of: Sample.ana).map(\.sha256) == ["new"])
        #expect(scenario.core.facts.directory.identities.isEmpty)
    }

    @Test("two bootstraps of the same person at once leave a good token")
    func twice() throws {
        var intakes = [
            try IntakeScenario.started(directory: Self.noAdmin), try IntakeScenario.started(directory: Self.noAdmin),
        ]
        let eve = Sample.person("eve@example.com")
        _ = intakes[0].call(.person(eve), .people(.bootstrap(eve, sha256: "first", key: "a")))
        for message in intakes[0].acknowledgeAll() {
            for index in intakes.indices { intakes[index].readBack(message) }
        }
        let second = intakes[1].call(.person(eve), .people(.bootstrap(eve, sha256: "second", key: "b")))
        settle(&intakes)
        guard case .people(.tokenIssued)? = intakes[1].answers[second] else {
            Issue.record("\(String(describing: intakes[1].answers[second]))")
            return
        }
        for intake in intakes {
            #expect(intake.core.facts.directory.admins == [eve])
            #expect(intake.core.credentials.token(sha256: "second")?.isGood(at: intake.now) == true)
        }
    }

    private let ana = Sample.person("ana@example.com")

    @Test("the entry is written when the token was read back, and both before the answer")
    func order() throws {
        var scenario = try IntakeScenario.started(directory: Self.noAdmin)
        let ticket = scenario.call(
            Sample.cy, .people(.bootstrap(try #require(Sample.cy.person), sha256: "h", key: "k")))
        let first = scenario.acknowledgeAll()
        #expect(first.map(\.id).count == 1 && first.first?.id.hasPrefix("token/") == true)
        #expect(scenario.answers[ticket] == nil && scenario.underway.isEmpty)
        for message in first { scenario.readBack(message) }
        let second = scenario.acknowledgeAll()
        #expect(second.map(\.id).first?.hasPrefix("person/cy@example.com/") == true)
        #expect(scenario.answers[ticket] == nil)
        for message in second { scenario.readBack(message) }
        guard case .people(.tokenIssued)? = scenario.answers[ticket] else {
            Issue.record("not answered: \(String(describing: scenario.answers[ticket]))")
            return
        }
    }

    @Test("of two intakes that are bootstrapped at once, one administrator remains, and one good token")
    func race() throws {
        var intakes = [
            try IntakeScenario.started(directory: Self.noAdmin), try IntakeScenario.started(directory: Self.noAdmin),
        ]
        let people = [Sample.ana, Sample.ben]
        var tickets: [Ticket] = []
        for index in 0..<2 {
            let person = try #require(people[index].person)
            tickets.append(
                intakes[index].call(
                    people[index], .people(.bootstrap(person, sha256: "hash \(index)", key: "key \(index)"))))
        }
        settle(&intakes)
        guard case .people(.tokenIssued)? = intakes[0].answers[tickets[0]],
            case .refused(let refusal, nil)? = intakes[1].answers[tickets[1]]
        else {
            Issue.record("\(intakes[0].answers) \(intakes[1].answers)")
            return
        }
        #expect(refusal == IntakeService.hasAdministrator)
        for intake in intakes {
            #expect(intake.core.facts.directory.admins == [people[0].person])
            #expect(intake.core.credentials.token(sha256: "hash 0")?.isGood(at: intake.now) == true)
            #expect(intake.core.credentials.token(sha256: "hash 1")?.isGood(at: intake.now) == false)
        }
    }

    @Test("everything else is refused with it, and it with every other token")
    func nothingElse() async throws {
        let api = try APIScenario.started(directory: Self.noAdmin)
        for path in ["/v1/me", "/v1/users", "/v1/requests", "/v1/config"] {
            let result = try await api.send(.get, path, token: APIScenario.bootstrapToken)
            #expect(result.status == 401 && result.headers[.wwwAuthenticate] == "Bearer")
            #expect(!result.body.contains(APIScenario.bootstrapToken))
        }
        for token in ["ana-token", APIScenario.bootstrapToken + "x", String(APIScenario.bootstrapToken.dropLast())] {
            let result = try await api.send(.post, "/v1/bootstrap", #"{"email":"a@b.c"}"#, token: token)
            #expect(result.status == 401 && !result.body.contains(token))
        }
        #expect(try await api.send(.post, "/v1/bootstrap", #"{"email":"a@b.c"}"#).status == 401)
        let bad = try await api.send(.post, "/v1/bootstrap", #"{"email":"a"}"#, token: APIScenario.bootstrapToken)
        #expect(bad.status == 422 && bad.field == "email")
    }

    @Test(
        "the token in the file is at least 32 characters, whatever is around them",
        arguments: [
            ("x", false), (String(repeating: "x", count: 31), false), (String(repeating: "x", count: 32), true),
            (" \n" + String(repeating: "x", count: 32) + "\r\n", true), (String(repeating: "x ", count: 32), false),
            ("", false),
        ])
    func file(text: String, isToken: Bool) {
        #expect((BootstrapToken(text: text) != nil) == isToken)
    }
}

/// Hands everything that several intakes send to all of them, in the order of the list, until nothing is under way.
func settle(_ intakes: inout [IntakeScenario]) {
    while intakes.contains(where: { !$0.underway.isEmpty }) {
        var log: [OutgoingMessage] = []
        for index in intakes.indices { log += intakes[index].acknowledgeAll() }
        for message in log {
            for index in intakes.indices { intakes[index].readBack(message) }
        }
    }
}
