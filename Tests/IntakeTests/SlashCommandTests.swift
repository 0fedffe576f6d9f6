import SymMessages
import Testing

@testable import Intake

@Suite("/sym in words")
struct SlashCommandTests {
    static func request(
        _ flow: String, _ target: String? = nil, _ seconds: Int64?, _ reason: String? = nil
    ) -> SlashCommand {
        .request(
            AccessRequest(
                flow: Sample.name(flow), target: target.map(Sample.name), duration: seconds.map { Seconds($0) },
                reason: reason))
    }

    @Test(
        "what can be said",
        arguments: [
            (#"req ssh 30m "incident 4711""#, request("ssh", nil, 1_800, "incident 4711")),
            (#"req ssh prod 1h "x""#, request("ssh", "prod", 3_600, "x")),
            ("req ssh prod 1H", request("ssh", "prod", 3_600)),
            ("  REQ   ssh   90s  ", request("ssh", nil, 90)),
            ("req ssh 30m “curly quotes”", request("ssh", nil, 1_800, "curly quotes")),
            (#"req ssh 30m "she said "now" to me""#, request("ssh", nil, 1_800, #"she said "now" to me"#)),
            (#"req ssh 30m "&lt;!channel&gt; &amp;amp; more""#, request("ssh", nil, 1_800, "<!channel> &amp; more")),
            (#"req ssh 30m "  ""#, request("ssh", nil, 1_800, "  ")),
            (#"req deploy "version 2""#, request("deploy", nil, nil, "version 2")),
            (#"req deploy prod "version 2""#, request("deploy", "prod", nil, "version 2")),
            ("list", .list), ("help", .help), ("", .help), ("   ", .help), ("LIST", .list),
        ])
    func usable(text: String, command: SlashCommand) throws {
        #expect(try SlashCommand(parsing: text) == command)
    }

    @Test(
        "what cannot, and why",
        arguments: [
            (#"req ssh 30m "no end"#, "closing quote"), ("req ssh 30m because of it", "into quotes"),
            ("req ssh", "no duration"), ("req", "which flow"), ("req 30m", "which flow"),
            ("req ssh prod", "no duration"), (#"req ssh a b "x""#, "no duration"), (#"req "x""#, "which flow"),
            ("req ssh a b 30m", "at most one target"), (#"req "ssh" 30m"#, "Nothing may follow"),
            (#"req ssh 30m "a" b"#, "Nothing may follow"), ("req a/b 30m", "cannot be the name of a flow"),
            ("req ssh a/b 30m", "cannot be the name of a target"), ("lst", "`/sym list`"),
            ("approve x", "no `/sym approve`"),
            ("list all", "Nothing follows"), (#""req" ssh"#, "Begin with"),
            ("<!channel>", "&lt;!channel&gt;"),
        ])
    func unusable(text: String, words: String) {
        let mistake = #expect(throws: SlashCommand.Mistake.self) { try SlashCommand(parsing: text) }
        #expect(mistake?.words.contains(words) == true, "\(mistake?.words ?? "")")
        #expect(mistake?.words.contains("<!") == false)
    }

    @Test("nothing that is typed stops the reader", arguments: 0..<200)
    func anything(seed: UInt64) {
        var generator = SmallGenerator(state: seed &+ 1)
        let alphabet = Array(#"req list "“”<>&; 30m1h-_é😀"# + "\n\t\u{0}")
        let text = String(
            (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            })
        _ = try? SlashCommand(parsing: text)
    }
}

/// SplitMix64, so that a failing seed can be run again.
struct SmallGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
