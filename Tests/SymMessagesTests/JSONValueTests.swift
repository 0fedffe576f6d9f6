import SymMessages
import Testing

@Suite struct JSONValueTests {
    /// The order of keys is that of RFC 8785 §3.2.3: by UTF-16 code units, not by code points.
    @Test func canonicalFormIsThatOfRFC8785() throws {
        let value = JSONValue.object([
            "\u{FB33}": .string("dalet"), "\u{1F600}": .string("smile"), "1": .array([.null, .bool(true)]),
            "\u{80}": .integer(-7), "\r": .string("\u{8}\t\n\u{C}\r\"\\/\u{1}\u{7F}é"),
        ])
        #expect(
            String(decoding: value.canonical, as: UTF8.self)
                == "{\"\\r\":\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0001\u{7F}é\",\"1\":[null,true],\"\u{80}\":-7,"
                + "\"\u{1F600}\":\"smile\",\"\u{FB33}\":\"dalet\"}")
        #expect(try WireFormat.decode(JSONValue.self, from: value.canonical) == value)
    }

    /// Computed with `printf '{}' | sha256sum`.
    @Test func hashIsThatOfTheCanonicalForm() {
        #expect(JSONValue.object([:]).sha256 == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
    }

    /// Beyond the Basic Multilingual Plane the order is not that of UTF-8, which messages have.
    @Test func hashesAndMessagesOrderNamesDifferently() throws {
        let value = JSONValue.object(["\u{FB33}": .null, "\u{1F600}": .null])
        #expect(String(decoding: value.canonical, as: UTF8.self) == "{\"\u{1F600}\":null,\"\u{FB33}\":null}")
        #expect(
            String(decoding: try WireFormat.encode(value), as: UTF8.self)
                == "{\"\u{FB33}\":null,\"\u{1F600}\":null}")
    }

    @Test func aFractionIsRefused() {
        #expect(throws: MessageError.self) { try WireFormat.decode(JSONValue.self, from: Array("[1.5]".utf8)) }
    }
}
