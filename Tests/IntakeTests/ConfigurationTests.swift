import SymConfiguration
import SymMessages
import Testing

@testable import Intake

@Suite("Configuration and directory")
struct ConfigurationTests {
    private func apply(_ yaml: String, basedOn: Int? = nil, key: String = "a") throws -> Call {
        .apply(.init(basedOn: basedOn, source: try ConfigurationSource(yaml: yaml)), key: key)
    }

    @Test("an apply is answered when its own record was read back")
    func readBack() throws {
        var scenario = try IntakeScenario.started()
        let ticket = scenario.call(Sample.cy, try apply(Sample.configuration(durations: "[1h]")))
        let record = try #require(scenario.acknowledgeAll().first)
        #expect(scenario.answers[ticket] == nil)
        scenario.readBack(record)
        #expect(scenario.answers[ticket] == .applied(version: 2, changed: true))
    }

    @Test("the configuration in force, applied again, appends nothing")
    func unchanged() throws {
        var scenario = try IntakeScenario.started()
        #expect(scenario.answer(Sample.cy, try apply(Sample.configuration)) == .applied(version: 1, changed: false))
        #expect(scenario.underway.isEmpty)
    }

    @Test("only an administrator applies and looks")
    func admins() throws {
        var scenario = try IntakeScenario.started()
        for caller in [Sample.ana, Sample.pager] {
            for call in [try apply(Sample.configuration(durations: "[1h]")), .showConfiguration] {
                guard case .refused(let refusal, nil)? = scenario.answer(caller, call) else {
                    Issue.record("\(caller) was not refused")
                    continue
                }
                #expect(refusal.kind == .forbidden)
            }
        }
        #expect(scenario.underway.isEmpty)
        guard case .configuration(let view)? = scenario.answer(Sample.cy, .showConfiguration) else {
            Issue.record("not shown")
            return
        }
        #expect(view.version == 1)
        #expect(view.resources["sym_flow"]?["ssh"] != nil)
    }

    @Test("based on a version that is not in force: a conflict, nothing is written")
    func stale() throws {
        var scenario = try IntakeScenario.started()
        let call = try apply(Sample.configuration(durations: "[1h]"), basedOn: 0)
        guard case .refused(let refusal, nil)? = scenario.answer(Sample.cy, call) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.kind == .conflict && refusal.field == "based_on")
        #expect(scenario.underway.isEmpty)
    }

    @Test("P5 no lost update: of two intakes that apply at once, the first in the log wins and the other is told")
    func race() throws {
        var intakes = [try IntakeScenario.started(), try IntakeScenario.started()]
        let changes = [Sample.configuration(durations: "[1h]"), Sample.configuration(durations: "[2h]")]
        var tickets: [Ticket] = []
        var records: [OutgoingMessage] = []
        for index in 0..<2 {
            tickets.append(intakes[index].call(Sample.cy, try apply(changes[index], key: "key-\(index)")))
            records.append(try #require(intakes[index].acknowledgeAll().first))
        }
        for record in records {
            for index in 0..<2 { intakes[index].readBack(record) }
        }
        #expect(intakes[0].answers[tickets[0]] == .applied(version: 2, changed: true))
        guard case .refused(let refusal, nil)? = intakes[1].answers[tickets[1]] else {
            Issue.record("the second was not refused")
            return
        }
        #expect(refusal.kind == .conflict)
        #expect(intakes[0].core.facts.history == intakes[1].core.facts.history)
        #expect(intakes[1].core.inForce?.resources == intakes[0].core.inForce?.resources)
    }

    @Test("a configuration that cannot be used names what is wrong, and nothing is written")
    func invalid() throws {
        var scenario = try IntakeScenario.started()
        let broken = Sample.configuration.replacing("strategy_id: strategy", with: "strategy_id: stratgy")
        guard case .refused(let refusal, nil)? = scenario.answer(Sample.cy, try apply(broken)) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.kind == .invalid)
        #expect(refusal.reason.contains("stratgy"))
        #expect(scenario.underway.isEmpty)
    }

    @Test("an apply that Kafka does not acknowledge is never told as done")
    func unacknowledged() throws {
        var scenario = try IntakeScenario.started()
        let ticket = scenario.call(Sample.cy, try apply(Sample.configuration(durations: "[1h]")))
        scenario.failAll()
        #expect(scenario.answers[ticket] == .unacknowledged)
        let later = scenario.call(Sample.cy, try apply(Sample.configuration(durations: "[1h]"), key: "b"))
        scenario.acknowledgeAll()
        scenario.pass(30)
        #expect(scenario.answers[later] == .recorded)
    }

    @Test("an identity is answered when it was read back, and counts from then on")
    func identity() throws {
        var scenario = try IntakeScenario.started()
        let identity = DirectoryRecord.Identity(
            person: try #require(Sample.ana.person), serviceType: "tailscale", externalID: "example.com",
            value: try #require(Login(rawValue: "ana@github")), origin: .person)
        let ticket = scenario.call(Sample.cy, .setIdentity(identity, key: "i"))
        #expect(scenario.answers[ticket] == nil)
        scenario.settleDirectory()
        #expect(scenario.answers[ticket] == .identity(identity))
        let (id, _) = try scenario.pendingRequest()
        #expect(scenario.core.book[id]?.request.terms?.offer.grant?.login == identity.value)
        guard case .refused(let refusal, nil)? = scenario.answer(Sample.ana, .setIdentity(identity, key: "i")) else {
            Issue.record("ana was not refused")
            return
        }
        #expect(refusal.kind == .forbidden)
    }
}

@Suite("The directory file")
struct DirectoryFileTests {
    @Test("intake works only when the file's entries were read back")
    func readiness() throws {
        var scenario = IntakeScenario(directoryFile: try Directory.File(yaml: Sample.directory))
        scenario.catchUp()
        #expect(!scenario.isReady)
        let records = scenario.acknowledgeAll()
        #expect(!scenario.isReady)
        for record in records {
            #expect(!scenario.isReady)
            scenario.readBack(record)
        }
        #expect(scenario.isReady)
        #expect(scenario.subscribed == [[Sample.bot("pager")]])
    }

    @Test("what the topic has already is not written again; what the file no longer has is removed")
    func differences() throws {
        let first = try IntakeScenario.started()
        let held = first.core.facts.directory.records.values.sorted { $0.key < $1.key }
        let shorter = Sample.directory.replacing("  - email: dee@example.com\n", with: "")
        var second = IntakeScenario(directoryFile: try Directory.File(yaml: shorter))
        for record in held {
            second.readDirectory(
                .set(Envelope(id: record.key, source: "t", subject: record.key, time: second.now, body: record)))
        }
        second.catchUp()
        let dee = try #require(Sample.dee.person)
        guard case .directory(let envelope)? = second.underway.map(\.message).first else {
            Issue.record("nothing is written")
            return
        }
        #expect(second.underway.count == 1)
        #expect(envelope.body == .personRemoved(.init(id: dee, epoch: 1, origin: .file, by: nil)))
        second.settleDirectory()
        #expect(second.isReady)
        #expect(second.core.facts.directory.person(dee) == nil)
    }

    @Test("an entry that an administrator set is not overwritten by the file; an operator is told")
    func overruled() throws {
        var scenario = IntakeScenario(directoryFile: try Directory.File(yaml: Sample.directory))
        let ana = DirectoryRecord.person(
            .init(id: try #require(Sample.ana.person), role: .guest, origin: .person))
        scenario.readDirectory(
            .set(Envelope(id: "x", source: "t", subject: ana.key, time: scenario.now, body: ana)))
        scenario.catchUp()
        scenario.settleDirectory()
        #expect(scenario.core.facts.directory.records[ana.key] == ana)
        #expect(scenario.reports.contains(.fileOverruled(key: ana.key)))
    }

    @Test("without a file nothing is written and nothing removed")
    func noFile() throws {
        let held = try IntakeScenario.started().core.facts.directory.records.values
        var scenario = IntakeScenario()
        for record in held {
            scenario.readDirectory(
                .set(Envelope(id: record.key, source: "t", subject: record.key, time: scenario.now, body: record)))
        }
        scenario.catchUp()
        #expect(scenario.underway.isEmpty)
        #expect(scenario.isReady)
    }

    @Test("the submissions topics follow the directory's bots")
    func bots() throws {
        var scenario = try IntakeScenario.started()
        let bot = DirectoryRecord.bot(
            .init(name: Sample.bot("ci"), flows: [], people: [], origin: .person))
        scenario.readDirectory(.set(Envelope(id: "b", source: "t", subject: bot.key, time: scenario.now, body: bot)))
        scenario.readDirectory(.removed(key: "bot/pager"))
        #expect(
            scenario.subscribed == [
                [Sample.bot("pager")], [Sample.bot("ci"), Sample.bot("pager")], [Sample.bot("ci")],
            ])
    }
}
