import Crypto
import SymMessages
import Testing

@testable import Intake

@Suite("P10 secrets stay put: bearer tokens")
struct BearerTokensTests {
    static func hash(_ token: String) -> String {
        SHA256.hash(data: Array(token.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    @Test("a token is known by its hash; comments, blank lines and capitals are allowed")
    func known() throws {
        let tokens = try BearerTokens(
            parsing: """
                # people
                \(Self.hash("ana-token")) person:Ana@Example.com

                \(Self.hash("pager-token").uppercased())  bot:pager\r
                """)
        #expect(tokens.caller(of: "ana-token") == Sample.ana)
        #expect(tokens.caller(of: "pager-token") == Sample.pager)
        #expect(tokens.caller(of: "ana-token ") == nil)
        #expect(tokens.caller(of: "") == nil)
        #expect(tokens.caller(of: Self.hash("ana-token")) == nil, "the hash is not the token")
    }

    @Test(
        "an error names the line and nothing that stands in it",
        arguments: [
            "ana-secret-token person:ana@example.com", "\(hash("x")) ana@example.com", "\(hash("x"))",
            "\(hash("x")) person:ana@example.com extra", "\(hash("x").dropLast()) person:ana@example.com",
            "\(hash("ok")) person:ben@example.com",
        ])
    func errors(line: String) throws {
        let text = "\(Self.hash("ok")) person:ana@example.com\n\(line)\n"
        let error = try #require(throws: BearerTokens.FileError.self) { try BearerTokens(parsing: text) }
        #expect(error.line == 2)
        for word in line.split(separator: " ") where !word.hasPrefix("person:") {
            #expect(!error.description.contains(word))
        }
    }
}
