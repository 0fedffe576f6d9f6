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
            (
                """
                people:
                  - { email: a@b, identities: [ { service_type: tailscale, external_id: x, value: B@b } ] }
                  - { email: b@b, identities: [ { service_type: tailscale, external_id: y, value: b@c } ] }
                """, "line 2: people[0].identities[0].value: B@b is the e-mail of b@b, and so their login in \"x\""
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

    @Test("somebody's e-mail may be the login of another where they have one of their own")
    func exchanged() throws {
        let file = try Directory.File(
            yaml: """
                people:
                  - { email: a@b, identities: [ { service_type: tailscale, external_id: x, value: b@b } ] }
                  - { email: b@b, identities: [ { service_type: tailscale, external_id: x, value: a@b } ] }
                """)
        #expect(file.records.count == 4)
    }

    @Test("a name, and what a bot may do, stand in a file too")
    func fileOfIssueFive() throws {
        let file = try Directory.File(
            yaml: """
                people: [ { email: ana@example.com, name: Ana Ö } ]
                bots: [ { name: ci, groups: [oncall], automatic: true } ]
                """)
        #expect(
            file.records == [
                .person(.init(id: Fixtures.person("ana"), name: "Ana Ö", role: .member, origin: .file)),
                .bot(
                    .init(
                        name: Fixtures.bot("ci"), flows: [], people: [], groups: [Fixtures.name("oncall")],
                        allowsAutomatic: true, origin: .file)),
            ])
    }

    @Test("whoever left the file and comes back goes on with their epoch; the file does not bring back who was deleted")
    func comeBack() throws {
        var directory = Directory()
        let file = try Directory.File(
            yaml: """
                people:
                  - { email: cy@example.com, role: admin }
                  - email: ana@example.com
                    identities: [ { service_type: tailscale, external_id: example.com, value: ana@github } ]
                """)
        func update(_ file: Directory.File) {
            let changes = directory.changes(toMatch: file)
            changes.records.forEach { directory.apply($0) }
            changes.removed.forEach { directory.remove(key: $0) }
        }
        let without = try Directory.File(yaml: "people: [ { email: cy@example.com, role: admin } ]")
        let ana = Fixtures.person("ana")
        update(file)
        update(without)
        #expect(directory.person(ana) == nil && directory.identities.isEmpty && directory.epoch(of: ana) == 1)
        #expect(directory.changes(toMatch: without).records.isEmpty, "removed once is removed")
        update(file)
        #expect(directory.person(ana)?.epoch == 2)
        #expect(directory.changes(toMatch: file).records.isEmpty)

        directory.apply(.personRemoved(.init(id: ana, epoch: 3, origin: .person, by: nil)))
        directory.identities(of: ana).forEach { directory.remove(key: DirectoryRecord.identity($0).key) }
        #expect(directory.changes(toMatch: file).records.isEmpty, "not even her login")
    }

    @Test("a file that hands the role of administrator on never leaves nobody in between")
    func handover() throws {
        var directory = Directory()
        try Directory.File(yaml: "people: [ { email: a@b, role: admin }, { email: b@b } ]").records
            .forEach { directory.apply($0) }
        let next = try Directory.File(yaml: "people: [ { email: a@b }, { email: b@b, role: admin } ]")
        for record in directory.changes(toMatch: next).records {
            directory.apply(record)
            #expect(!directory.admins.isEmpty)
        }
        #expect(directory.admins == [Fixtures.person("b@b")])
    }

    @Test("whoever has an e-mail in a listed domain is a member, unless they have an entry or were removed")
    func domains() throws {
        var directory = Directory()
        let eve = Fixtures.person("eve")
        #expect(directory.person(eve) == nil)
        directory.apply(.domain(.init(name: "example.com", by: nil)))
        #expect(directory.person(eve) == .init(id: eve, role: .member, origin: .person))
        #expect(directory.person(Fixtures.person("eve@sub.example.com")) == nil)
        #expect(directory.person(Fixtures.person("eve@notexample.com")) == nil)
        #expect(directory.people.isEmpty && directory.domains.map(\.name) == ["example.com"])
        directory.apply(.person(.init(id: eve, role: .guest, epoch: 1, origin: .person)))
        #expect(directory.person(eve)?.role == .guest)
        directory.apply(.personRemoved(.init(id: eve, epoch: 2, origin: .person, by: nil)))
        #expect(directory.person(eve) == nil && directory.epoch(of: eve) == 2)
        directory.remove(key: "domain/example.com")
        #expect(directory.person(Fixtures.person("fay")) == nil)
    }

    @Test("a record of an earlier epoch is void")
    func epochs() {
        var directory = Directory()
        let ana = Fixtures.person("ana")
        func counts(_ record: DirectoryRecord) -> Bool { directory.apply(record) }
        #expect(counts(.person(.init(id: ana, role: .guest, epoch: 2, origin: .person))))
        #expect(!counts(.person(.init(id: ana, role: .admin, epoch: 1, origin: .person))))
        #expect(!counts(.personRemoved(.init(id: ana, epoch: 1, origin: .person, by: nil))))
        #expect(directory.person(ana)?.role == .guest && directory.admins.isEmpty)
        #expect(counts(.person(.init(id: ana, role: .admin, epoch: 2, origin: .person))))
        #expect(directory.admins == [ana])
        #expect(counts(.personRemoved(.init(id: ana, epoch: 3, origin: .person, by: nil))))
        #expect(directory.admins.isEmpty && directory.person(ana) == nil)
        #expect(
            !counts(.person(.init(id: ana, role: .admin, epoch: 3, origin: .person))), "did not know of the deletion")
        #expect(directory.admins.isEmpty && directory.person(ana) == nil && directory.epochOfNewEntry(of: ana) == 4)
        #expect(counts(.person(.init(id: ana, role: .member, epoch: 4, origin: .person))))
        #expect(directory.person(ana) != nil && directory.epochOfNewEntry(of: ana) == 4)
    }

    @Test(
        "what is a domain",
        arguments: [
            ("example.com", true), ("A-b.Example.co", true), ("localhost", false), ("", false), (".", false),
            ("a.", false),
            ("-a.com", false), ("a-.com", false), ("a b.com", false), ("ä.com", false), ("a@b.com", false),
            (String(repeating: "a", count: 64) + ".com", false),
            (Array(repeating: String(repeating: "a", count: 63), count: 4).joined(separator: "."), false),
        ])
    func domain(_ text: String, _ isOne: Bool) {
        #expect((DirectoryRecord.Domain(parsing: text, by: nil) != nil) == isOne)
    }

    @Test("a login belongs to whoever has it as identity, or as e-mail and no identity")
    func owners() throws {
        var directory = Fixtures.directory
        func owner(_ login: String, otherThan person: String = "cy") throws -> PersonID? {
            directory.owner(
                of: try #require(Login(rawValue: login)), serviceType: "tailscale", externalID: "example.com",
                otherThan: Fixtures.person(person))
        }
        #expect(try owner("Ana@example.com") == Fixtures.person("ana"))
        #expect(try owner("ana@example.com", otherThan: "ana") == nil)
        #expect(try owner("nobody@example.com") == nil)
        directory.apply(try Self.identity("ana", "ana@github"))
        #expect(try owner("ana@example.com") == nil)
        #expect(try owner("ANA@github") == Fixtures.person("ana"))
        directory.apply(try Self.identity("ben", "ben@elsewhere", tailnet: "other.com"))
        #expect(try owner("ben@elsewhere") == nil)
        directory.apply(.personRemoved(.init(id: Fixtures.person("ana"), epoch: 1, origin: .person, by: nil)))
        #expect(try owner("ana@github") == nil, "whoever left keeps nothing")
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
        #expect(directory.changes(toMatch: old).records.map(\.key) == [1, 0, 2, 3].map { old.records[$0].key })
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
