import HuJSON
import Testing

@Suite("The decoder and hostile inputs")
struct DecoderHostileTests {
    /// Arrays in arrays, as deep as they go.
    private struct Nest: Decodable {
        var depth: Int

        init(from decoder: any Decoder) throws {
            var elements = try decoder.unkeyedContainer()
            depth = elements.isAtEnd ? 1 : try elements.decode(Nest.self).depth + 1
        }
    }

    private func brackets(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    @Test("depth is capped, for what is decoded only")
    func depth() throws {
        #expect(try HuJSONDecoder().decode(Nest.self, from: brackets(513)).depth == 513)
        let error = #expect(throws: DecodingError.self) {
            try HuJSONDecoder().decode(Nest.self, from: brackets(514))
        }
        #expect(error?.reason == "line 1, column 514: the values are nested too deeply to be decoded")
        #expect(error?.path.count == 513)
        var shallow = HuJSONDecoder()
        shallow.depthLimit = 1
        #expect(try shallow.decode(Nest.self, from: "[[]]").depth == 2)
        #expect(throws: DecodingError.self) { try shallow.decode(Nest.self, from: "[[[]]]") }
        struct Shallow: Decodable { var a: Int }
        #expect(try HuJSONDecoder().decode(Shallow.self, from: "{\"x\": \(brackets(9_000)), \"a\": 1}").a == 1)
        #expect(throws: DecodingError.self) {
            try HuJSONDecoder().decode(Nest.self, from: String(repeating: "[", count: 1_000_000))
        }
    }

    @Test("many elements, many members, many numbers and failures: the time grows with the text")
    func linear() throws {
        let elements = "[" + repeatElement("1", count: 100_000).joined(separator: ",\n") + "]"
        #expect(try HuJSONDecoder().decode([Int].self, from: elements).count == 100_000)

        let members = "{" + (0..<50_000).map { "\"k\($0)\": \($0)" }.joined(separator: ",\n") + "}"
        let map = try HuJSONDecoder().decode([String: Int].self, from: members)
        #expect(map.count == 50_000)
        #expect(map["k49999"] == 49_999)

        let tried = try HuJSONDecoder().decode([Anything].self, from: elements)
        #expect(tried.count == 100_000)
        #expect(tried.last == .number(1))

        let deep = "[" + repeatElement(brackets(500), count: 100).joined(separator: ",") + "]"
        #expect(try HuJSONDecoder().decode([Nest].self, from: deep).allSatisfy { $0.depth == 500 })
    }

    @Test("a number of a million digits")
    func longNumbers() throws {
        let digits = String(repeating: "7", count: 1_000_000)
        #expect(throws: DecodingError.self) { try HuJSONDecoder().decode(Int.self, from: digits) }
        #expect(throws: DecodingError.self) { try HuJSONDecoder().decode(Double.self, from: digits) }
        #expect(throws: DecodingError.self) { try HuJSONDecoder().decode(Int.self, from: "0." + digits) }
        #expect(try HuJSONDecoder().decode(Double.self, from: "0." + digits) == 7.0 / 9)
        #expect(throws: DecodingError.self) { try HuJSONDecoder().decode(Int.self, from: digits + "e-1000000") }
        let zeros = String(repeating: "0", count: 1_000_000)
        #expect(try HuJSONDecoder().decode(Int.self, from: "12" + zeros + "e-1000000") == 12)
        #expect(try HuJSONDecoder().decode(Int.self, from: "0." + zeros + "5e1000001") == 5)
    }

    @Test("random documents decode to what they say", arguments: 0..<4)
    func random(batch: UInt64) throws {
        for seed in batch * 500 + 1...(batch + 1) * 500 {
            var text = RandomText(seed: seed)
            let document = try HuJSONDocument(text: text.document())
            // Random documents have duplicate names, too; of those the last counts in what they are compared with.
            var decoder = HuJSONDecoder()
            decoder.duplicateNames = .last
            #expect(try document.decode(Anything.self, with: decoder) == Anything(document.model), "seed \(seed)")
            for member in document.members(of: document.root) {
                let value = try document.decode(Anything.self, at: member.value, with: decoder)
                #expect(value == Anything(Model(member.value, of: document)), "seed \(seed)")
            }
        }
    }

    @Test("random bytes are decoded or refused, and never crash", arguments: 0..<4)
    func randomBytes(batch: UInt64) {
        let alphabet = Array("[]{}\",:/*\\u0 \n1e-tf".utf8) + [0xFF, 0xC3, 0x00]
        for seed in batch * 5_000 + 1...(batch + 1) * 5_000 {
            var random = SeededGenerator(seed: seed)
            let text = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let isDocument = (try? HuJSONDocument(text)) != nil
            var decoder = HuJSONDecoder()
            decoder.duplicateNames = .last
            let value = try? decoder.decode(Anything.self, from: text)
            #expect((value != nil) == isDocument, "seed \(seed)")
        }
    }
}

/// Any value, found by trying, as such types do.
private indirect enum Anything: Decodable, Equatable {
    case null, bool(Bool), number(Double), string(String), array([Anything]), object([String: Anything])

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let value = try? single.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? single.decode(String.self) {
            self = .string(value)
        } else if let value = try? single.decode(Double.self) {
            self = .number(value)
        } else if let value = try? single.decode([Anything].self) {
            self = .array(value)
        } else {
            self = .object(try single.decode([String: Anything].self))
        }
    }

    init(_ model: Model) {
        switch model {
        case .object(let members):
            self = .object(Dictionary(members.map { ($0.name, Anything($0.value)) }) { $1 })
        case .array(let elements): self = .array(elements.map { Anything($0) })
        case .string(let text): self = .string(text)
        case .other("null"): self = .null
        case .other("true"): self = .bool(true)
        case .other("false"): self = .bool(false)
        case .other(let number): self = .number(Double(number) ?? .nan)
        }
    }
}
