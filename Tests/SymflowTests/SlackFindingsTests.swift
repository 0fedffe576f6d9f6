import Testing

@testable import Symflow

@Suite("What is missing in Slack")
struct SlackFindingsTests {
    private static let all = Set(SlackManifest.scopes.map(\.name))
    private static let places = SlackPlaces(workspaces: ["T1"], channels: ["#sym-requests"])
    private static let there = [SlackFindings.Channel(id: "C1", name: "sym-requests", isArchived: false)]

    @Test("nothing, when all is there")
    func complete() {
        let findings = SlackFindings(
            workspace: "T1", as: "sym", scopes: Self.all, places: Self.places, channels: Self.there)
        #expect(findings.isComplete)
        #expect(findings.lines.allSatisfy { $0.hasPrefix("✓") })
    }

    @Test("each missing scope by name, another workspace, a channel that is not there or archived")
    func incomplete() {
        func missing(
            _ workspace: String = "T1", _ scopes: Set<String>? = Self.all,
            _ channels: [SlackFindings.Channel] = Self.there
        ) -> [String] {
            let findings = SlackFindings(
                workspace: workspace, as: "sym", scopes: scopes, places: Self.places, channels: channels)
            return findings.lines.filter { $0.hasPrefix("✗") }
        }
        for scope in Self.all {
            let lines = missing("T1", Self.all.subtracting([scope]))
            #expect(lines.count == 1 && lines[0].contains(" \(scope) "))
        }
        #expect(missing("T1", nil).count == 1)
        #expect(missing("T2").first?.contains("external_id T2") == true)
        #expect(missing("T1", Self.all, []).first?.contains("no such channel") == true)
        let archived = [SlackFindings.Channel(id: "C1", name: "sym-requests", isArchived: true)]
        #expect(missing("T1", Self.all, archived).first?.contains("archived") == true)
    }

    @Test("a manifest needs an address that Slack may call")
    func manifest() throws {
        for wrong in [
            "http://sym.example.com", "sym.example.com", "https://x y", "https://x\"\n", "https://", "https://x/?a",
        ] {
            #expect(SlackManifest(publicURL: wrong) == nil, "\(wrong)")
        }
        let yaml = try #require(SlackManifest(publicURL: "https://sym.example.com/")).yaml
        #expect(yaml.contains("url: https://sym.example.com/slack/commands\n"))
        #expect(yaml.contains("request_url: https://sym.example.com/slack/interactions\n"))
        for scope in Self.all { #expect(yaml.contains("- \(scope) ")) }
    }
}
