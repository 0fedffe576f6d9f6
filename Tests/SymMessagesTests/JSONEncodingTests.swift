import Foundation
import SymMessages
import Testing

/// What is written is, byte for byte, what Foundation's encoder writes: readers in other languages and hashes rest on it.
@Suite struct JSONEncodingTests {
    private static func foundation(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func ours(_ value: some Encodable) throws -> String {
        String(decoding: try WireFormat.encode(value), as: UTF8.self)
    }

    private static func expectSame(_ value: some Encodable, _ comment: Comment? = nil) throws {
        guard let text = try? foundation(value) else {
            try #require(throws: MessageError.self, comment) { try ours(value) }
            return
        }
        try #require(try ours(value) == text, comment)
    }

    private static func expectSame<Body: MessageBody>(body: Body) throws {
        try expectSame(
            Envelope(id: "i/\"\\é\u{1F600}", source: "sym/test", subject: "s\n", time: Sample.moment, body: body))
    }

    @Test func everyMessageIsWrittenAsFoundationWritesIt() throws {
        for command in Sample.commands { try Self.expectSame(body: command) }
        for fact in Sample.facts {
            try Self.expectSame(body: RequestEvent(sequence: 7, state: .active, cause: "c", fact: fact))
            try Self.expectSame(body: RequestEvent(sequence: nil, state: .none, cause: "c", fact: fact))
        }
        for order in [
            Order.grant(Sample.leaseTerms), .extend(Sample.furtherTerms, extends: Sample.leaseID),
            .end(Sample.leaseTerms),
        ] { try Self.expectSame(body: order) }
        for outcome in Sample.outcomes { try Self.expectSame(body: outcome) }
        try Self.expectSame(body: Sample.leaseRecord)
        for record in Sample.directory { try Self.expectSame(body: record) }
        try Self.expectSame(
            body: ConfigRecord(
                basedOn: 4, by: .person(Sample.ana), at: Sample.moment,
                resources: .object(["b": .array([.null, .integer(.min)]), "B": .object([:]), "a/": .bool(true)])))
        try Self.expectSame(
            body: DeadLetter(reason: "r", topic: "t", partition: 3, offset: 9, key: nil, value: [0, 255]))
    }

    @Test("values of every shape, at random") func random() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("JSON: seed \(seed)")
        var random = SplitMix64(seed: seed)
        for _ in 0..<3_000 { try Self.expectSame(Anything(depth: 4, &random), "seed \(seed)") }
    }

    @Test("names in the order of their UTF-8, however they are escaped") func order() throws {
        let names = [
            "", "a", "B", "a\"", "a!", "a#", "a\\", "a\u{1}", "é", "\u{FB33}", "\u{1F600}", "\u{FFFD}", "aa", "a/",
        ]
        try Self.expectSame(Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }))
    }

    @Test("of two members with one name the later one counts, and there is one") func twice() throws {
        try Self.expectSame(Twice())
        #expect(try Self.ours(Twice()) == #"{"a":3,"b":[2]}"#)
    }

    @Test("as deep as Foundation's encoder goes, and no deeper", arguments: [1, 510, 511, 512, 600])
    func depth(depth: Int) throws {
        let nest = (1..<depth).reduce(JSONValue.array([])) { inner, level in
            level % 2 == 0 ? .array([inner]) : .object(["a": inner])
        }
        if let text = try? Self.foundation(nest) {
            #expect(try Self.ours(nest) == text)
        } else {
            #expect(throws: MessageError(field: "", reason: "cannot be written as JSON")) { try Self.ours(nest) }
        }
    }

    @Test("what it does not know is refused, not written otherwise") func refused() {
        #expect(throws: MessageError.self) { try Self.ours([1.5]) }
        #expect(throws: MessageError.self) { try Self.ours(["a": Float(1)]) }
        for shape in Odd.Shape.allCases {
            #expect(throws: MessageError.self, "\(shape)") { try Self.ours(["x": [Odd(shape: shape)]]) }
        }
    }
}

private enum Letter: String, CodingKey {
    case a, b
}

private struct Twice: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Letter.self)
        try container.encode("x", forKey: .a)
        try container.encode([2], forKey: .b)
        var again = encoder.container(keyedBy: Letter.self)
        try again.encode(3, forKey: .a)
    }
}

/// Types as we have none.
private struct Odd: Encodable {
    enum Shape: CaseIterable {
        case nestedInMember, nestedListInMember, nestedInElement, nestedListInElement
        case parent, parentOfMember, parentOfElement, listAndObject
    }

    let shape: Shape

    func encode(to encoder: any Encoder) throws {
        switch shape {
        case .nestedInMember:
            var container = encoder.container(keyedBy: Letter.self)
            var nested = container.nestedContainer(keyedBy: Letter.self, forKey: .a)
            try nested.encode(1, forKey: .b)
        case .nestedListInMember:
            var container = encoder.container(keyedBy: Letter.self)
            var nested = container.nestedUnkeyedContainer(forKey: .a)
            try nested.encode(1)
        case .nestedInElement:
            var container = encoder.unkeyedContainer()
            var nested = container.nestedContainer(keyedBy: Letter.self)
            try nested.encode(1, forKey: .b)
        case .nestedListInElement:
            var container = encoder.unkeyedContainer()
            var nested = container.nestedUnkeyedContainer()
            try nested.encode(1)
        case .parent:
            var container = encoder.container(keyedBy: Letter.self)
            try 1.encode(to: container.superEncoder())
        case .parentOfMember:
            var container = encoder.container(keyedBy: Letter.self)
            try 1.encode(to: container.superEncoder(forKey: .a))
        case .parentOfElement:
            var container = encoder.unkeyedContainer()
            try 1.encode(to: container.superEncoder())
        case .listAndObject:
            _ = encoder.unkeyedContainer()
            _ = encoder.container(keyedBy: Letter.self)
        }
    }
}

/// Whatever a type may write.
private indirect enum Anything: Encodable {
    case nothing, null
    case flag(Bool)
    case text(String)
    case number(Int64)
    case large(UInt64)
    case small(UInt8)
    case list([Anything?])
    case object([String: Anything?])
    case members(Members)
    case wrapped(Anything)

    struct Members: Encodable {
        var zulu: Anything
        var alpha: Anything?
        var mike: [String]
        var alphabet: Int
    }

    init(depth: Int, _ random: inout SplitMix64) {
        switch Int.random(in: 0..<(depth > 0 ? 11 : 7), using: &random) {
        case 0: self = .nothing
        case 1: self = .null
        case 2: self = .flag(.random(using: &random))
        case 3: self = .text(Self.text(&random))
        case 4: self = .number(.random(in: .min ... .max, using: &random))
        case 5: self = .large(.random(in: 0 ... .max, using: &random))
        case 6: self = .small(.random(in: 0 ... .max, using: &random))
        case 7: self = .list((0..<Int.random(in: 0..<4, using: &random)).map { _ in Self.maybe(depth, &random) })
        case 8:
            var members: [String: Anything?] = [:]
            for _ in 0..<Int.random(in: 0..<30, using: &random) {
                members[Self.text(&random)] = .some(Self.maybe(0, &random))
            }
            self = .object(members)
        case 9:
            self = .members(
                Members(
                    zulu: Anything(depth: depth - 1, &random), alpha: Self.maybe(depth, &random),
                    mike: [Self.text(&random)], alphabet: 1))
        default: self = .wrapped(Anything(depth: depth - 1, &random))
        }
    }

    private static func maybe(_ depth: Int, _ random: inout SplitMix64) -> Anything? {
        Bool.random(using: &random) ? Anything(depth: depth - 1, &random) : nil
    }

    private static func text(_ random: inout SplitMix64) -> String {
        let scalars: [ClosedRange<UInt32>] = [0...0x7F, 0x61...0x63, 0x80...0x7FF, 0xE000...0xFFFF, 0x1F600...0x1F610]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<20, using: &random) {
            let range = scalars.randomElement(using: &random) ?? 0...0x7F
            text.append(contentsOf: Unicode.Scalar(UInt32.random(in: range, using: &random)).map { [$0] } ?? [])
        }
        return String(text)
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .nothing: break
        case .null: try Bool?.none.encode(to: encoder)
        case .flag(let flag): try flag.encode(to: encoder)
        case .text(let text): try text.encode(to: encoder)
        case .number(let number): try number.encode(to: encoder)
        case .large(let number): try number.encode(to: encoder)
        case .small(let number): try number.encode(to: encoder)
        case .list(let list): try list.encode(to: encoder)
        case .object(let object): try object.encode(to: encoder)
        case .members(let members): try members.encode(to: encoder)
        case .wrapped(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        }
    }
}
