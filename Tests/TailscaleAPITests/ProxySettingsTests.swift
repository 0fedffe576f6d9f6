import Testing

@testable import TailscaleAPI

@Suite("The proxy variables")
struct ProxySettingsTests {
    private static func proxy(_ environment: [String: String], for url: String = "https://api.tailscale.com") throws
        -> String?
    {
        try ProxySettings(environment: environment).proxy(for: url).map { "\($0)" }
    }

    @Test("each variable is for its kind of address, in upper or lower case; an empty one is not set")
    func variables() throws {
        let both = ["HTTPS_PROXY": "http://secure.example:3128", "http_proxy": "http://plain.example"]
        #expect(try Self.proxy(both) == "secure.example:3128")
        #expect(try Self.proxy(both, for: "http://api.example:8080/x") == "plain.example:80")
        #expect(try Self.proxy([:]) == nil)
        #expect(try Self.proxy(["HTTPS_PROXY": " "]) == nil)
        #expect(try Self.proxy(["HTTPS_PROXY": "", "https_proxy": "p:1"]) == "p:1")
        #expect(try Self.proxy(["HTTP_PROXY": "p:1"]) == nil)
        #expect(ProxySettings.none.proxy(for: "https://api.tailscale.com") == nil)
    }

    @Test(
        "addresses of proxies",
        arguments: [
            ("http://proxy.example:3128/", "proxy.example:3128"), ("HTTP://Proxy.Example.", "proxy.example:80"),
            ("proxy:3128", "proxy:3128"), ("http://[2001:db8::1]:8080", "[2001:db8::1]:8080"),
            ("http://10.0.0.1:80", "10.0.0.1:80"), ("http://ana:p%40%3A%2Fw@proxy:1", "proxy:1"),
        ])
    func addresses(text: String, expected: String) throws {
        #expect(try Self.proxy(["HTTPS_PROXY": text]) == expected)
    }

    @Test("user and password are decoded, and printed nowhere")
    func credentials() throws {
        let settings = try ProxySettings(environment: ["HTTPS_PROXY": "http://ana:p%40%3A%2Fw@proxy:1"])
        let proxy = try #require(settings.proxy(for: "https://x"))
        #expect(proxy.user == "ana" && proxy.password == "p@:/w")
        var dumped = ""
        dump(proxy, to: &dumped)
        for text in ["\(proxy)", String(reflecting: proxy), dumped] {
            #expect(!text.contains("ana") && !text.contains("p@"))
        }
        let nameOnly = try ProxySettings(environment: ["HTTPS_PROXY": "http://ana@proxy:1"])
        #expect(nameOnly.proxy(for: "https://x")?.password == "")
    }

    @Test(
        "what cannot be understood is refused, without its password",
        arguments: [
            "https://hunter2@proxy:1", "socks5://hunter2@proxy", "proxy", "http://", "http://proxy:0",
            "http://proxy:65536",
            "http://proxy:x", "http://a:hunter2%zz@proxy", "http://:hunter2@proxy:1", "http://proxy/path",
            "http://pro xy:1",
            "http://a:hunter2%0A@proxy", "http://[::1", "http://[10.0.0.1]:1", "http://a%3Ab:hunter2@proxy:1",
        ])
    func refused(text: String) throws {
        for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"] {
            let error = #expect(throws: ProxySettingsError.self) { try ProxySettings(environment: [name: text]) }
            let sentence = "\(try #require(error))"
            #expect(sentence.hasPrefix(name + " must"))
            #expect(!sentence.contains("hunter2"))
        }
    }

    @Test("two spellings of one variable must agree")
    func disagreement() throws {
        #expect(try Self.proxy(["HTTPS_PROXY": "p:1", "https_proxy": "p:1"]) == "p:1")
        #expect(throws: ProxySettingsError.self) { try Self.proxy(["HTTPS_PROXY": "p:1", "https_proxy": "q:1"]) }
    }

    @Test(
        "NO_PROXY",
        arguments: [
            ("*", "api.tailscale.com", true), ("tailscale.com", "api.tailscale.com", true),
            ("tailscale.com", "tailscale.com", true), ("TAILSCALE.com.", "API.Tailscale.Com", true),
            ("scale.com", "tailscale.com", false), (".tailscale.com", "api.tailscale.com", true),
            (".tailscale.com", "tailscale.com", false), ("*.tailscale.com", "api.tailscale.com", true),
            ("a.example, ,tailscale.com", "api.tailscale.com", true),
            ("api.tailscale.com:443", "api.tailscale.com", true),
            ("api.tailscale.com:444", "api.tailscale.com", false),
            ("api.tailscale.com:444", "api.tailscale.com:444", true),
            ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3:80", "10.1.2.3", false), ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false), ("10.128.0.0/9", "10.127.0.1", false), ("0.0.0.0/0", "11.0.0.1", true),
            ("2001:db8::/33", "[2001:db8:7fff::1]", true), ("2001:db8::/33", "[2001:db8:8000::1]", false),
            ("[2001:db8::1]:443", "[2001:db8::1]", true), ("10.0.0.0/8", "[::ffff:10.0.0.1]", true),
            ("", "x.example", false),
        ])
    func bypass(list: String, host: String, isDirect: Bool) throws {
        let found = try Self.proxy(["HTTPS_PROXY": "proxy:1", "no_proxy": list], for: "https://\(host)")
        #expect((found == nil) == isDirect)
    }

    @Test(
        "this machine is never reached through a proxy",
        arguments: [
            "localhost", "a.localhost:8080", "127.0.0.1:1", "127.8.9.1", "[::1]:443", "[::ffff:127.0.0.1]",
            "LOCALHOST.",
        ])
    func loopback(host: String) throws {
        let environment = ["HTTPS_PROXY": "proxy:1", "HTTP_PROXY": "proxy:1"]
        #expect(try Self.proxy(environment, for: "https://\(host)") == nil)
        #expect(try Self.proxy(environment, for: "http://\(host)/") == nil)
    }

    @Test(
        "entries of NO_PROXY that are none",
        arguments: [
            "10.0.0.0/33", "10.0.0/8", "a b", "http://x", "x:", "a..b", "*.a..b", "10.0.0.0/8:80", "*.10.0.0.1",
        ])
    func badEntries(list: String) throws {
        let error = #expect(throws: ProxySettingsError.self) {
            try ProxySettings(environment: ["NO_PROXY": "ok.example,\(list)"])
        }
        let sentence = try #require(error).description
        #expect(sentence.hasPrefix("NO_PROXY has the entry \"\(list)\""))
    }
}
