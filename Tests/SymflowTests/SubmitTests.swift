import ArgumentParser
import KafkaClient
import SymMessages
import Testing

@testable import Intake
@testable import Symflow

@Suite("symflow submit")
struct SubmitTests {
    private static func reading(_ message: SubmissionMessage) throws -> SubmissionReading {
        let options = try CloudEventOptions.parse(["--bot", "pager", "--source", "alerts"])
        return SubmissionParser.read(
            KafkaRecord(
                topicPartition: TopicPartition(topic: Topics().submissions(try options.botName()), partition: 0),
                offset: 0, key: nil, value: try options.cloudEvent(message, id: "4711").canonical,
                headers: [RecordHeader(name: "content-type", value: Array("application/cloudevents+json".utf8))],
                timestamp: nil))
    }

    @Test("intake reads what is submitted as it was meant")
    func read() throws {
        let flow = try #require(ResourceName(rawValue: "ssh"))
        let access = AccessRequest(
            flow: flow, target: flow, duration: Seconds(1_800), reason: "why \"now\"\n",
            beneficiary: PersonID(rawValue: "ana@example.com"),
            fields: ["a": .integer(1), "b": .texts(["x", "y"]), "c": .flag(true)])
        let name = CloudEventName(source: "alerts", id: "4711")
        #expect(try Self.reading(.request(access)) == .request(name, access))
        let decision = AccessRequest(flow: flow, duration: nil, beneficiary: PersonID(rawValue: "ana@example.com"))
        #expect(try Self.reading(.request(decision)) == .request(name, decision))
        for reason in [nil, "over"] {
            let end = try Self.reading(.end(submissionID: "4710", reason: reason))
            #expect(end == .end(name, submissionID: "4710", reason: reason))
        }
    }
}

extension CloudEventOptions {
    fileprivate func botName() throws -> BotName { try #require(BotName(rawValue: bot)) }
}
