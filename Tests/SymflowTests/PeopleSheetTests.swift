import SymMessages
import Testing

@testable import Symflow

@Suite("People as a sheet")
struct PeopleSheetTests {
    private static let tailnet = ServiceName(type: "tailscale", externalID: "example.com")
    private static let other = ServiceName(type: "tailscale", externalID: "example.org")

    private static func present() throws -> PeopleSheet {
        PeopleSheet(
            people: [
                .init(email: "ana@example.com", name: "Ana", role: .member, identities: [tailnet: "ana@github"]),
                .init(email: "ben@example.com", name: nil, role: .member, identities: [other: "ben@github"]),
                .init(email: "cy@example.com", name: "=Cy, \"the\" admin", role: .admin),
            ], services: [tailnet, other])
    }

    @Test("written and read back it is the same, and there is nothing to change")
    func roundTrip() throws {
        let present = try Self.present()
        let again = try PeopleSheet(csv: present.csv)
        #expect(again == present)
        #expect(PeopleChange.difference(from: present, to: again).isEmpty)
    }

    @Test("each kind of change, deletions last")
    func changes() throws {
        let wanted = try PeopleSheet(
            csv: """
                email,name,role,tailscale:example.com,tailscale:example.org
                DEE@example.com,Dee,guest,,dee@github
                ben@example.com,Ben,admin,ben@google,
                ana@example.com,,,ana2@github,
                """)
        #expect(
            PeopleChange.difference(from: try Self.present(), to: wanted) == [
                .create(email: "dee@example.com", name: "Dee", role: .guest),
                .setIdentity(email: "dee@example.com", Self.other, from: nil, to: "dee@github"),
                .rename(email: "ben@example.com", from: nil, to: "Ben"),
                .setRole(email: "ben@example.com", from: .member, to: .admin),
                .setIdentity(email: "ben@example.com", Self.tailnet, from: nil, to: "ben@google"),
                .deleteIdentity(email: "ben@example.com", Self.other, was: "ben@github"),
                .rename(email: "ana@example.com", from: "Ana", to: nil),
                .setIdentity(email: "ana@example.com", Self.tailnet, from: "ana@github", to: "ana2@github"),
                .delete(email: "cy@example.com"),
            ])
    }

    @Test("what has no column, and an empty role, stays as it is")
    func leftOut() throws {
        let wanted = try PeopleSheet(csv: "email,role\nana@example.com,\nben@example.com,\ncy@example.com,\n")
        #expect(PeopleChange.difference(from: try Self.present(), to: wanted).isEmpty)
    }

    @Test("all that is wrong with a sheet, by line; none of it is done")
    func wrong() throws {
        func problems(_ csv: String) throws -> [String] {
            try #require(throws: SheetErrors.self) { try PeopleSheet(csv: csv) }.problems
        }
        let lines = try problems("email,role\nana,member\nben@example.com,boss\ncy@example.com\nben@example.com,\n")
        #expect(lines.map { String($0.prefix(6)) } == ["line 2", "line 3", "line 4", "line 5"])
        #expect(try problems("").count == 1)
        #expect(try problems("name\n").first?.contains("no column email") == true)
        #expect(try problems("email,email\n").first?.contains("twice") == true)
        #expect(try problems("email,phone\n").first?.contains("\"phone\"") == true)
        #expect(try problems("email\n\"a\n").first?.hasPrefix("line 2") == true)
    }
}
