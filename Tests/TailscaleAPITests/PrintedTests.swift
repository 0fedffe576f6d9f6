import NIOHTTP1
import Testing

@testable import TailscaleAPI

@Suite("P10 values that hold a secret say nothing of it, printed or dumped")
struct PrintedTests {
    private static func shown(_ value: some Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        dump([value], to: &dumped)
        return "\(value) \([value]) \(String(reflecting: value)) \(dumped)"
    }

    @Test("an access token, also inside of others")
    func accessToken() throws {
        let token = try #require(AccessToken("opaque77"))
        for shown in [
            Self.shown(token), Self.shown(MintedToken(token: token, lifetime: .seconds(1))), Self.shown([token: token]),
        ] {
            #expect(!shown.contains("opaque77") && shown.contains("[token]"), "\(shown)")
        }
    }

    @Test("a signed token")
    func webToken() throws {
        let text = signedToken(#"{"sub": "of-a-workload"}"#)
        let shown = Self.shown(try #require(WebToken(text)))
        for part in text.split(separator: ".") { #expect(!shown.contains(part), "\(shown)") }
    }

    @Test("an answer")
    func answer() {
        let answer = TailscaleConnection.Answer(
            status: 200, headers: ["ETag": "opaque78"], body: Array("opaque79".utf8), received: 0, secret: "opaque77")
        #expect(!Self.shown(answer).contains("opaque"))
        // Nor do its bytes stand there as numbers.
        #expect(!Self.shown(answer).contains("\(UInt8(ascii: "q"))"))
    }
}
