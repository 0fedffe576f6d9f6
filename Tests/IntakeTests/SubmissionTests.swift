import KafkaClient
import SymMessages
import Testing

@testable import Intake

@Suite("P9 nothing is dropped silently: submissions")
struct SubmissionTests {
    static let topic = TopicPartition(topic: "sym.submissions.pager", partition: 0)
    static let request =
        #"{"flow":"ssh","duration_seconds":1800,"reason":"INC-1","for":"ana@example.com"}"#

    static func record(_ value: String?, _ headers: [(String, String)] = [], offset: Int64 = 0) -> KafkaRecord {
        KafkaRecord(
            topicPartition: topic, offset: offset, key: nil, value: value.map { Array($0.utf8) },
            headers: headers.map { RecordHeader(name: $0.0, value: Array($0.1.utf8)) })
    }

    static func structured(
        id: String = #""INC-1""#, type: String = "sym.access.request.v1", version: String = "1.0",
        data: String = request
    ) -> String {
        #"{"specversion":"\#(version)","id":\#(id),"source":"https://pager","type":"\#(type)","data":\#(data)}"#
    }

    static let binary = [
        ("ce_specversion", "1.0"), ("ce_id", "INC-1"), ("ce_source", "https://pager"),
        ("ce_type", "sym.access.request.v1"), ("content-type", "application/json"),
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        enum Expected: Sendable {
            case submit, end
            /// With this field.
            case reject(String)
            /// With this in its reason.
            case deadLetter(String)
        }

        var name: String
        var value: String?
        var headers: [(String, String)] = []
        var expected: Expected

        var testDescription: String { name }
    }

    static func without(_ header: String, adding more: [(String, String)] = []) -> [(String, String)] {
        binary.filter { $0.0 != header } + more
    }

    static let cases = [
        Case(name: "structured", value: structured(), expected: .submit),
        Case(
            name: "structured, by content type", value: structured(),
            headers: [("content-type", "application/cloudevents+json; charset=UTF-8")], expected: .submit),
        Case(
            name: "structured end", value: structured(type: "sym.access.end.v1", data: #"{"id":"I"}"#), expected: .end),
        Case(name: "binary", value: request, headers: binary, expected: .submit),
        Case(
            name: "binary end", value: #"{"id":"INC-0","reason":"over"}"#,
            headers: without("ce_type", adding: [("ce_type", "sym.access.end.v1")]), expected: .end),
        Case(name: "binary without content type", value: request, headers: without("content-type"), expected: .submit),
        Case(name: "not JSON", value: "flow: ssh", expected: .deadLetter("not valid JSON")),
        Case(name: "no value", value: nil, expected: .deadLetter("no value")),
        Case(name: "not an object", value: "[1]", expected: .deadLetter("")),
        Case(name: "no id", value: #"{"source":"s","type":"t"}"#, expected: .deadLetter("id is missing")),
        Case(name: "empty id", value: structured(id: #""""#), expected: .deadLetter("id is not")),
        Case(name: "id is a number", value: structured(id: "7"), expected: .deadLetter("id is of the wrong type")),
        Case(name: "no source", value: #"{"id":"1","type":"t"}"#, expected: .deadLetter("source is missing")),
        Case(
            name: "a batch", value: "[]", headers: [("content-type", "application/cloudevents-batch+json")],
            expected: .deadLetter("application/cloudevents-batch+json")),
        Case(name: "binary without id", value: request, headers: without("ce_id"), expected: .deadLetter("ce_id")),
        Case(name: "unknown type", value: structured(type: "sym.other.v1"), expected: .reject("type")),
        Case(name: "unknown specversion", value: structured(version: "2.0"), expected: .reject("specversion")),
        Case(
            name: "no type", value: #"{"specversion":"1.0","id":"1","source":"s"}"#, expected: .reject("type")),
        Case(
            name: "no data", value: #"{"specversion":"1.0","id":"1","source":"s","type":"sym.access.request.v1"}"#,
            expected: .reject("data")),
        Case(
            name: "duration is text", value: structured(data: #"{"flow":"ssh","duration_seconds":"30m"}"#),
            expected: .reject("data.duration_seconds")),
        Case(
            name: "duration is a fraction", value: structured(data: #"{"flow":"ssh","duration_seconds":1.5}"#),
            expected: .reject("data.duration_seconds")),
        Case(
            name: "flow is no name", value: structured(data: #"{"flow":"a b","duration_seconds":1}"#),
            expected: .reject("data.flow")),
        Case(
            name: "for is no e-mail", value: structured(data: #"{"flow":"a","duration_seconds":1,"for":"ana"}"#),
            expected: .reject("data.for")),
        Case(
            name: "end without id", value: structured(type: "sym.access.end.v1", data: "{}"),
            expected: .reject("data.id")),
        Case(name: "binary, not JSON", value: "flow: ssh", headers: binary, expected: .reject("data")),
        Case(name: "binary, no value", value: nil, headers: binary, expected: .reject("data")),
        Case(
            name: "binary, not a JSON type", value: request,
            headers: without("content-type", adding: [("content-type", "text/plain")]),
            expected: .reject("content-type")),
        Case(
            name: "binary, duration is text", value: #"{"flow":"ssh","duration_seconds":"30m"}"#, headers: binary,
            expected: .reject("data.duration_seconds")),
    ]

    @Test("each becomes a command or a dead letter, and the partition moves on", arguments: cases)
    func becomes(_ example: Case) throws {
        var scenario = try IntakeScenario.started()
        let reading = SubmissionParser.read(Self.record(example.value, example.headers))
        scenario.feed(.submission(.init(bot: Sample.bot("pager"), partition: 0, offset: 0), reading))
        let message = try #require(scenario.underway.first).message
        switch (example.expected, message) {
        case (.submit, .command(let envelope)):
            guard case .submit(let submit) = envelope.body else {
                Issue.record("became \(envelope.body)")
                return
            }
            #expect(submit.caller == Sample.pager, "the author is the topic's bot")
            #expect(submit.submission == Submission(channel: .kafka, source: "https://pager", id: "INC-1"))
            #expect(
                envelope.subject == RequestID(caller: Sample.pager, source: "https://pager", id: "INC-1").rawValue)
        case (.end, .command(let envelope)):
            guard case .end(let stop) = envelope.body else {
                Issue.record("became \(envelope.body)")
                return
            }
            #expect(stop.actor == Sample.pager)
        case (.reject(let field), .command(let envelope)):
            guard case .reject(let reject) = envelope.body else {
                Issue.record("became \(envelope.body)")
                return
            }
            #expect(reject.refusal.field == field)
            #expect(reject.caller == Sample.pager)
        case (.deadLetter(let reason), .deadLetter(let envelope)):
            #expect(envelope.body.reason.contains(reason))
            #expect(envelope.body.topic == "sym.submissions.pager")
            #expect(scenario.reports.contains(.deadLetter(envelope.body)), "and an operator is told")
        default: Issue.record("became \(message)")
        }
        #expect(scenario.stored.isEmpty, "the offset waits for Kafka's acknowledgement")
        scenario.acknowledgeAll()
        #expect(scenario.stored == [1])
    }

    @Test("no field of a submission names its author")
    func authorIsTheTopic() throws {
        let data = #"{"flow":"ssh","duration_seconds":1800,"for":"ana@example.com","caller":"person:cy@example.com"}"#
        let reading = SubmissionParser.read(Self.record(Self.structured(data: data)))
        var scenario = try IntakeScenario.started()
        scenario.feed(.submission(.init(bot: Sample.bot("pager"), partition: 0, offset: 0), reading))
        guard case .submit(let submit)? = scenario.underway.first?.message.command else {
            Issue.record("not submitted")
            return
        }
        #expect(submit.caller == Sample.pager)
    }

    private func position(_ offset: Int64) -> SubmissionPosition {
        SubmissionPosition(bot: Sample.bot("pager"), partition: 0, offset: offset)
    }

    private func reading(_ id: String) -> SubmissionReading {
        SubmissionParser.read(Self.record(Self.structured(id: "\"\(id)\"")))
    }

    @Test("the committed offset never passes a submission that Kafka has not acknowledged")
    func offsetsFollow() throws {
        var scenario = try IntakeScenario.started()
        for offset in 0..<3 { scenario.feed(.submission(position(Int64(offset)), reading("\(offset)"))) }
        let sendings = scenario.underway
        #expect(sendings.count == 3)
        scenario.feed(.acknowledged(sendings[2].id))
        scenario.feed(.acknowledged(sendings[1].id))
        #expect(scenario.stored.isEmpty)
        scenario.feed(.acknowledged(sendings[0].id))
        #expect(scenario.stored == [3])
    }

    @Test("a submission that Kafka does not acknowledge is sent again until it does, with the same id")
    func retried() throws {
        var scenario = try IntakeScenario.started()
        scenario.feed(.submission(position(0), reading("a")))
        let first = try #require(scenario.underway.first).message
        for _ in 0..<5 {
            scenario.failAll()
            #expect(scenario.underway.isEmpty)
            scenario.pass(1)
            #expect(scenario.underway.map(\.message) == [first])
        }
        scenario.acknowledgeAll()
        #expect(scenario.stored == [1])
    }

    @Test("an end does not overtake the request it ends, although Kafka fails in between")
    func order() throws {
        var scenario = try IntakeScenario.started()
        scenario.feed(.submission(position(0), reading("a")))
        let end = SubmissionParser.read(
            Self.record(Self.structured(id: #""e""#, type: "sym.access.end.v1", data: #"{"id":"a"}"#)))
        scenario.feed(.submission(position(1), end))
        #expect(scenario.underway.count == 1)
        scenario.failAll()
        scenario.pass(1)
        let verbs = scenario.acknowledgeAll().compactMap { $0.command?.type }
        #expect(verbs == ["sym.command.submit.v1", "sym.command.end.v1"])
        #expect(scenario.stored.last == 2)
    }

    @Test("P8 a submission that is read again makes the same command")
    func readAgain() throws {
        var ids: [String] = []
        for _ in 0..<2 {
            var scenario = try IntakeScenario.started()
            for (offset, value) in [Self.structured(), Self.structured(type: "x"), "junk"].enumerated() {
                let reading = SubmissionParser.read(Self.record(value, offset: Int64(offset)))
                scenario.feed(.submission(position(Int64(offset)), reading))
            }
            ids.append(scenario.acknowledgeAll().map(\.id).sorted().joined(separator: " "))
        }
        #expect(ids[0] == ids[1])
    }

    @Test("after another intake took over and gave back, reading begins anew")
    func takenOver() throws {
        var scenario = try IntakeScenario.started()
        scenario.feed(.submission(position(0), reading("a")))
        scenario.feed(.submissionsRevoked(Sample.bot("pager"), partition: 0))
        scenario.feed(.submission(position(0), reading("a")))
        scenario.acknowledgeAll()
        #expect(scenario.stored == [1])
    }
}
