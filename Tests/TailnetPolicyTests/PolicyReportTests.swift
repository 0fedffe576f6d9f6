import TailnetPolicy
import Testing

@Suite("What a lease would find, and leave behind")
struct PolicyReportTests {
    private static let text = """
        {
          "groups": {
            "group:prod": ["ana@x"],
            // "group:old": [],
            "group:eng@x.com": [], "group:dev": [],
            "group:twice": [], "group:Twice": [],
            "group:nested": ["group:dev"], "prod": []
          },
          "TagOwners": { "tag:prod": [
              "group:dev", // and
              "group:prod"], "tag:b": ["group:eng@x.com"] },
          "autoApprovers": {
            "routes": { "10.0.0.0/8": [["group:prod"]] },
            "EXITNODE": ["tag:a", "group:\\u0070rod"], "services": { "svc:db": ["group:dev"] }
          },
          "acls": [{ "src": ["group:PROD", "group:prod"], "dst": ["group:prod:22"] }],
          "tests": [{ "src": "group:prod", "accept": ["group:dev"] }],
          "sshTests": [{ "dst": ["group:dev"], "src": "group:dev" }],
          "nodeAttrs": [{ "target": ["group:prod"] }]
        }

        """

    @Test("every group is managed or refused, with its line")
    func groups() throws {
        let report = try PolicyReport(of: PolicyText(Array(Self.text.utf8)))
        #expect(
            report.groups.map { "\($0.line ?? 0) \($0.name)" } == [
                "3 group:prod", "5 group:eng@x.com", "5 group:dev", "6 group:twice", "6 group:Twice", "7 group:nested",
                "7 prod",
            ])
        #expect(
            report.groups.map(\.refusal) == [
                nil, .syncedGroup("group:eng@x.com"), nil, .duplicateGroup("group:twice"),
                .duplicateGroup("group:Twice"), .nestedGroup("group:nested"), .notAGroupName("prod"),
            ])
        #expect(report.groups.map(\.memberCount) == [1, nil, 0, nil, nil, nil, nil])
    }

    @Test("what outlives a lease is named with its line, and so is what may go wrong")
    func findings() throws {
        let report = try PolicyReport(of: PolicyText(Array(Self.text.utf8)))
        let found = report.findings.map { "\($0.line) \($0.group) \($0.kind)" }
        #expect(
            found == [
                "10 group:dev ownsTag(\"tag:prod\")", "11 group:prod ownsTag(\"tag:prod\")",
                "13 group:prod approvesRoutes(\"10.0.0.0/8\")", "14 group:prod approvesExitNodes",
                "14 group:dev approves(\"services\")", "16 group:prod isSpeltOtherwise(\"group:PROD\")",
                "17 group:prod isTested(section: \"tests\")", "18 group:dev isTested(section: \"sshTests\")",
            ])
        #expect(report.findings.filter(\.isNote).map(\.line) == [16, 17, 18])
    }

    @Test("only what is asked for is judged")
    func chosen() throws {
        let report = try PolicyReport(
            of: PolicyText(Array(Self.text.utf8)), groups: ["group:dev", "group:none", "group:DEV", "group:eng@x.com"])
        #expect(report.groups.map(\.line) == [5, nil, 5, 5])
        #expect(
            report.groups.map(\.refusal) == [
                nil, .groupMissing("group:none"), .groupSpeltOtherwise("group:DEV", inFile: "group:dev"),
                .syncedGroup("group:eng@x.com"),
            ])
        #expect(report.findings.map(\.line) == [10, 11, 14, 18])
    }

    @Test("a file that is refused as a whole has no report")
    func refused() {
        #expect(throws: PolicyRefusal.groupsMissing) { try PolicyReport(of: PolicyText(Array("{}".utf8))) }
        #expect(throws: PolicyRefusal.self) { try PolicyReport(of: PolicyText([])) }
    }

    @Test("deep nesting and thousands of groups take their time, and no more", .timeLimit(.minutes(1)))
    func hostile() throws {
        let deep =
            "{\"groups\": {\"group:a\": []}, \"tagOwners\": " + String(repeating: "[", count: 9_000)
            + "\"group:a\"" + String(repeating: "]", count: 9_000) + "}"
        #expect(try PolicyReport(of: PolicyText(Array(deep.utf8))).findings.map(\.kind) == [.ownsTag("")])
        let many = (0..<4_000).map { "\"group:g\($0)\":[]" }.joined(separator: ",")
        let report = try PolicyReport(of: PolicyText(Array("{\"groups\":{\(many)}}".utf8)))
        #expect(report.groups.count == 4_000)
        #expect(report.groups.allSatisfy { $0.refusal == nil })
    }
}
