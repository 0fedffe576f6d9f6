import HuJSON
import Testing

@Suite("Hostile inputs are answered in bounded time and memory")
struct HostileInputTests {
    @Test("a million brackets", arguments: ["[", "{\"a\":"])
    func depth(_ opener: String) {
        let text = Array(repeatElement(Array(opener.utf8), count: 1_000_000).joined())
        let error = #expect(throws: HuJSONError.self) { try HuJSONDocument(text) }
        #expect(error?.reason == .tooDeep)
    }

    @Test("the depth limit is exact")
    func depthLimit() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(repeatElement(UInt8(ascii: "["), count: depth))
                + Array(repeatElement(UInt8(ascii: "]"), count: depth))
        }
        #expect(throws: Never.self) { try HuJSONDocument(nested(10_000)) }
        #expect(throws: HuJSONError.self) { try HuJSONDocument(nested(10_001)) }
        #expect(throws: HuJSONError.self) { try HuJSONDocument(nested(4), depthLimit: 3) }
    }

    @Test("a very long string, number, comment")
    func longTokens() throws {
        let long = [UInt8](repeating: UInt8(ascii: "7"), count: 4_000_000)
        #expect(throws: Never.self) { try HuJSONDocument([0x22] + long + [0x22]) }
        #expect(throws: HuJSONError.self) { try HuJSONDocument([0x22] + long) }
        #expect(throws: Never.self) { try HuJSONDocument(long) }
        #expect(throws: Never.self) { try HuJSONDocument(Array("/*".utf8) + long + Array("*/1".utf8)) }
        #expect(throws: HuJSONError.self) { try HuJSONDocument(Array("1/*".utf8) + long + Array("*".utf8)) }
    }

    @Test("random bytes never crash, and what is accepted is kept")
    func randomBytes() throws {
        let alphabet = Array("[]{}\",:/*\\u0 \n1e-tf".utf8) + [0xFF, 0xC3, 0x00]
        for seed in UInt64(1)...20_000 {
            var random = SeededGenerator(seed: seed)
            let text = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            guard let document = try? HuJSONDocument(text) else { continue }
            #expect(document.bytes == text, "seed \(seed)")
            _ = document.model
        }
    }

    @Test("values of another document give nothing")
    func foreignValues() throws {
        let long = try HuJSONDocument(text: "[[1, 2, 3], [4]]")
        let short = try HuJSONDocument(text: "[]")
        let other = try HuJSONDocument(text: "{\"a\": \"bbbbbbbbb\"}")
        let inner = long.elements(of: long.root)[0]
        #expect(short.elements(of: inner).isEmpty)
        #expect(other.elements(of: inner).isEmpty)
        #expect(short.string(inner) == nil)
        #expect(throws: HuJSONEditError.notAnArray) { try short.edited([.init(array: inner, appending: ["x"])]) }
    }
}
