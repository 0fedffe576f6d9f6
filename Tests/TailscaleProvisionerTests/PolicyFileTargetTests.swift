import Leases
import SymMessages
import TailnetPolicy
import Testing

@testable import TailscaleProvisioner

@Suite("P4 the policy file as a lease target")
struct PolicyFileTargetTests {
    static let text = """
        {
          // This is the group that access is granted through.
          "groups": {
            "group:prod": []
          },
          "acls": [{ "action": "accept", "src": ["group:prod"], "dst": ["tag:prod:*"] }],
        }

        """

    @Test("Adding the first member changes the list and no other byte; removing it restores the file exactly")
    func roundTrip() throws {
        let file = try policy(Self.text)
        let added = try #require(try TailscaleTarget.draft([change(.add, "ana@example.com")], on: file))
        #expect(String(decoding: added.text, as: UTF8.self) == Self.text.replacing("[]", with: "[\"ana@example.com\"]"))
        #expect(added.base == file.etag)
        let after = try policy(String(decoding: added.text, as: UTF8.self))
        let removed = try #require(try TailscaleTarget.draft([change(.remove, "ANA@example.com")], on: after))
        #expect(removed.text == file.text)
    }

    @Test("Members are known by their keys, however they are spelled")
    func keys() throws {
        let file = try policy(Self.text.replacing("[]", with: "[\"Ana@Example.com\", \"ben@github\"]"))
        #expect(try TailscaleTarget.members(of: group, in: file) == ["ana@example.com", "ben@github"])
        #expect(try TailscaleTarget.draft([change(.add, "ana@example.com")], on: file) == nil)
    }

    @Test("A group that is not there has no members, and none can be added to it")
    func missingGroup() throws {
        for text in ["{ \"groups\": {} }\n", "{}\n"] {
            let file = try policy(text)
            #expect(try TailscaleTarget.members(of: group, in: file).isEmpty)
            #expect(throws: TargetRefusal.self) {
                _ = try TailscaleTarget.draft([change(.add, "ana@example.com")], on: file)
            }
        }
    }

    @Test(
        "P9 a file that cannot be edited safely is refused, with a reason that holds none of its text",
        arguments: [
            "{ \"groups\": { \"group:prod\": [] }, \"Groups\": {} }",
            "{ \"groups\": { \"group:prod\": [\"secret@x.y\" } }",
            "{ \"groups\": { \"group:prod\": [\"secret@x.y\"], \"group:prod\": [] } }",
            "{ \"groups\": { \"group:prod\": \"secret@x.y\" } }",
        ])
    func refused(text: String) throws {
        let file = try policy(text)
        let refusal = #expect(throws: TargetRefusal.self) {
            _ = try TailscaleTarget.draft([change(.add, "ana@example.com")], on: file)
        }
        #expect(throws: TargetRefusal.self) { _ = try TailscaleTarget.members(of: group, in: file) }
        #expect(refusal?.reason.contains("secret@x.y") == false)
    }

    private var group: GroupName {
        get throws { try #require(GroupName(rawValue: "group:prod")) }
    }

    private func policy(_ text: String) throws -> PolicyFile {
        PolicyFile(text: Array(text.utf8), etag: try #require(ETag("\"v1\"")))
    }

    private func change(_ action: Leases.MembershipChange.Action, _ login: String) throws -> Leases.MembershipChange {
        Leases.MembershipChange(action, try #require(Login(rawValue: login)), in: try group)
    }
}
