import HuJSON
import Testing

@Suite("HuJSON decodes to Swift values")
struct DecoderTests {
    private struct Policy: Decodable, Equatable {
        struct Rule: Decodable, Equatable {
            enum Action: String, Decodable { case accept, check }

            var action: Action
            var src: [String]
            var weight: Double?
            var note: String?
        }

        var groups: [String: [String]]
        var acls: [Rule]
        var limits: [Int: UInt8]
        var isStrict: Bool
    }

    @Test("a policy, comments ignored")
    func policy() throws {
        let text = """
            // The whole policy.
            {
                /* who */ "groups": { "group:a": ["ana\\u0040example.com", /* no */ "ben@example.com",], "group:b": [] },
                "acls": [
                    { "action": "accept", "src": ["*"], "weight": 1.5e-1, }, // first
                    { "action": "check", "src": [], "weight": null, "note": "// no comment" },
                ],
                "limits": { "1": 255, "-2": 0 },
                "isStrict": true, "unknown": [[{}]],
            }

            """
        let policy = try HuJSONDecoder().decode(Policy.self, from: text)
        #expect(
            policy
                == Policy(
                    groups: ["group:a": ["ana@example.com", "ben@example.com"], "group:b": []],
                    acls: [
                        .init(action: .accept, src: ["*"], weight: 0.15),
                        .init(action: .check, src: [], note: "// no comment"),
                    ],
                    limits: [1: 255, -2: 0], isStrict: true))
    }

    @Test("a part of a document")
    func part() throws {
        let document = try HuJSONDocument(text: "{\"a\": [1, /* two */ 2], \"b\": \"x\"}")
        let a = try #require(document.value(at: "a"))
        #expect(try document.decode([Int].self, at: a) == [1, 2])
        #expect(try HuJSONDecoder().decode(String.self, from: document, at: document.value(at: "b")) == "x")
    }

    @Test("a value of another document is refused")
    func foreign() throws {
        let long = try HuJSONDocument(text: "[\"abcdefgh\", [1, 2, 3]]")
        for text in ["[]", "[[[[1,2,3,4,5,6,7,8,9]]]]", "[\"abcdefgh, [1, 2, 3]\"]"] {
            let other = try HuJSONDocument(text: text)
            for value in long.elements(of: long.root) {
                let error = #expect(throws: DecodingError.self) { try other.decode([Int].self, at: value) }
                #expect(error?.reason == "the value is not one of this document")
            }
        }
    }

    @Test("integers are exact, however they are spelled")
    func integers() throws {
        #expect(try decode(Int8.self, "-128") == .min)
        #expect(try decode(Int8.self, "127") == .max)
        #expect(try decode(UInt8.self, "25.50e1") == 255)
        #expect(try decode(Int16.self, "-3.2768E4") == .min)
        #expect(try decode(UInt16.self, "65535.000") == .max)
        #expect(try decode(Int32.self, "-2147483648") == .min)
        #expect(try decode(UInt32.self, "4294967295") == .max)
        #expect(try decode(Int64.self, "-9223372036854775808") == .min)
        #expect(try decode(Int.self, "9223372036854775807") == .max)
        #expect(try decode(UInt64.self, "18446744073709551615") == .max)
        #expect(try decode(UInt.self, "18446744073709551615") == .max)
        #expect(try decode(Int128.self, "-170141183460469231731687303715884105728") == .min)
        #expect(try decode(UInt128.self, "340282366920938463463374607431768211455") == .max)
        #expect(try decode(Int.self, "9007199254740993") == 9_007_199_254_740_993)
        #expect(try decode(Int.self, "9007199254740993000e-3") == 9_007_199_254_740_993)
        #expect(try decode(Int.self, "1e3") == 1000)
        #expect(try decode(Int.self, "1.0") == 1)
        #expect(try decode(Int.self, "-0.0e-99999999999999999999") == 0)
        #expect(try decode(UInt.self, "-0") == 0)
    }

    @Test(
        "integers that do not fit are refused",
        arguments: [
            "-129", "128", "1e3", "1.5", "1e-1", "0.00001", "1e400", "-1e400", "1e-400", "1e99999999999999999999",
            "1e-99999999999999999999", "123456789012345678901234567890", "12.75e1", "0.1e2147483648",
        ])
    func refusedIntegers(_ literal: String) {
        let error = #expect(throws: DecodingError.self) { try decode(Int8.self, literal) }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.debugDescription.hasPrefix("line 1, column 1: this number "))
    }

    @Test("unsigned types have no negative values")
    func unsigned() {
        #expect(throws: DecodingError.self) { try decode(UInt8.self, "-1") }
        #expect(throws: DecodingError.self) { try decode(UInt128.self, "-1") }
        #expect(throws: DecodingError.self) { try decode(UInt8.self, "256") }
        #expect(throws: DecodingError.self) { try decode(UInt64.self, "18446744073709551616") }
        #expect(throws: DecodingError.self) { try decode(Int64.self, "-9223372036854775809") }
    }

    @Test("binary floating point is the nearest, and never infinite")
    func floatingPoint() throws {
        #expect(try decode(Double.self, "0.1") == 0.1)
        #expect(try decode(Double.self, "1.7976931348623157e308") == .greatestFiniteMagnitude)
        #expect(try decode(Float.self, "16777217") == 16_777_216)
        #expect(try decode(Double.self, "1e-400") == 0)
        #expect(try decode(Double.self, "-0").sign == .minus)
        #expect(throws: DecodingError.self) { try decode(Double.self, "1e400") }
        #expect(throws: DecodingError.self) { try decode(Double.self, "-1e400") }
        #expect(throws: DecodingError.self) { try decode(Float.self, "1e39") }
        for word in ["NaN", "Infinity", "-Infinity", "nan", "inf"] {
            #expect(throws: DecodingError.self) { try decode(Double.self, word) }
            #expect(throws: DecodingError.self) { try decode(Double.self, "\"\(word)\"") }
        }
    }

    @Test("strings that are no Unicode")
    func strings() throws {
        #expect(try decode(String.self, #""\ud800""#) == "\u{FFFD}")
        #expect(try HuJSONDecoder().decode(String.self, from: [0x22, 0xFF, 0x22]) == "\u{FFFD}")
        #expect(try decode([String].self, #"["\ud83d\ude00", "\u0000"]"#) == ["😀", "\0"])
    }

    @Test("nothing and optionals")
    func optionals() throws {
        #expect(try decode(Int?.self, "null") == nil)
        #expect(try decode([Int?].self, "[1, null, 2]") == [1, nil, 2])
        let map = ["a": Bool?.none, "b": true]
        #expect(try decode([String: Bool?].self, "{\"a\": null, \"b\": true}") == map)
        let error = #expect(throws: DecodingError.self) { try decode([Int].self, "[1, null]") }
        guard case .valueNotFound(_, let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.debugDescription == "line 1, column 5: a value is expected here, not null")
    }

    /// Goes through every kind of container by hand.
    private struct Containers: Decodable {
        enum Keys: String, CodingKey { case list, object, base }

        var list: [String] = []
        var object: Int
        var base: Bool
        var keys: [String]

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Keys.self)
            keys = values.allKeys.map(\.stringValue)
            var list = try values.nestedUnkeyedContainer(forKey: .list)
            self.list.append("\(list.count ?? -1)")
            #expect(try list.decodeNil() == false)
            #expect(throws: DecodingError.self) { try list.decode(Bool.self) }
            #expect(list.currentIndex == 0)
            self.list.append(try list.decode(String.self))
            #expect(try list.decodeNil())
            var inner = try list.nestedUnkeyedContainer()
            self.list.append("\(try inner.decode(Int.self))")
            let keyed = try list.nestedContainer(keyedBy: Keys.self)
            self.list.append("\(try keyed.decode(Int.self, forKey: .object))")
            self.list.append(try list.superDecoder().singleValueContainer().decode(String.self))
            #expect(list.isAtEnd)
            let end = #expect(throws: DecodingError.self) { try list.decode(String.self) }
            #expect(end?.path == ["list", "Index 5"])
            #expect(throws: DecodingError.self) { try list.decodeNil() }

            let object = try values.nestedContainer(keyedBy: Keys.self, forKey: .object)
            self.object = try object.decode(Int.self, forKey: .object)
            #expect(object.codingPath.map(\.stringValue) == ["object"])
            base = try values.superDecoder(forKey: .base).singleValueContainer().decode(Bool.self)
            #expect(try values.superDecoder().container(keyedBy: Keys.self).allKeys.isEmpty)
            #expect(throws: DecodingError.self) { try object.superDecoder() }
            #expect(try decoder.container(keyedBy: Keys.self).contains(.list))
            #expect(throws: DecodingError.self) { try decoder.unkeyedContainer() }
        }
    }

    @Test("nested and super containers")
    func containers() throws {
        let text = #"""
            {"x": 0, "list": ["a", null, [1], {"object": 2}, "s"], "object": {"object": 3}, "base": true, "super": {}}
            """#
        let value = try decode(Containers.self, text)
        #expect(value.list == ["5", "a", "1", "2", "s"])
        #expect(value.object == 3)
        #expect(value.base)
        #expect(value.keys == ["list", "object", "base"])
    }

    private class Base: Decodable {
        let id: Int
    }

    private final class Derived: Base {
        enum Keys: CodingKey { case name }
        let name: String

        required init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Keys.self)
            name = try values.decode(String.self, forKey: .name)
            try super.init(from: values.superDecoder())
        }
    }

    private enum Shape: Decodable, Equatable {
        case circle(radius: Int)
        case none
    }

    @Test("classes with a base, enums with values")
    func synthesised() throws {
        let derived = try decode(Derived.self, "{\"name\": \"n\", \"super\": {\"id\": 7}}")
        #expect(derived.id == 7)
        #expect(
            try decode([Shape].self, "[{\"circle\": {\"radius\": 2}}, {\"none\": {}}]") == [.circle(radius: 2), .none])
    }

    private func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try HuJSONDecoder().decode(type, from: text)
    }
}

extension DecodingError {
    var context: Context {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            context
        @unknown default: Context(codingPath: [], debugDescription: "unknown")
        }
    }

    var reason: String { context.debugDescription }
    var path: [String] { context.codingPath.map(\.stringValue) }
}
