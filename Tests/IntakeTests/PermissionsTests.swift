import FoundationEssentials
import HTTPTypes
import SymConfiguration
import SymMessages
import Synchronization
import Testing

import struct SymMessages.RequestID

@testable import Intake

@Suite("Who may do what: docs/permissions.md, cell by cell")
struct PermissionsTests {
    static let table = PermissionTable()

    @Test("every row of the table", arguments: table.rows)
    func row(_ row: PermissionTable.Row) async throws {
        let example = try #require(PermissionExample.all[row.call], "no example for \(row.call)")
        for (column, expected) in zip(Self.table.columns, row.cells) {
            let outcome = try await PermissionWorld(column).outcome(of: example)
            #expect(outcome == expected, "\(row.call) as \(column)")
        }
    }

    @Test("the table has every call there is an example of, and every column")
    func complete() {
        #expect(Set(Self.table.rows.map(\.call)) == Set(PermissionExample.all.keys))
        #expect(Self.table.columns == PermissionWorld.columns.map(\.name))
        #expect(Self.table.rows.allSatisfy { $0.cells.count == Self.table.columns.count })
    }
}

/// What the document says.
struct PermissionTable: Sendable {
    struct Row: Sendable, CustomTestStringConvertible {
        var call: String
        var cells: [String]

        var testDescription: String { call }
    }

    var columns: [String] = []
    var rows: [Row] = []

    init() {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = (try? String(contentsOf: root.appending(path: "docs/permissions.md"), encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { $0.trimmingPrefix(" ") }
                .map { String($0.reversed().trimmingPrefix(" ").reversed()) }
            if cells[0] == "call" {
                columns = Array(cells.dropFirst())
            } else {
                rows.append(Row(call: cells[0].filter { $0 != "`" }, cells: Array(cells.dropFirst())))
            }
        }
    }
}

/// A call that is all right in itself.
struct PermissionExample: Sendable {
    var method: HTTPRequest.Method
    /// `{id}` stands for the request in question.
    var path: String
    var body: String?
    var headers: HTTPFields = [:]

    static let all: [String: PermissionExample] = [
        "POST /v1/requests": .init(
            method: .post, path: "/v1/requests", body: #"{"flow":"ssh","duration_seconds":1800,"reason":"r"{for}}"#),
        "GET /v1/requests": .init(method: .get, path: "/v1/requests"),
        "GET /v1/requests/{id}": .init(method: .get, path: "/v1/requests/{id}"),
        "POST /v1/requests/{id}/approve": .init(
            method: .post, path: "/v1/requests/{id}/approve", body: #"{"offer_id":"o"}"#),
        "POST /v1/requests/{id}/deny": .init(
            method: .post, path: "/v1/requests/{id}/deny", body: #"{"offer_id":"o"}"#),
        "POST /v1/requests/{id}/cancel": .init(method: .post, path: "/v1/requests/{id}/cancel"),
        "POST /v1/requests/{id}/end": .init(method: .post, path: "/v1/requests/{id}/end"),
        "POST /v1/requests/{id}/extend": .init(method: .post, path: "/v1/requests/{id}/extend"),
        "GET /v1/me": .init(method: .get, path: "/v1/me"),
        "GET /v1/config": .init(method: .get, path: "/v1/config"),
        "PUT /v1/config": .init(
            method: .put, path: "/v1/config", body: PermissionWorld.configuration,
            headers: [.contentType: "application/yaml"]),
        "POST /v1/config/plan": .init(
            method: .post, path: "/v1/config/plan", body: PermissionWorld.configuration,
            headers: [.contentType: "application/yaml"]),
        "GET /v1/config/history": .init(method: .get, path: "/v1/config/history"),
        "POST /v1/config/rollback": .init(method: .post, path: "/v1/config/rollback", body: #"{"version":1}"#),
        "POST /v1/rules/explain": .init(
            method: .post, path: "/v1/rules/explain", body: #"{"person":"ida@example.com","flow":"ssh"}"#),
        "GET /v1/users": .init(method: .get, path: "/v1/users"),
        "POST /v1/users": .init(method: .post, path: "/v1/users", body: #"{"email":"new@example.com"}"#),
        "GET /v1/users/{email}": .init(method: .get, path: "/v1/users/ida@example.com"),
        "PATCH /v1/users/{email}": .init(method: .patch, path: "/v1/users/ida@example.com", body: #"{"role":"guest"}"#),
        "DELETE /v1/users/{email}": .init(method: .delete, path: "/v1/users/ida@example.com"),
        "PUT /v1/users/{email}/identities/{service_type}/{external_id}": .init(
            method: .put, path: "/v1/users/ida@example.com/identities/tailscale/other.com",
            body: #"{"value":"ida@github"}"#),
        "DELETE /v1/users/{email}/identities/{service_type}/{external_id}": .init(
            method: .delete, path: "/v1/users/ida@example.com/identities/tailscale/example.com"),
        "GET /v1/domains": .init(method: .get, path: "/v1/domains"),
        "PUT /v1/domains/{domain}": .init(method: .put, path: "/v1/domains/new.example.com"),
        "DELETE /v1/domains/{domain}": .init(method: .delete, path: "/v1/domains/old.example.com"),
        "GET /v1/groups": .init(method: .get, path: "/v1/groups"),
        "GET /v1/groups/{name}": .init(method: .get, path: "/v1/groups/oncall"),
        "PUT /v1/groups/{name}/members": .init(
            method: .put, path: "/v1/groups/oncall/members", body: #"{"members":["ida@example.com"]}"#),
        "GET /v1/bots": .init(method: .get, path: "/v1/bots"),
        "PUT /v1/bots/{name}": .init(method: .put, path: "/v1/bots/new", body: "{}"),
        "DELETE /v1/bots/{name}": .init(method: .delete, path: "/v1/bots/spare"),
        "GET /v1/tokens": .init(method: .get, path: "/v1/tokens"),
        "POST /v1/tokens": .init(method: .post, path: "/v1/tokens", body: #"{"owner":"bot:spare"}"#),
        "DELETE /v1/tokens/{id}": .init(method: .delete, path: "/v1/tokens/tok_1"),
        "GET /v1/services": .init(method: .get, path: "/v1/services"),
        "GET /v1/integrations": .init(method: .get, path: "/v1/integrations"),
        "POST /v1/bootstrap": .init(method: .post, path: "/v1/bootstrap", body: #"{"email":"ida@example.com"}"#),
    ]
}

/// People and bots in every part that the table knows, and three requests: one that a person asked for, one that a bot did,
/// and one that was refused, which concerns nobody else.
struct PermissionWorld {
    static let columns: [(name: String, token: String?)] = [
        ("admin", "adm-token"), ("member", "mel-token"), ("guest", "gus-token"), ("stranger", "zed-token"),
        ("requester", "ana-token"), ("beneficiary", "bob-token"), ("approver", "app-token"), ("bot", "ci-token"),
        ("bot with the group", "oncall-token"), ("bot that asked", "asker-token"),
        ("bootstrap token", APIScenario.bootstrapToken), ("no token", nil),
    ]

    static let configuration = Sample.configuration
        .replacing("sym_flow:", with: "  oncall: { source: directory }\nsym_flow:")
        .replacing("        requesters: { groups: [sre] }\n", with: "")
        .replacing("approvers: { groups: [sre] }", with: "approvers: { users: [app@example.com, ida@example.com] }")

    fileprivate static let directory = """
        people:
          - { email: adm@example.com, role: admin }
          - { email: gus@example.com, role: guest }
          - email: mel@example.com
          - email: ana@example.com
          - email: bob@example.com
          - email: app@example.com
          - email: ida@example.com
            identities: [ { service_type: tailscale, external_id: example.com, value: ida@gitlab } ]
        bots:
          - { name: ci, flows: [ssh], people: [bob@example.com] }
          - { name: oncall, groups: [oncall] }
          - { name: asker, flows: [ssh], people: [bob@example.com] }
          - name: spare
        """

    private let column: String
    private let token: String?
    private let api: APIScenario
    private let request: RequestID

    /// Made once, copied for every cell.
    fileprivate struct Start: Sendable {
        var scenario: IntakeScenario
        /// Asked for by a person.
        var own: RequestID
        var byBot: RequestID
    }

    fileprivate static let start = Result { try Start(hasAdmin: true) }
    fileprivate static let startWithoutAdmin = Result { try Start(hasAdmin: false) }

    init(_ column: String) throws {
        self.column = column
        token = try #require(Self.columns.first { $0.name == column }).token
        let start = try (column == "bootstrap token" ? Self.startWithoutAdmin : Self.start).get()
        request = ["beneficiary", "bot that asked"].contains(column) ? start.byBot : start.own
        let owners =
            ["adm", "gus", "mel", "ana", "bob", "app", "zed"].map { ($0, Sample.caller("person:\($0)@example.com")) }
            + ["ci", "oncall", "asker"].map { ($0, Sample.caller("bot:\($0)")) }
        api = try APIScenario(start.scenario, fileTokens: Dictionary(uniqueKeysWithValues: owners))
    }

    func outcome(of example: PermissionExample) async throws -> String {
        let isBot = column.hasPrefix("bot ") || column == "bot"
        let result = try await api.send(
            example.method, example.path.replacing("{id}", with: request.rawValue),
            example.body?.replacing("{for}", with: isBot ? #","for":"bob@example.com""# : ""), token: token,
            headers: example.headers)
        switch result.status {
        case 401: return "401"
        case 403: return "no"
        case 404: return "hidden"
        case 202: return try decided()
        case 200 where example.path == "/v1/requests":
            guard case .array(let list)? = result.json?["requests"] else { return result.body }
            return list.count == 3 ? "yes" : "theirs"
        case 200, 201: return "yes"
        default: return "\(result.status) \(result.body)"
        }
    }

    /// What approval says to the command that was sent, as far as it is a matter of who.
    private func decided() throws -> String {
        try api.act { scenario in
            guard case .command(let envelope)? = scenario.sent.last, let id = RequestID(rawValue: envelope.subject)
            else { return "no command" }
            let facts = scenario.core.facts
            let refusal: Refusal?
            switch envelope.body {
            case .submit(let submit):
                switch facts.evaluate(submit, requestID: id, now: scenario.now) {
                case .success: refusal = nil
                case .failure(let reason): refusal = reason
                }
            case .approve(let vote), .deny(let vote):
                let choice: Decision.Choice = if case .approve = envelope.body { .approve } else { .deny }
                refusal = facts.mayVote(
                    vote.voter, choice, on: try #require(scenario.core.book[id]?.request), at: scenario.now)
            case .cancel(let stop):
                refusal = facts.mayCancel(stop.actor, try #require(scenario.core.book[id]?.request))
            case .end(let stop): refusal = facts.mayEnd(stop.actor, try #require(scenario.core.book[id]?.request))
            case .extend(let extend):
                refusal = facts.mayExtend(extend.actor, try #require(scenario.core.book[id]?.request))
            case .reject(let reject): refusal = reject.refusal
            }
            guard let refusal else { return "yes" }
            return refusal.kind == .forbidden ? "no" : refusal.reason
        }
    }
}

extension PermissionWorld.Start {
    fileprivate init(hasAdmin: Bool) throws {
        scenario = try IntakeScenario.started(
            PermissionWorld.configuration,
            directory: hasAdmin
                ? PermissionWorld.directory : PermissionWorld.directory.replacing(", role: admin", with: ""))
        own = try Self.ask(&scenario, Sample.ana, for: nil)
        byBot = try Self.ask(&scenario, Sample.caller("bot:asker"), for: Sample.person("bob@example.com"))
        let ida = Sample.caller("person:ida@example.com")
        let refused = Fact.SubmissionRefused(
            submission: Sample.submission("k"), caller: ida, contentSHA256: nil, refusal: Refusal(.forbidden, "no"))
        let id = RequestID(caller: ida, source: "http", id: "k")
        scenario.event(id, 1, .refused, cause: "c", .refused(refused))
        let domain = DirectoryRecord.domain(.init(name: "old.example.com", by: nil))
        scenario.readBack(
            .directory(Envelope(id: "d", source: "t", subject: domain.key, time: scenario.now, body: domain)))
        let issued = CredentialRecord.issued(
            .init(
                id: "tok_1", sha256: "x", owner: Sample.ana, label: nil, by: Sample.ana, at: scenario.now,
                expiresAt: nil))
        scenario.readBack(
            .credential(Envelope(id: "c", source: "t", subject: issued.key, time: scenario.now, body: issued)))
    }

    private static func ask(
        _ scenario: inout IntakeScenario, _ caller: Caller, for beneficiary: PersonID?
    ) throws -> RequestID {
        var access = Sample.access
        access.beneficiary = beneficiary
        _ = scenario.call(caller, .submit(Sample.submission("k"), access, wait: nil))
        try scenario.submitted(try #require(scenario.acknowledgeAll().first))
        let id = RequestID(caller: caller, source: "http", id: "k")
        #expect(scenario.core.book[id]?.request.state == .pending)
        return id
    }
}
