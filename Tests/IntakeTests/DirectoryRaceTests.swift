import SymConfiguration
import SymMessages
import Testing

@testable import Intake

@Suite("Two intakes change people at once")
struct DirectoryRaceTests {
    private static let directory = Sample.directory.replacing(
        "  - email: dee@example.com", with: "  - { email: dee@example.com, role: admin }")
    private let ana = Sample.person("ana@example.com")
    private let cy = Sample.person("cy@example.com")
    private let dee = Sample.person("dee@example.com")

    private func race(
        _ first: PeopleCall, _ second: PeopleCall
    ) throws -> (intakes: [IntakeScenario], answers: [Answer?]) {
        var intakes = [
            try IntakeScenario.started(directory: Self.directory),
            try IntakeScenario.started(directory: Self.directory),
        ]
        let tickets = [
            intakes[0].call(Sample.cy, .people(first)), intakes[1].call(Sample.dee, .people(second)),
        ]
        settle(&intakes)
        #expect(intakes[0].core.facts.directory == intakes[1].core.facts.directory)
        return (intakes, [intakes[0].answers[tickets[0]], intakes[1].answers[tickets[1]]])
    }

    private func isConflict(_ answer: Answer?) -> Bool {
        if case .refused(let refusal, nil)? = answer { refusal.kind == .conflict } else { false }
    }

    @Test("of two administrators who take the role from each other one keeps it")
    func lastAdministrator() throws {
        let calls: [(PeopleCall, PeopleCall)] = [
            (
                .changeUser(dee, name: nil, role: .member, key: "a"),
                .changeUser(cy, name: nil, role: .member, key: "b")
            ), (.removeUser(dee, key: "a"), .removeUser(cy, key: "b")),
        ]
        for (first, second) in calls {
            let (intakes, answers) = try race(first, second)
            #expect(isConflict(answers[1]), "\(String(describing: answers[1]))")
            for intake in intakes {
                #expect(intake.core.facts.directory.admins == [cy])
                let isRemoval = if case .removeUser = first { true } else { false }
                #expect(
                    intake.core.facts.directory.epoch(of: cy) == (isRemoval ? 2 : 1), "a race never loses an end")
            }
            try expectSame(after: intakes[0])
        }
    }

    @Test("a change that did not know of a lower role is void, and the log says so to later readers too")
    func demotionAgainstRename() throws {
        let (intakes, answers) = try race(
            .changeUser(ana, name: nil, role: .guest, key: "a"), .changeUser(ana, name: "Ana", role: nil, key: "b"))
        guard case .people(.user)? = answers[0] else {
            Issue.record("\(String(describing: answers[0]))")
            return
        }
        #expect(isConflict(answers[1]))
        let person = intakes[0].core.facts.directory.person(ana)
        #expect(person?.role == .guest && person?.epoch == 1 && person?.name == nil)
        try expectSame(after: intakes[0])
    }

    @Test("a deletion wins over a change that did not know of it")
    func deletionAgainstDemotion() throws {
        let (intakes, answers) = try race(
            .removeUser(ana, key: "a"), .changeUser(ana, name: nil, role: .guest, key: "b"))
        #expect(answers[0] == .people(.userRemoved(ana, [])))
        #expect(isConflict(answers[1]))
        #expect(intakes[0].core.facts.directory.person(ana) == nil)
        try expectSame(after: intakes[0])
        var reader = Directory()
        for case .directory(let envelope) in intakes[0].readMessages where envelope.body.key == "person/\(ana)" {
            let wasThere = reader.epoch(of: ana) == 0
            reader.apply(envelope.body)
            #expect(wasThere || reader.person(ana) == nil, "she is never back, not for a moment")
        }
    }

    @Test("of two who create the same person one is told")
    func creation() throws {
        let eve = Sample.person("eve@example.com")
        let (intakes, answers) = try race(
            .createUser(.init(id: eve, name: "E", role: .member), key: "a"),
            .createUser(.init(id: eve, name: "Eve", role: .member), key: "b"))
        #expect(isConflict(answers[1]) && !isConflict(answers[0]))
        #expect(intakes[0].core.facts.directory.person(eve) != nil)
    }

    @Test("of two people who are given one login the first keeps it")
    func logins() throws {
        var intakes = [try IntakeScenario.started(), try IntakeScenario.started()]
        var tickets: [Ticket] = []
        for (index, name) in ["ana", "ben"].enumerated() {
            let identity = DirectoryRecord.Identity(
                person: Sample.person("\(name)@example.com"), serviceType: "tailscale", externalID: "example.com",
                value: try #require(Login(rawValue: "same@github")), origin: .person)
            tickets.append(intakes[index].call(Sample.cy, .setIdentity(identity, key: name)))
        }
        settle(&intakes)
        #expect(isConflict(intakes[1].answers[tickets[1]]) && !isConflict(intakes[0].answers[tickets[0]]))
        for intake in intakes { #expect(intake.core.facts.directory.identities.map(\.person) == [ana]) }
    }

    @Test("one key at two intakes makes no token that somebody holds and nobody told of")
    func tokens() throws {
        var intakes = [try IntakeScenario.started(), try IntakeScenario.started()]
        var tickets: [Ticket] = []
        for index in 0..<2 {
            let terms = PeopleCall.TokenTerms(owner: Sample.ana, label: nil, lifetime: nil, sha256: "hash \(index)")
            tickets.append(intakes[index].call(Sample.cy, .people(.issueToken(terms, key: "k"))))
        }
        settle(&intakes)
        #expect(isConflict(intakes[1].answers[tickets[1]]))
        for intake in intakes { #expect(intake.core.credentials.unrevoked(of: Sample.ana).isEmpty) }
    }

    @Test("an intake that finds a void record at its start writes what stands once more")
    func voidAtStart() throws {
        var scenario = IntakeScenario()
        let records: [DirectoryRecord] = [
            .person(.init(id: ana, role: .guest, epoch: 1, origin: .person)),
            .person(.init(id: ana, role: .admin, epoch: 0, origin: .person)),
        ]
        for (index, record) in records.enumerated() {
            scenario.readDirectory(
                .set(
                    Envelope(id: "\(index)", source: "t", subject: record.key, time: scenario.now, body: record)))
        }
        #expect(scenario.underway.isEmpty)
        scenario.catchUp()
        #expect(scenario.isReady)
        guard case .directory(let envelope)? = scenario.underway.first?.message else {
            Issue.record("nothing is written")
            return
        }
        #expect(scenario.underway.count == 1 && envelope.body == records[0])
        scenario.settleDirectory()
        #expect(scenario.core.overtaken.isEmpty)
    }

    @Test("a call that Kafka did not acknowledge, sent again with its key when the record was there, is done once")
    func unacknowledged() throws {
        var scenario = try IntakeScenario.started()
        let eve = Sample.person("eve@example.com")
        let call = Call.people(.createUser(.init(id: eve, name: nil, role: .member), key: "k"))
        let ticket = scenario.call(Sample.cy, call)
        let message = try #require(scenario.underway.first?.message)
        scenario.failAll()
        #expect(scenario.answers[ticket] == .unacknowledged)
        scenario.readBack(message)
        let again = scenario.answer(Sample.cy, call)
        guard case .people(.userCreated(let user))? = again else {
            Issue.record("\(String(describing: again))")
            return
        }
        #expect(user.email == eve && scenario.underway.isEmpty)
        let other = scenario.answer(Sample.cy, .people(.createUser(.init(id: eve, role: .member), key: "other")))
        #expect(isConflict(other))
    }

    /// A reader for whom compaction left only the newest record of each key knows the same.
    private func expectSame(after intake: IntakeScenario) throws {
        var newest: [String: (Int, DirectoryRecord?)] = [:]
        for (index, message) in intake.readMessages.enumerated() {
            switch message {
            case .directory(let envelope): newest[envelope.body.key] = (index, envelope.body)
            case .directoryRemoval(let key): newest[key] = (index, nil)
            default: break
            }
        }
        var directory = Directory()
        for (_, record) in newest.values.sorted(by: { $0.0 < $1.0 }) {
            if let record { directory.apply(record) }
        }
        #expect(directory == intake.core.facts.directory)
    }
}
