import Testing

@testable import TailscaleAPI

@Suite("Access tokens: what the service says")
struct TokenAnswerTests {
    @Test(
        "how long a token lives",
        arguments: [
            (#""expires_in": 3600"#, 3600), (#""expires_in": "1800""#, 1800), (#""expires_in": 59.9"#, 59),
            (#""scope": "a""#, 300), (#""expires_in": null"#, 300), (#""expires_in": 1e300"#, 86_400),
            (#""expires_in": 99999999999999999999"#, 86_400),
        ])
    func lifetime(member: String, seconds: Int) throws {
        let body = #"{"access_token": "abc", "token_type": "bearer", \#(member)}"#
        let token = try TokenAnswer.token(in: Array(body.utf8))
        #expect(token.lifetime == .seconds(seconds) && token.token == AccessToken("abc"))
    }

    @Test(
        "what is no answer",
        arguments: [
            "", "<html>", "[]", "{}", #"{"access_token": 5, "token_type": "Bearer"}"#,
            #"{"access_token": "", "token_type": "Bearer"}"#, #"{"access_token": "s3cr\net", "token_type": "Bearer"}"#,
            #"{"access_token": "s3cret"}"#, #"{"access_token": "s3cret", "token_type": "mac"}"#,
            #"{"access_token": "s3cret", "token_type": "Bearer", "expires_in": 0}"#,
            #"{"access_token": "s3cret", "token_type": "Bearer", "expires_in": -3600}"#,
            #"{"access_token": "s3cret", "token_type": "Bearer", "expires_in": "soon"}"#,
            #"{"access_token": "s3cret", "token_type": "Bearer", "expires_in": {}}"#,
            String(repeating: "[", count: 60_000),
        ])
    func malformed(body: String) {
        let problem = #expect(throws: TokenAnswer.Problem.self) { try TokenAnswer.token(in: Array(body.utf8)) }
        guard case .malformed(let text)? = problem else {
            Issue.record("\(String(describing: problem))")
            return
        }
        #expect(!text.contains("s3cr"))
    }

    @Test("an error with status 200")
    func errorInDisguise() {
        #expect(throws: TokenAnswer.Problem.refused(said: "invalid_client")) {
            try TokenAnswer.token(in: Array(#"{"error": "invalid_client"}"#.utf8))
        }
    }

    @Test("a signed token: its end is known, and what is none is not taken for one")
    func webToken() {
        #expect(WebToken(signedToken(#"{"exp": 1700000000}"#))?.expires == 1_700_000_000)
        #expect(WebToken(signedToken(#"{"exp": 1700000000.7, "sub": "x"}"#) + "\n")?.expires == 1_700_000_000)
        #expect(WebToken(signedToken(#"{"sub": "x"}"#)).map { $0.expires } == .some(nil))
        #expect(WebToken(signedToken(#"{"exp": 1e300}"#)).map { $0.expires } == .some(nil))
        let whole = signedToken(#"{"exp": 1}"#)
        for text in [
            "", "a.b.c", "tskey-client-x", whole + ".x", whole + "=", signedToken("[]"), signedToken("{"),
            whole.replacing(".", with: " . "), String(repeating: "a", count: 1 << 20),
            signedToken(String(repeating: "[", count: 10_000)),
        ] {
            #expect(WebToken(text) == nil, "\(text.prefix(60))")
        }
        #expect(WebToken(whole).map { "\($0)\(String(reflecting: $0))" }?.contains("eyJ") == false)
    }
}

/// A JWT whose signature is none.
func signedToken(_ claims: String) -> String {
    let parts = [#"{"alg":"RS256","typ":"JWT"}"#, claims, "signature"].map { part in
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var bits = 0
        var count = 0
        for byte in part.utf8 {
            bits = (bits << 8 | Int(byte)) & 0xFFFF
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[bits >> count & 63])
            }
        }
        if count > 0 { text.append(alphabet[bits << (6 - count) & 63]) }
        return text
    }
    return parts.joined(separator: ".")
}
