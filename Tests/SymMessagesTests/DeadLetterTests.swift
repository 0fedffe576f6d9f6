import SymMessages
import Testing

@Suite("P9 a dead letter can always be written")
struct DeadLetterTests {
    /// Kafka takes a megabyte; a control character takes six bytes in JSON.
    @Test func itFitsIntoARecordWhateverItHolds() throws {
        let nasty = [UInt8](repeating: 1, count: 400_000)
        let letter = DeadLetter(
            reason: String(repeating: "\u{1}", count: 400_000), topic: "t", partition: 0, offset: 0, key: nasty,
            value: nasty)
        let envelope = Envelope(
            id: letter.id, source: "sym/test", subject: letter.key ?? "", time: Sample.moment, body: letter)
        #expect(try WireFormat.encode(envelope).count < 900_000)
    }
}
