import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Sets of a version")
struct OwnedResourcesTests {
    static let resources: JSONValue = .object([
        "sym_group": .object(["a": .object([:]), "b": .object([:])]), "sym_flow": .object(["a": .object([:])]),
    ])

    @Test("a record without sets, as from before there were any, has everything in main")
    func old() throws {
        let content = try OwnedResources(resources: Self.resources, sets: [:])
        #expect(content.sets == ["main": ["sym_flow.a", "sym_group.a", "sym_group.b"]])
        #expect(content.resources == Self.resources)
        let wire = Array(
            """
            {"specversion":"1.0","id":"config/1/a","source":"sym/intake","subject":"1","type":"sym.config.version.v1",
            "time":"2026-01-01T00:00:00.000Z","datacontenttype":"application/json","data":{"version":1,"based_on":0,
            "sha256":"\(Self.resources.sha256)","by":"person:cy@example.com","at":"2026-01-01T00:00:00.000Z",
            "resources":{"sym_group":{"a":{},"b":{}},"sym_flow":{"a":{}}}}}
            """.utf8)
        let record = try WireFormat.decode(Envelope<ConfigRecord>.self, from: wire).body
        #expect(record.sets.isEmpty && record.rollbackTo == nil)
        #expect(try OwnedResources(record) == content)
    }

    @Test("sets have every resource exactly once")
    func exactlyOnce() throws {
        let good = ["x": ["sym_flow.a", "sym_group.b"], "main": ["sym_group.a"]]
        let content = try OwnedResources(resources: Self.resources, sets: good)
        #expect(content.sets == ["x": ["sym_flow.a", "sym_group.b"], "main": ["sym_group.a"]])
        let bad: [([String: [String]], String)] = [
            (["x": ["sym_flow.a", "sym_group.a"]], "sym_group.b is in no set"),
            (
                ["x": ["sym_flow.a", "sym_group.b"], "main": ["sym_group.a", "sym_group.b"]],
                "sym_group.b is in the set \"main\" and again in \"x\""
            ),
            (
                ["main": ["sym_flow.a", "sym_group.a", "sym_group.b", "sym_group.b"]],
                "sym_group.b is in the set \"main\" and again in \"main\""
            ),
            (
                ["main": ["sym_flow.a", "sym_group.a", "sym_group.b", "sym_group.c"]],
                "the set \"main\" names sym_group.c, which is not there"
            ),
            (["a b": ["sym_flow.a", "sym_group.a", "sym_group.b"]], "\"a b\" cannot be the name of a set"),
        ]
        for (sets, reason) in bad {
            let error = #expect(throws: ConfigurationErrors.self) {
                try OwnedResources(resources: Self.resources, sets: sets)
            }
            #expect(error?.description == reason)
        }
    }

    @Test("nothing is decided on a record whose sets do not fit, and the next one counts from it")
    func unusable() throws {
        let resources = try ConfigurationSource(yaml: "sym_group: { a: { members: [ana@example.com] } }").resources
        let by = Caller.person(Fixtures.person("cy"))
        var history = ConfigHistory()
        let bad = ConfigRecord(basedOn: 0, by: by, at: Fixtures.now, resources: resources, sets: ["x": []])
        #expect(history.append(bad) == .accepted)
        #expect(history.state == .unusable(reason: "sym_group.a is in no set"))
        #expect(OwnedResources.recovered(from: bad).sets == ["main": ["sym_group.a"]])
        let good = ConfigRecord(
            basedOn: 1, by: by, at: Fixtures.now, resources: resources, sets: ["x": ["sym_group.a"]])
        #expect(history.append(good) == .accepted)
        #expect(history.current?.version == 2)
    }
}
