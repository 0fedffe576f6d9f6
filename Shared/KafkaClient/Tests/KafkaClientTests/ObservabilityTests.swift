import CoreMetrics
import EmbeddedBroker
import Foundation
import Instrumentation
import Logging
import MetricsTestKit
import ServiceContextModule
import Synchronization
import Testing

@testable import KafkaClient

@Suite("Metrics, logs and traces", .timeLimit(.minutes(1)))
struct ObservabilityTests {
    @Test("librdkafka's statistics become metrics: lag per partition, records in and out, brokers")
    func metrics() async throws {
        let metrics = TestMetrics()
        try await withMetricsFactory(metrics) {
            try await withKafka(("t", 2)) { kafka in
                let properties = ["statistics.interval.ms": "50"]
                let client = ("client_id", "sym-test")
                try await kafka.withProducer(properties: properties) { producer in
                    for _ in 0..<3 { _ = try await producer.send(OutgoingRecord(kafka.partition(1), "v")) }
                    try await metrics.wait { try $0.counter("kafka_records_sent_total", client) == 3 }
                    try await metrics.wait { try $0.gauge("kafka_producer_queue_records", client) == 0 }
                    try await metrics.wait { try $0.gauge("kafka_brokers_up", client) ?? 0 >= 1 }
                }
                let release = Latch()
                let handler = RecordingHandler(onRecord: { _ in await release.wait() })
                let topic = ("topic", kafka.topic())
                try await kafka.withConsumer(kafka.everything(), handler, properties: properties) { _, calls in
                    try await calls.begun("v")
                    try await metrics.wait {
                        try $0.gauge("kafka_consumer_lag", client, topic, ("partition", "1")) == 3
                    }
                    release.open()
                    try await metrics.wait {
                        try $0.gauge("kafka_consumer_lag", client, topic, ("partition", "1")) == 0
                            && $0.gauge("kafka_consumer_lag", client, topic, ("partition", "0")) == 0
                            && $0.counter("kafka_records_received_total", client) == 3
                    }
                }
            }
        }
    }

    @Test("a replaced client's totals go on, they do not go back")
    func totals() throws {
        let metrics = TestMetrics()
        let client = ClientMetrics(clientID: "c", factory: metrics)
        for total in [5, 7, 2] {
            client.record(
                try Statistics(
                    parsing: """
                        {"msg_cnt":0,"msg_size":0,"txmsgs":\(total),"txmsg_bytes":0,"rxmsgs":0,"rxmsg_bytes":0,
                         "brokers":{}}
                        """), lag: nil)
        }
        #expect(try metrics.counter("kafka_records_sent_total", ("client_id", "c")) == 9)
    }

    @Test("librdkafka's log goes to the logger it was given")
    func logs() async throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines }
        try await withBroker(("t", 1)) { broker, kafka in
            broker.goDown()
            let producer = try KafkaProducer(settings: kafka.settings(), logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await producer.run() }
                await lines.first.wait()
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test("a record sent within a trace carries it, and whoever reads it is in that trace")
    func trace() async throws {
        let trace = try #require(
            TraceContext(
                traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", tracestate: "a=1,b=2"))
        var context = ServiceContext.topLevel
        context.traceContext = trace
        try await withKafka(("t", 1)) { kafka in
            try await kafka.withProducer { producer in
                _ = try await producer.send(OutgoingRecord(kafka.partition(), "outside"))
                try await ServiceContext.withValue(context) {
                    _ = try await producer.send(OutgoingRecord(kafka.partition(), "inside"))
                    let own = [RecordHeader(name: "traceparent", value: Array("mine".utf8))]
                    _ = try await producer.send(
                        OutgoingRecord(topic: kafka.topic(), key: nil, value: [1], headers: own))
                }
            }
            try await kafka.withConsumer(kafka.everything()) { _, calls in
                let records = try await calls.records(3)
                #expect(records.map { $0.serviceContext.traceContext } == [nil, trace, nil])
                #expect(records[0].headers.isEmpty)
                #expect(records[1].headers.map(\.name) == ["traceparent", "tracestate"])
                let own = [RecordHeader(name: "traceparent", value: Array("mine".utf8))]
                #expect(records[2].headers == own, "what the caller wrote stays, alone")
            }
        }
    }

    @Test(
        "W3C Trace Context §3.2: what is not valid begins no trace",
        arguments: [
            "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e473ü-00f067aa0ba902b7-0",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ])
    func invalidTraceParent(text: String) { #expect(TraceContext(traceparent: text) == nil) }

    @Test("a later version is read by what this one knows of it")
    func laterVersion() {
        let context = TraceContext(traceparent: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09-what-comes")
        #expect(context?.traceparent == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09")
    }
}

extension TestMetrics {
    fileprivate func counter(_ label: String, _ dimensions: (String, String)...) throws -> Int64? {
        try? expectCounter(label, dimensions).totalValue
    }

    fileprivate func gauge(_ label: String, _ dimensions: (String, String)...) throws -> Double? {
        try? expectGauge(label, dimensions).lastValue
    }

    /// Until the next statistics say so; the suite's time limit ends a wait in vain.
    fileprivate func wait(_ holds: (TestMetrics) throws -> Bool) async throws {
        while try !holds(self) { try await Task.sleep(for: .milliseconds(10)) }
    }
}

/// A logger that tells of its first line.
private struct Lines: LogHandler {
    let first = Latch()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { first.open() }
}
