import SymMessages
import Testing

@testable import SymConfiguration

@Suite("answers to a flow's questions")
struct FormTests {
    private static let prompts: [Configuration.Prompt] = [
        .init(name: "ticket", label: "Ticket", kind: .text(allowed: [])),
        .init(
            name: "env", label: "Environment", kind: .text(allowed: ["prod", "test"]), isRequired: false,
            defaultValue: .text("test")),
        .init(name: "count", label: "Count", kind: .integer(allowed: [1, 2]), isRequired: false),
        .init(name: "urgent", label: "Urgent", kind: .flag, isRequired: false),
        .init(
            name: "window", label: "Window", kind: .duration(allowed: [Seconds(1_800), Seconds(3_600)]),
            isRequired: false),
        .init(name: "buddy", label: "Buddy", kind: .person, isRequired: false),
        .init(name: "team", label: "Team", kind: .people, isRequired: false),
        .init(name: "hosts", label: "Hosts", kind: .texts(allowed: []), isRequired: false),
        .init(name: "zones", label: "Zones", kind: .texts(allowed: ["a", "b"]), isRequired: false),
        .init(name: "ports", label: "Ports", kind: .integers(allowed: []), isRequired: false),
        .init(
            name: "hidden", label: "Hidden", kind: .text(allowed: []), isVisible: false, defaultValue: .text("x")),
        .init(name: "secret", label: "Secret", kind: .flag, isVisible: false),
    ]

    private static func evaluate(
        _ fields: [String: FieldValue], _ prompts: [Configuration.Prompt] = prompts
    ) -> Result<Fact.Submitted, Refusal> {
        let stage = RuleSketch.stage("s", RuleSketch.audience(roles: [.admin]))
        let flow = RuleSketch.flow([RuleSketch.review("r", stages: [stage])], prompts: prompts)
        var submit = RuleSketch.submit()
        submit.access.fields = fields
        return RuleSketch.evaluate(RuleSketch.configuration(flow), submit)
    }

    @Test("answers are kept in the offer, with the defaults of what was not answered; the rest is absent")
    func kept() throws {
        let least = try Self.evaluate(["ticket": .text("A-1")]).get()
        #expect(least.offer.fields == ["ticket": .text("A-1"), "env": .text("test"), "hidden": .text("x")])
        #expect(least.access.fields == ["ticket": .text("A-1")], "what was asked is kept as it was asked")
        let all: [String: FieldValue] = [
            "ticket": .text("A-1"), "env": .text("prod"), "count": .integer(2), "urgent": .flag(false),
            "window": .text("1h"), "buddy": .text("Ben@Example.com"),
            "team": .texts(["dee@example.com", "BEN@example.com", "ben@example.com"]), "hosts": .texts(["h1", "h2"]),
            "zones": .texts(["b"]), "ports": .integers([22, 80]), "hidden": .text("y"), "secret": .flag(true),
        ]
        var kept = all
        kept["window"] = .integer(3_600)
        kept["buddy"] = .text("ben@example.com")
        kept["team"] = .texts(["dee@example.com", "ben@example.com"])
        #expect(try Self.evaluate(all).get().offer.fields == kept)
        #expect(
            try Self.evaluate(["ticket": .text("A"), "window": .integer(1_800)]).get().offer.fields["window"]
                == .integer(1_800))
    }

    @Test("what is empty was not answered")
    func empty() throws {
        let fields = try Self.evaluate([
            "ticket": .text("A-1"), "env": .text(" \n"), "ports": .texts([]), "team": .texts([]),
        ]).get().offer.fields
        #expect(fields == ["ticket": .text("A-1"), "env": .text("test"), "hidden": .text("x")])
        #expect(Self.evaluate(["ticket": .text("\u{2003}")]).failure?.reason.contains("asks for \"ticket\"") == true)
    }

    @Test(
        "what cannot be used is refused, naming the field",
        arguments: [
            ("ticket", nil, "The flow \"ssh\" asks for \"ticket\". Fill it in."),
            ("ticket", .texts(["A-1"]), "\"ticket\" must be a text."),
            (
                "ticket", .text(String(repeating: "é", count: 1_001)),
                "\"ticket\" has 2002 bytes. At most 2000 are kept."
            ),
            ("env", .text("prd"), "\"env\" cannot be \"prd\". It is one of prod, test."),
            ("count", .integer(3), "\"count\" cannot be \"3\". It is one of 1, 2."),
            ("count", .text("one"), "\"count\" must be a whole number."),
            ("urgent", .text("yes"), "\"urgent\" must be true or false."),
            ("window", .integer(60), "\"window\" cannot be \"1m\". It is one of 30m, 1h."),
            ("window", .integer(-1), "\"window\" must be longer than nothing."),
            ("window", .text("soon"), "\"window\" must be a duration"),
            ("window", .flag(true), "\"window\" must be a duration"),
            ("buddy", .text("ben"), "\"buddy\" must name people by their e-mail."),
            ("buddy", .text("zoe@example.com"), "zoe@example.com in \"buddy\" is not in the directory."),
            ("team", .texts(["ben@example.com", "zoe@example.com"]), "zoe@example.com in \"team\" is not in the"),
            ("team", .integer(7), "\"team\" must be a list of people's e-mails."),
            ("hosts", .integer(1), "\"hosts\" must be a list of texts."),
            ("hosts", .texts(Array(repeating: "h", count: 101)), "\"hosts\" has 101 entries. At most 100 are kept."),
            ("hosts", .texts([String(repeating: "h", count: 2_001)]), "\"hosts\" has 2001 bytes."),
            (
                "hosts", .texts(Array(repeating: String(repeating: "h", count: 600), count: 100)),
                "together. At most 50000"
            ),
            ("zones", .texts(["a", "c"]), "\"zones\" cannot be \"c\". It is one of a, b."),
            ("ports", .texts(["22"]), "\"ports\" must be a list of whole numbers."),
            ("ports", .integers(Array(repeating: 1, count: 101)), "\"ports\" has 101 entries."),
            ("hidden", .integers([1]), "\"hidden\" must be a text."),
            ("tickets", .text("A-1"), "The flow \"ssh\" does not ask for \"tickets\"; did you mean \"ticket\"."),
            ("reason", .text("x"), "\"reason\" is not one of the fields: give it as \"reason\", beside them."),
            (
                "duration", .integer(60),
                "\"duration\" is not one of the fields: give it as \"duration_seconds\", beside"
            ),
            ("target_id", .text("prod"), "\"target_id\" is not one of the fields: give it as \"target\", beside them."),
        ] as [(String, FieldValue?, String)])
    func refused(_ name: String, _ value: FieldValue?, _ sentence: String) throws {
        var fields: [String: FieldValue] = ["ticket": .text("A-1")]
        fields[name] = value
        let refusal = try #require(Self.evaluate(fields).failure)
        #expect(refusal.reason.contains(sentence), "\(refusal.reason)")
        #expect(refusal.kind == .invalid)
        #expect(refusal.field == (sentence.contains("together") ? "fields" : "fields.\(name)"))
    }

    @Test("who types an answer need not know its type")
    func typed() throws {
        let fields = try Self.evaluate([
            "ticket": .integer(4_711), "count": .text("1"), "urgent": .text("true"), "team": .text("ben@example.com"),
            "hosts": .integers([1, 2]), "ports": .integer(22), "hidden": .flag(true),
        ]).get().offer.fields
        #expect(
            fields == [
                "ticket": .text("4711"), "count": .integer(1), "urgent": .flag(true),
                "team": .texts(["ben@example.com"]),
                "hosts": .texts(["1", "2"]), "ports": .integers([22]), "hidden": .text("true"), "env": .text("test"),
            ])
    }

    @Test("a required question with a default has to be answered, one that is not shown has not")
    func required() throws {
        let shown = Configuration.Prompt(name: "q", label: "Q", kind: .text(allowed: []), defaultValue: .text("d"))
        #expect(Self.evaluate([:], [shown]).failure?.field == "fields.q")
        var hidden = shown
        hidden.isVisible = false
        #expect(try Self.evaluate([:], [hidden]).get().offer.fields == ["q": .text("d")])
    }

    @Test("a reason has its prompt's default and allowed values")
    func reason() throws {
        func offered(_ reason: String?, _ prompt: Configuration.Prompt) -> Result<String?, Refusal> {
            let stage = RuleSketch.stage("s", RuleSketch.audience(roles: [.admin]))
            let flow = RuleSketch.flow([RuleSketch.review("r", stages: [stage])], prompts: [prompt])
            var submit = RuleSketch.submit()
            submit.access.reason = reason
            return RuleSketch.evaluate(RuleSketch.configuration(flow), submit).map(\.offer.reason)
        }
        let free = Configuration.Prompt(
            name: "reason", label: "Reason", kind: .text(allowed: []), isRequired: false, defaultValue: .text("routine")
        )
        #expect(try offered(nil, free).get() == "routine")
        #expect(try offered("mine", free).get() == "mine")
        let closed = Configuration.Prompt(name: "reason", label: "Reason", kind: .text(allowed: ["a", "b"]))
        #expect(try offered("a", closed).get() == "a")
        #expect(offered("c", closed).failure?.reason == "The reason cannot be \"c\". It is one of a, b.")
        #expect(offered("c", closed).failure?.field == "reason")
        #expect(offered(nil, closed).failure?.field == "reason")
    }
}
