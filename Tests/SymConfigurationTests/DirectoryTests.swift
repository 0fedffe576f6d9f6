import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Directory")
struct DirectoryTests {
    private static func identity(
        _ person: String, _ value: String, tailnet: String = "example.com", type: String = "tailscale",
        origin: DirectoryRecord.Origin = .person
    ) throws -> DirectoryRecord {
        .identity(
            .init(
                person: Fixtures.person(person), serviceType: type, externalID: tailnet,
                value: try #require(Login(rawValue: value)), origin: origin))
    }

    private func tailnet() throws -> Configuration.TailscaleIntegration {
        try #require(try Configuration.parse(yaml: Fixtures.yaml()).tailnets.first)
    }

    @Test("a login is the identity of that tailnet, else the e-mail")
    func login() throws {
        let tailnet = try tailnet()
        var directory = Fixtures.directory
        let ana = Fixtures.person("ana")
        #expect(directory.login(of: ana, in: tailnet)?.rawValue == "ana@example.com")
        directory.apply(try Self.identity("ana", "ana@elsewhere", tailnet: "other.com"))
        directory.apply(try Self.identity("ana", "ana@slack", type: "slack"))
        #expect(directory.login(of: ana, in: tailnet)?.rawValue == "ana@example.com")
        let record = try Self.identity("ana", "Ana@github")
        directory.apply(record)
        #expect(directory.login(of: ana, in: tailnet)?.rawValue == "Ana@github")
        #expect(directory.login(of: Fixtures.person("ben"), in: tailnet)?.rawValue == "ben@example.com")
        directory.remove(key: record.key)
        #expect(directory.login(of: ana, in: tailnet)?.rawValue == "ana@example.com")
    }

    @Test("an e-mail that no policy file can hold is no login")
    func noLogin() throws {
        let odd = Fixtures.person("group:prod@example.com")
        #expect(Directory().login(of: odd, in: try tailnet()) == nil)
    }

    @Test("an identity counts for the person it names, whatever its key looks like")
    func slashes() throws {
        // Both records have the key identity/a@b/tailscale/example.com/tailscale/example.com.
        var tailnet = try tailnet()
        tailnet.externalID = "example.com/tailscale/example.com"
        var directory = Directory()
        directory.apply(try Self.identity("a@b/tailscale/example.com", "thief@github"))
        #expect(directory.login(of: Fixtures.person("a@b"), in: tailnet)?.rawValue == "a@b")
    }

    @Test("the newest record of a person counts, a tombstone removes them")
    func people() {
        var directory = Fixtures.directory
        let cy = Fixtures.person("cy")
        #expect(directory.admins == [cy])
        directory.apply(.person(.init(id: cy, role: .member, origin: .person)))
        #expect(directory.admins.isEmpty)
        directory.apply(.person(.init(id: cy, role: .admin, origin: .person)))
        directory.remove(key: "person/\(cy)")
        #expect(directory.admins.isEmpty)
        #expect(directory.person(cy) == nil)
        directory.remove(key: "person/nobody@example.com")
        #expect(directory.people.map(\.id) == ["ana", "ben", "gus"].map(Fixtures.person))
        #expect(directory.bots.map(\.name.rawValue) == ["pager"])
    }

    @Test("only the role says who is a guest and who an administrator", arguments: DirectoryRecord.Person.Role.allCases)
    func guest(_ role: DirectoryRecord.Person.Role) {
        let person = DirectoryRecord.Person(id: Fixtures.person("x"), role: role, origin: .file)
        #expect(person.isGuest == (role == .guest))
        #expect(person.isAdmin == (role == .admin))
    }

    @Test("the example file")
    func example() throws {
        let file = try Directory.File(yaml: Fixtures.example("directory.yaml"))
        var directory = Directory()
        file.records.forEach { directory.apply($0) }
        #expect(directory.people.map(\.id.rawValue) == ["ana", "ben", "cy", "dee"].map { "\($0)@example.com" })
        #expect(directory.admins == [Fixtures.person("cy")])
        #expect(directory.identities.isEmpty)
        let bot = try #require(directory.bot(Fixtures.bot("pagerduty")))
        #expect(bot.flows == [Fixtures.name("tailscale-ssh-access")])
        #expect(bot.people == [Fixtures.person("ana")])
        #expect(file.records.allSatisfy { $0.origin == .file })
    }

    @Test("identities, roles and bots of a file")
    func file() throws {
        let file = try Directory.File(
            yaml: """
                people:
                  - email: Ana@Example.com
                    role: admin
                    identities: [ { service_type: tailscale, external_id: example.com, value: ana@github } ]
                bots: [ { name: ci } ]
                """)
        #expect(
            file.records == [
                .person(.init(id: Fixtures.person("ana"), role: .admin, origin: .file)),
                try Self.identity("ana", "ana@github", origin: .file),
                .bot(.init(name: Fixtures.bot("ci"), flows: [], people: [], origin: .file)),
            ])
    }

    @Test(
        "what is wrong in a file",
        arguments: [
            ("people: [ {} ]", "line 1: people[0].email: is missing"),
            ("people: [ { email: ana } ]", "people[0].email: \"ana\" is not an e-mail address"),
            ("people: [ { email: a@b }, { email: A@b } ]", "people[1].email: a@b is in the list already"),
            (
                "people: [ { email: a@b, role: adnim } ]",
                "\"adnim\" is not one of guest, member, admin; did you mean \"admin\""
            ),
            (
                "people: [ { email: a@b, roles: admin } ]",
                "people[0].roles: is not an attribute that this version knows; did you mean \"role\""
            ),
            ("people: [ { email: a@b, identities: [ {} ] } ]", "identities[0].value: is missing"),
            (
                "people: [ { email: a@b, identities: [ { service_type: okta, external_id: x, value: a@c } ] } ]",
                "service_type: \"okta\" is not one of tailscale"
            ),
            (
                "people: [ { email: a@b, identities: [ { service_type: tailscale, external_id: x, value: \"group:a\" } ] } ]",
                "value: \"group:a\" is not a login"
            ),
            (
                """
                people:
                  - { email: a@b, identities: [ { service_type: tailscale, external_id: x, value: a@c } ] }
                  - { email: b@b, identities: [ { service_type: tailscale, external_id: x, value: A@c } ] }
                """, "line 3: people[1].identities[0].value: A@c is the login of a@b already"
            ),
            ("bots: [ { name: CI } ]", "bots[0].name: \"CI\" is not a bot's name"),
            ("bots: [ { name: ci }, { name: ci } ]", "bots[1].name: ci is in the list already"),
            (
                "people: [ { email: ana@b } ]\nbots: [ { name: ci, people: [ann@b] } ]",
                "line 2: bots[0].people[0]: ann@b is not among the people of this file; did you mean \"ana@b\""
            ),
            ("bots: [ { name: ci, flows: [a b] } ]", "bots[0].flows[0]: \"a b\" is not a flow's name"),
            ("persons: []", "line 1: persons: is not an attribute"),
            ("people: x", "people: must be a list"),
            ("- x", "must be a map"),
        ])
    func problems(_ yaml: String, _ problem: String) {
        let error = #expect(throws: ConfigurationErrors.self) { try Directory.File(yaml: yaml) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test("a file changes what a file set, and leaves what a person set")
    func changes() throws {
        var directory = Directory()
        let old = try Directory.File(
            yaml: """
                people:
                  - email: ana@example.com
                  - { email: ben@example.com, role: admin }
                  - email: cy@example.com
                    identities: [ { service_type: tailscale, external_id: example.com, value: cy@github } ]
                """)
        #expect(directory.changes(toMatch: old).records == old.records)
        old.records.forEach { directory.apply($0) }
        #expect(directory.changes(toMatch: old).records.isEmpty)
        #expect(directory.changes(toMatch: old).removed.isEmpty)

        directory.apply(try Self.identity("cy", "cy@gitlab"))
        let new = try Directory.File(
            yaml: """
                people:
                  - email: ben@example.com
                  - email: cy@example.com
                    identities: [ { service_type: tailscale, external_id: example.com, value: cy@elsewhere } ]
                """)
        let changes = directory.changes(toMatch: new)
        #expect(
            changes.records == [
                .person(.init(id: Fixtures.person("ben"), role: .member, epoch: 1, origin: .file)),
                .personRemoved(.init(id: Fixtures.person("ana"), epoch: 1, origin: .file, by: nil)),
            ])
        #expect(changes.removed.isEmpty)
    }
}
