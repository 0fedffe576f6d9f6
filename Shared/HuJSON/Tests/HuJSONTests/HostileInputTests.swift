import HuJSON
import Testing

@Suite("Hostile inputs are answered in bounded time and memory")
struct HostileInputTests {
    @Test("a million brackets", arguments: ["[", "{\"a\":"])
    func depth(_ opener: String) {
        let text = [UInt8](repeating: opener, count: 1_000_000)
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

    /// Ten times as much is read by `hujson-bench`, which also looks at the memory.
    @Test("a very long string, number, comment")
    func longTokens() throws {
        let long = [UInt8](repeating: UInt8(ascii: "7"), count: 5_000_000)
        #expect(throws: Never.self) { try HuJSONDocument([0x22] + long + [0x22]) }
        #expect(throws: HuJSONError.self) { try HuJSONDocument([0x22] + long) }
        #expect(throws: Never.self) { try HuJSONDocument(Array("/*".utf8) + long + Array("*/1".utf8)) }
        #expect(throws: HuJSONError.self) { try HuJSONDocument(Array("1/*".utf8) + long + Array("*".utf8)) }
        #expect(throws: Never.self) { try HuJSONDocument(Array(long.prefix(500_000))) }
    }

    @Test("much that is not UTF-8, and surrogates without a partner")
    func longOddStrings() throws {
        let bytes = try HuJSONDocument([0x22] + [UInt8](repeating: 0xFF, count: 5_000_000) + [0x22])
        #expect(bytes.firstByteThatIsNotUTF8 == 1)
        let surrogates = [UInt8](repeating: #"\ud800"#, count: 100_000)
        let document = try HuJSONDocument([0x22] + surrogates + [0x22])
        #expect(document.firstByteThatIsNotUTF8 == nil)
        #expect(document.string(document.root)?.unicodeScalars.count == 100_000)
    }

    @Test("many stars that do not end a comment, and a comment in every place")
    func manyComments() throws {
        let stars = Array("/*".utf8) + [UInt8](repeating: UInt8(ascii: "*"), count: 200_000)
        #expect(throws: HuJSONError.self) { try HuJSONDocument(stars) }
        #expect(throws: Never.self) { try HuJSONDocument(stars + Array("/1".utf8)) }
        let many = Array("[".utf8) + [UInt8](repeating: "/**/1//\n,", count: 30_000)
        let document = try HuJSONDocument(many + Array("]".utf8))
        #expect(document.elements(of: document.root).count == 30_000)
    }

    @Test("fifty thousand elements, members, containers")
    func manyParts() throws {
        for (part, opener, closer) in [("0,", "[", "]"), ("\"a\":{},", "{", "}"), ("[[]],", "[", "]")] {
            let text = Array(opener.utf8) + [UInt8](repeating: part, count: 50_000)
            let document = try HuJSONDocument(text + Array(closer.utf8))
            #expect(document.elements(of: document.root).count + document.members(of: document.root).count == 50_000)
            #expect(throws: HuJSONError.self) { try HuJSONDocument(text) }
        }
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

extension [UInt8] {
    /// Made by doubling: a million pieces one by one take a debug build ten seconds.
    fileprivate init(repeating part: String, count: Int) {
        self = Array(part.utf8)
        let size = self.count * count
        reserveCapacity(size)
        while self.count < size { append(contentsOf: self[..<Swift.min(self.count, size - self.count)]) }
    }
}
