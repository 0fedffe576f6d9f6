import EmbeddedBroker
import Foundation
import KafkaClient
import Testing

@Suite("Hostile records", .timeLimit(.minutes(1)))
struct HostileRecordTests {
    @Test("whatever somebody writes is read as it is, by every kind of handling, and crashes nothing")
    func everyShape() async throws {
        let large = [UInt8](repeating: 7, count: 999_000)
        let manyHeaders = (0..<1000).map { RecordHeader(name: "h\($0)", value: $0 % 3 == 0 ? nil : [UInt8($0 % 251)]) }
        let broken: [UInt8] = [0xff, 0xfe, 0xc3, 0x28, 0x00, 0xed, 0xa0, 0x80]
        let shapes: [(key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader])] = [
            (nil, nil, []), (nil, [], []), ([], nil, []), ([], [], []), (nil, large, []), ([1], [2], manyHeaders),
            (broken, broken, [RecordHeader(name: "ü", value: broken), RecordHeader(name: "", value: [])]),
        ]
        try await withKafka(("t", 1)) { kafka in
            try await kafka.withProducer { producer in
                for shape in shapes {
                    _ = try await producer.send(
                        OutgoingRecord(
                            topic: kafka.topic(), partition: .number(0), key: shape.key, value: shape.value,
                            headers: shape.headers))
                }
            }
            for order in [Handling.Order.partition, .key(atOnce: 1)] {
                let handling = Handling(order: order)
                try await kafka.withConsumer(kafka.everything(), handling: handling) { _, calls in
                    let read = try await calls.records(shapes.count).sorted { $0.offset < $1.offset }
                    for (record, shape) in zip(read, shapes) {
                        #expect(record.key == shape.key)
                        #expect(record.value == shape.value)
                        #expect(record.headers == shape.headers)
                    }
                }
            }
        }
    }

    @Test("a header's name that is no UTF-8, or ends early, is read as far as it can be")
    func brokenHeaderName() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.withProducer { producer in
                _ = try await producer.send(
                    OutgoingRecord(
                        topic: kafka.topic(), key: nil, value: [1],
                        headers: [RecordHeader(name: "a\0b", value: [1]), RecordHeader(name: "c", value: [2])]))
            }
            try await kafka.withConsumer(kafka.everything()) { _, calls in
                let headers = try await calls.records(1)[0].headers
                #expect(headers == [RecordHeader(name: "a", value: [1]), RecordHeader(name: "c", value: [2])])
            }
        }
    }
}
