import Testing

@testable import TailscaleAPI

@Suite("Retry-After, path segments and phrases")
struct RetryAfterTests {
    private static let now = "Sat, 29 Feb 2028 23:59:30 GMT"

    @Test(arguments: [
        ("7", Optional(7)), (" 0 ", 0), ("99999", 3600), ("-3", 0), ("Wed, 01 Mar 2028 00:00:10 GMT", 40),
        ("Sat, 29 Feb 2028 23:00:00 GMT", 0), ("Fri, 29 Feb 2036 00:00:00 GMT", 3600), ("soon", nil), ("", nil),
        ("Sat, 29 Xyz 2028 23:59:30 GMT", nil), ("Sat, 29 Feb 2028 23:59 GMT", nil),
    ])
    func delay(value: String, seconds: Int?) {
        #expect(RetryAfter.delay(value, date: Self.now, now: 0) == seconds.map { .seconds($0) })
    }

    @Test("years that are none and missing dates")
    func edges() {
        #expect(RetryAfter.delay(nil, date: Self.now, now: 0) == nil)
        // Our own clock, one second earlier, later, and an age: 1835481570 is that moment.
        for (now, seconds) in [(1_835_481_569, 1), (1_835_481_571, 0), (0, 3_600)] {
            for date in [nil, "some day"] {
                #expect(RetryAfter.delay(Self.now, date: date, now: Int64(now)) == .seconds(seconds))
            }
        }
        #expect(
            RetryAfter.delay("Sat, 01 Jan 2000 00:00:00 GMT", date: "Fri, 31 Dec 1999 23:59:00 GMT", now: 0)
                == .seconds(60))
        #expect(
            RetryAfter.delay("Mon, 01 Mar 2100 00:00:00 GMT", date: "Sun, 28 Feb 2100 23:59:00 GMT", now: 0)
                == .seconds(60))
    }

    @Test(arguments: [
        ("-", "-"), ("example.com", "example.com"), ("a/b?c#d%e", "a%2Fb%3Fc%23d%25e"), ("..", "%2E%2E"), (".", "%2E"),
        ("ana@github", "ana%40github"), ("é\n", "%C3%A9%0A"), ("", ""),
    ])
    func pathSegment(text: String, segment: String) {
        #expect(text.asPathSegment == segment)
    }

    @Test("phrases have one line, an end, and no full stop")
    func phrases() {
        #expect("a\r\nb\u{1B}[0m. ".asPhrase() == "a b [0m")
        #expect(String(repeating: "x", count: 400).asPhrase(limit: 10) == "xxxxxxxxxx…")
    }
}
