import HuJSON
import Testing

@Suite("Reading in one pass finds what reading the plain way finds")
struct ReaderProperties {
    /// Each batch is one test, so a failure names the seed and batches run side by side.
    @Test(arguments: 0..<8)
    func hold(batch: UInt64) {
        for seed in batch * 500 + 1...(batch + 1) * 500 {
            var writer = RandomText(seed: seed)
            let text = Array(writer.document().utf8)
            var random = SeededGenerator(seed: seed)
            check(text, "seed \(seed)")
            check(mutated(text, &random), "seed \(seed), mutated")
        }
    }

    @Test("strings and comments of every length around what is looked at in one step")
    func lengths() {
        // Whole characters and torn ones, what ends a string or a comment, and the neighbours of both.
        let parts: [[UInt8]] = [
            [], [0xC3, 0xA9], [0xFF], [0x80], [0x5C, 0x22], [0x5C], [0x22], [0x0A], [0x2A], [0x2F], [0x00], [0x1F],
            [0x20], [0x21], [0x23], [0x7F],
        ]
        for length in 0...70 {
            let plain = [UInt8](repeating: UInt8(ascii: "x"), count: length)
            for part in parts {
                let content = plain + part
                check([0x5B, 0x22] + content + [0x22, 0x2C, 0x31, 0x5D], "string of \(length) and \(part)")
                check([0x2F, 0x2A] + content + [0x2A, 0x2F, 0x31], "block comment of \(length) and \(part)")
                check([0x31, 0x2F, 0x2F] + content + [0x0A], "line comment of \(length) and \(part)")
                check([0x7B, 0x22] + content + content + [0x22, 0x3A, 0x31, 0x7D], "name of \(length) and \(part)")
                check(
                    [0x5B] + [UInt8](repeating: 0x20, count: length) + part + [0x31, 0x5D], "\(length) spaces, \(part)")
            }
        }
    }

    private func check(_ text: [UInt8], _ context: Comment) {
        guard let expected = NaiveReader.read(text) else {
            #expect(throws: HuJSONError.self, context) { try HuJSONDocument(text) }
            return
        }
        let notUTF8 = NaiveReader.firstByteThatIsNotUTF8(in: text)
        for indexDepth in 0...4 {
            do {
                let document = try HuJSONDocument(text, indexDepth: indexDepth)
                #expect(naive(document.root, of: document) == expected, context)
                #expect(document.firstByteThatIsNotUTF8 == notUTF8, context)
            } catch {
                Issue.record("refused: \(error), \(context)")
            }
        }
    }

    private func naive(_ value: HuJSONValue, of document: HuJSONDocument) -> NaiveReader.Value {
        switch value.kind {
        case .object:
            .object(
                value.range,
                document.members(of: value).map { .init(name: $0.nameRange, value: naive($0.value, of: document)) })
        case .array: .array(value.range, document.elements(of: value).map { naive($0, of: document) })
        default: .scalar(value.range)
        }
    }

    /// Bytes changed, doubled or taken out, few enough that some of it stays HuJSON.
    private func mutated(_ text: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        let bytes = Array("[]{}\",:/*\\u0 \n1e-.t".utf8) + [0xFF, 0xC3, 0xA9, 0x80, 0x00]
        var text = text
        for _ in 0..<Int.random(in: 1...2, using: &random) where !text.isEmpty {
            let place = Int.random(in: 0..<text.count, using: &random)
            let byte = bytes[Int.random(in: 0..<bytes.count, using: &random)]
            switch Int.random(in: 0...3, using: &random) {
            case 0: text[place] = byte
            case 1: text.insert(byte, at: place)
            case 2: text.remove(at: place)
            default: text.insert(contentsOf: text[place..<min(text.count, place + 9)], at: place)
            }
        }
        return text
    }
}
