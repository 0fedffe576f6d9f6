import HuJSON
import Testing

@Suite("The decoder's options and errors")
struct DecoderOptionTests {
    private struct Person: Decodable, Equatable {
        var firstName: String
        var isAdmin: Bool?
    }

    @Test("snake case")
    func snakeCase() throws {
        var decoder = HuJSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let text = #"{"first_name": "Ana", "IS_ADMIN": true}"#
        #expect(try decoder.decode(Person.self, from: text) == Person(firstName: "Ana", isAdmin: true))
        #expect(throws: DecodingError.self) { try HuJSONDecoder().decode(Person.self, from: text) }
        // The names in a dictionary are data.
        #expect(try decoder.decode([String: Int].self, from: #"{"first_name": 1}"#) == ["first_name": 1])
        #expect(try decoder.decode(Names.self, from: #"{"a_b": 1}"#).names == ["aB"])
    }

    @Test(arguments: [
        ("one_two_three", "oneTwoThree"), ("oneTwo", "oneTwo"), ("_one_two_", "_oneTwo_"), ("__one", "__one"),
        ("_", "_"),
        ("", ""), ("___", "___"), ("ONE_TWO", "oneTwo"), ("one__two", "oneTwo"), ("One", "One"), ("a_1", "a1"),
        ("é_é", "éÉ"),
    ])
    func snakeCase(_ name: String, becomes expected: String) throws {
        var decoder = HuJSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        #expect(try decoder.decode(Names.self, from: "{\"\(name)\": 1}").names == [expected])
    }

    /// The names of an object as a keyed container has them.
    private struct Names: Decodable {
        struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        var names: [String]
        var values: [Int]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            names = container.allKeys.map(\.stringValue)
            values = try container.allKeys.map { try container.decode(Int.self, forKey: $0) }
        }
    }

    private static let duplicates = "{\"a\": 1,\n \"b\": 2, \"\\u0061\": 3}"

    @Test("duplicate names are refused, with their place")
    func duplicatesRefused() {
        for decode: (HuJSONDecoder) throws -> Void in [
            { _ = try $0.decode(Names.self, from: Self.duplicates) },
            { _ = try $0.decode([String: Int].self, from: Self.duplicates) },
        ] {
            let error = #expect(throws: DecodingError.self) { try decode(HuJSONDecoder()) }
            #expect(error?.path == ["a"])
            #expect(error?.reason == "line 2, column 10: a member of this name stands further up in the object")
        }
    }

    @Test("of duplicate names the first or the last can be taken")
    func duplicatesTaken() throws {
        var decoder = HuJSONDecoder()
        decoder.duplicateNames = .first
        #expect(try decoder.decode([String: Int].self, from: Self.duplicates) == ["a": 1, "b": 2])
        #expect(try decoder.decode(Names.self, from: Self.duplicates).values == [1, 2])
        decoder.duplicateNames = .last
        #expect(try decoder.decode([String: Int].self, from: Self.duplicates) == ["a": 3, "b": 2])
        #expect(try decoder.decode(Names.self, from: Self.duplicates).values == [3, 2])
    }

    @Test("names in any case")
    func anyCase() throws {
        var decoder = HuJSONDecoder()
        decoder.matchesNamesInAnyCase = true
        // The long s and the Kelvin sign are s and k in Go's eyes as well.
        for text in ["{\"FIRSTNAME\": \"a\"}", "{\"firstname\": \"a\"}", "{\"fir\u{17F}tName\": \"a\"}"] {
            #expect(try decoder.decode(Person.self, from: text).firstName == "a")
            #expect(throws: DecodingError.self) { try HuJSONDecoder().decode(Person.self, from: text) }
        }
        let two = "{\"firstName\": \"a\", \"Firstname\": \"b\"}"
        #expect(throws: DecodingError.self) { try decoder.decode(Person.self, from: two) }
        #expect(try HuJSONDecoder().decode(Person.self, from: two).firstName == "a")
        decoder.duplicateNames = .last
        #expect(try decoder.decode(Person.self, from: two).firstName == "b")
        #expect(try decoder.decode([String: Int].self, from: "{\"a\": 1, \"A\": 2}") == ["a": 1, "A": 2])
        #expect(try decoder.decode(Names.self, from: "{\"Ab\": 1}").names == ["Ab"])
    }

    @Test("errors have the path, line and column, and nothing of the text")
    func errors() throws {
        let text = """
            // c
            {"people": [
              {"firstName": "Ana"},
              {"firstName": "secret", "isAdmin": "secret"}]}
            """
        let mismatch = #expect(throws: DecodingError.self) {
            try HuJSONDecoder().decode([String: [Person]].self, from: text)
        }
        #expect(mismatch?.path == ["people", "Index 1", "isAdmin"])
        #expect(mismatch?.reason == "line 4, column 38: this is a string, from which the type cannot be decoded")
        #expect(mismatch?.context.codingPath[1].intValue == 1)

        let missing = #expect(throws: DecodingError.self) {
            try HuJSONDecoder().decode([Person].self, from: "[\n{\"secret\": 1}]")
        }
        guard case .keyNotFound(let key, let context) = missing else {
            Issue.record("\(String(describing: missing))")
            return
        }
        #expect(key.stringValue == "firstName")
        #expect(context.codingPath.map(\.stringValue) == ["Index 0"])
        #expect(context.debugDescription == "line 2, column 1: the object that starts here lacks a member")

        let broken = #expect(throws: DecodingError.self) { try HuJSONDecoder().decode(Int.self, from: "{\"secret\"}") }
        #expect(broken?.reason == "line 1, column 10: a colon is expected after the name")
        #expect((broken?.context.underlyingError as? HuJSONError)?.reason == .missingColon)
    }

    private struct Told: Decodable {
        static let key = CodingUserInfoKey(rawValue: "told")
        var said: String?

        init(from decoder: any Decoder) throws {
            said = Self.key.flatMap { decoder.userInfo[$0] } as? String
        }
    }

    @Test("what the user says reaches the types")
    func userInfo() throws {
        var decoder = HuJSONDecoder()
        decoder.userInfo[try #require(Told.key)] = "hello"
        #expect(try decoder.decode([Told].self, from: "[1]").first?.said == "hello")
    }
}
