import SymConfiguration
import SymMessages
import Testing

@testable import Intake

@Suite("P10 secrets stay put: whoever leaves the directory file keeps nothing")
struct DirectoryFileLeaversTests {
    private let ana = Sample.person("ana@example.com")
    private static let without = Sample.directory
        .replacing("  - email: ana@example.com\n", with: "")
        .replacing("  - { name: pager, flows: [ssh], people: [ana@example.com] }", with: "  - name: other")
    private static let withLogin = Sample.directory.replacing(
        "  - email: ana@example.com\n",
        with: "  - email: ana@example.com\n    identities: "
            + "[ { service_type: tailscale, external_id: example.com, value: ana@gitlab } ]\n")

    /// An intake that begins with another file where an earlier one left the log.
    private func restarted(_ before: IntakeScenario, _ file: String) throws -> IntakeScenario {
        var scenario = IntakeScenario(directoryFile: try Directory.File(yaml: file))
        for message in before.readMessages { scenario.readBack(message) }
        scenario.catchUp()
        return scenario
    }

    private func unrevoked(_ scenario: IntakeScenario) -> [String] {
        [Sample.ana, Sample.pager].flatMap { scenario.core.credentials.unrevoked(of: $0).map(\.sha256) }
    }

    @Test("their tokens are revoked and their logins gone when they leave, and when they come back")
    func leaveAndReturn() throws {
        var scenario = try IntakeScenario.started()
        scenario.write(token: "a", of: Sample.ana)
        scenario.write(token: "p", of: Sample.pager)
        scenario.write(token: "b", of: Sample.ben)
        scenario.write(try Sample.login("ana@github", of: ana))
        scenario = try restarted(scenario, Self.without)
        #expect(!scenario.isReady)
        scenario.settleDirectory()
        #expect(scenario.isReady && unrevoked(scenario).isEmpty)
        #expect(scenario.core.facts.directory.person(ana) == nil && scenario.core.facts.directory.identities.isEmpty)
        scenario = try restarted(scenario, Sample.directory)
        scenario.settleDirectory()
        #expect(scenario.isReady && unrevoked(scenario).isEmpty)
        #expect(scenario.core.facts.directory.person(ana)?.epoch == 2)
        #expect(scenario.core.facts.directory.bot(Sample.bot("pager")) != nil)
        #expect(scenario.core.facts.directory.identities.isEmpty)
        #expect(
            scenario.core.credentials.unrevoked(of: Sample.ben).map(\.sha256) == ["b"], "whoever stays keeps theirs")
    }

    @Test("what is left of an earlier removal is gone before anybody is answered; logins of the file are there")
    func cutShort() throws {
        var scenario = try IntakeScenario.started(directory: Self.withLogin)
        scenario.write(token: "a", of: Sample.ana)
        scenario.write(token: "p", of: Sample.pager)
        scenario.write(.personRemoved(.init(id: ana, epoch: 1, origin: .file, by: nil)))
        scenario.readBack(.directoryRemoval(key: "bot/pager"))
        scenario.write(try Sample.login("old@github", of: ana, tailnet: "other.com"))
        for login in ["ana@gitlab", "old@github"] {
            scenario.write(try Sample.login(login, of: ana))
            scenario = try restarted(scenario, Self.withLogin)
            let messages = scenario.acknowledgeAll()
            for message in messages {
                #expect(!scenario.isReady)
                scenario.readBack(message)
            }
            #expect(scenario.isReady && unrevoked(scenario).isEmpty)
            let identities = scenario.core.facts.directory.identities
            #expect(identities.map(\.value.rawValue) == ["ana@gitlab"] && identities.map(\.origin) == [.file])
            scenario.write(
                .personRemoved(
                    .init(
                        id: ana, epoch: scenario.core.facts.directory.epoch(of: ana) + 1, origin: .file, by: nil)))
        }
    }

    @Test("the file is compared when the tokens are read, too")
    func waits() throws {
        var scenario = IntakeScenario(directoryFile: try Directory.File(yaml: Sample.directory))
        scenario.feed(.caughtUp(.directory, partition: 0))
        #expect(scenario.underway.isEmpty)
        scenario.feed(.caughtUp(.credentials, partition: 0))
        #expect(!scenario.underway.isEmpty)
    }
}

extension IntakeScenario {
    /// Writes a record of another intake.
    mutating func write(_ record: DirectoryRecord) {
        readBack(
            .directory(
                Envelope(
                    id: "other/\(readMessages.count)", source: "t", subject: record.key, time: now, body: record)))
    }

    mutating func write(token sha256: String, of owner: Caller) {
        let issued = CredentialRecord.issued(
            .init(
                id: "tok_\(sha256)", sha256: sha256, owner: owner, label: nil, by: Sample.cy, at: now, expiresAt: nil))
        readBack(.credential(Envelope(id: issued.key, source: "t", subject: issued.key, time: now, body: issued)))
    }
}

extension Sample {
    /// A login that an administrator set.
    static func login(
        _ value: String, of person: PersonID, tailnet: String = "example.com"
    ) throws -> DirectoryRecord {
        .identity(
            .init(
                person: person, serviceType: "tailscale", externalID: tailnet,
                value: try #require(Login(rawValue: value)), origin: .person))
    }
}
