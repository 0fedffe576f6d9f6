import HTTPTypes
import SymConfiguration
import SymMessages
import Synchronization
import Testing

@testable import Intake

@Suite("Groups and bots over HTTP")
struct GroupsAndBotsTests {
    @Test("every sym_group is told, with where its members are kept and whether they count")
    func groups() async throws {
        let api = try APIScenario.started()
        let list = try await api.send(.get, "/v1/groups", as: "cy")
        #expect(
            list.body
                == #"{"groups":[{"members":[],"name":"oncall","source":"directory","state":"never_put"},"#
                + #"{"members":["ana@example.com","ben@example.com"],"name":"sre","source":"configuration","state":"known"},"#
                + #"{"members":[],"name":"staff","source":"directory","state":"never_put"}]}"#)
        let end = api.act { $0.now + Seconds(60) }
        let put = try await api.send(
            .put, "/v1/groups/oncall/members",
            #"{"members":["Ben@example.com","ana@example.com","ben@example.com"],"valid_until":"\#(end)"}"#, as: "cy")
        #expect(put.status == 200 && put.text("state") == "known" && put.text("by") == "person:cy@example.com")
        #expect(put.json?["members"] == .array([.string("ana@example.com"), .string("ben@example.com")]))
        #expect(put.text("valid_until") == "\(end)" && put.text("at") != nil)
        api.act { $0.pass(60) }
        let stale = try await api.send(.get, "/v1/groups/oncall", as: "cy")
        #expect(stale.status == 200 && stale.text("state") == "stale" && stale.json?["members"] == .array([]))
        let empty = try await api.send(.put, "/v1/groups/oncall/members", #"{"members":[]}"#, as: "cy")
        #expect(empty.status == 200 && empty.text("state") == "known" && empty.text("valid_until") == nil)
    }

    @Test("a group must be declared, and its members not stand in the configuration")
    func undeclared() async throws {
        let api = try APIScenario.started()
        let unknown = try await api.send(.put, "/v1/groups/onkall/members", #"{"members":[]}"#, as: "cy")
        #expect(unknown.status == 404 && unknown.detail.hasSuffix("; did you mean \"oncall\"."))
        #expect(try await api.send(.put, "/v1/groups/sre/members", #"{"members":[]}"#, as: "cy").status == 409)
        #expect(try await api.send(.get, "/v1/groups/nobody", as: "cy").status == 404)
    }

    @Test("a bot puts the members of the groups that its entry names, and of no others")
    func botsGroups() async throws {
        let api = try APIScenario.started()
        let body = #"{"members":["ana@example.com"]}"#
        #expect(try await api.send(.put, "/v1/groups/oncall/members", body, as: "pager").status == 403)
        let entry = #"{"flows":["ssh"],"people":["ana@example.com"],"groups":["oncall"],"automatic":true}"#
        let bot = try await api.send(.put, "/v1/bots/pager", entry, as: "cy")
        #expect(bot.status == 200 && bot.text("topic") == "sym.submissions.pager", "\(bot.body)")
        #expect(bot.json?["automatic"] == .bool(true) && bot.json?["tokens"] == .integer(0))
        let put = try await api.send(.put, "/v1/groups/oncall/members", body, as: "pager")
        #expect(put.status == 200 && put.text("by") == "bot:pager")
        let other = try await api.send(.put, "/v1/groups/staff/members", "{", as: "pager")
        #expect(other.status == 403 && other.detail.contains("does not list it among its groups"), "before it is read")
        #expect(try await api.send(.put, "/v1/groups/oncall/members", body, as: "ana").status == 403)
        #expect(try await api.send(.get, "/v1/groups/oncall", as: "pager").status == 403)
    }

    @Test("a group can have 5,000 members with long addresses only as far as a record can hold them")
    func large() async throws {
        let api = try APIScenario.started()
        func list(_ count: Int, _ length: Int) -> String {
            let padding = String(repeating: "x", count: length)
            return #"{"members":["#
                + (0..<count).map { "\"p\($0)\(padding)@example.com\"" }.joined(separator: ",") + "]}"
        }
        let path = "/v1/groups/oncall/members"
        #expect(try await api.send(.put, path, list(5_000, 100), as: "cy").status == 200)
        let many = try await api.send(.put, path, list(5_001, 1), as: "cy")
        #expect(many.status == 422 && many.field == "members")
        let large = try await api.send(.put, path, list(5_000, 170), as: "cy")
        #expect(large.status == 422 && large.detail.contains("900000"))
    }

    @Test("a list that is over already is refused, as is what is no time or no e-mail")
    func badLists() async throws {
        let api = try APIScenario.started()
        let bad: [(String, String)] = [
            (#"{"members":[],"valid_until":"2020-01-01T00:00:00Z"}"#, "valid_until"),
            (#"{"members":[],"valid_until":"tomorrow"}"#, "valid_until"),
            (#"{"members":["ana@example.com","ben"]}"#, "members.1"), (#"{"members":"ana@example.com"}"#, "members"),
            (#"{"people":[]}"#, "people"), ("{}", "members"),
        ]
        for (body, field) in bad {
            let result = try await api.send(.put, "/v1/groups/oncall/members", body, as: "cy")
            #expect(result.status == 422 && result.field == field, "\(body): \(result.body)")
        }
        for (body, field) in [
            (#"{"flows":["a b"]}"#, "flows.0"), (#"{"people":["ben"]}"#, "people.0"),
            (#"{"groups":["/"]}"#, "groups.0"),
            (#"{"automatic":"yes"}"#, "automatic"), (#"{"name":"x"}"#, "name"),
        ] {
            let result = try await api.send(.put, "/v1/bots/ci", body, as: "cy")
            #expect(result.status == 422 && result.field == field, "\(body): \(result.body)")
        }
        #expect(try await api.send(.put, "/v1/bots/CI", "{}", as: "cy").status == 422)
    }

    @Test("a bot is made, read from, listed and removed with its tokens")
    func bots() async throws {
        let api = try APIScenario.started()
        #expect(try await api.send(.put, "/v1/bots/ci", "{}", as: "cy").status == 200)
        #expect(api.state.withLock { $0.subscribed.last } == [Sample.bot("ci"), Sample.bot("pager")])
        let token = try await api.send(.post, "/v1/tokens", #"{"owner":"bot:ci"}"#, as: "cy")
        let secret = try #require(token.text("token"))
        #expect(try await api.send(.get, "/v1/me", token: secret).text("caller") == "bot:ci")
        let list = try await api.send(.get, "/v1/bots", as: "cy")
        #expect(list.body.contains(#""name":"ci""#) && list.body.contains(#""tokens":1"#))
        #expect(try await api.send(.delete, "/v1/bots/ci", as: "cy").status == 200)
        #expect(try await api.send(.delete, "/v1/bots/ci", as: "cy").status == 404)
        #expect(try await api.send(.get, "/v1/me", token: secret).status == 401)
        #expect(try await api.send(.put, "/v1/bots/ci", "{}", as: "cy").status == 200)
        #expect(try await api.send(.get, "/v1/me", token: secret).status == 401, "another bot of that name")
    }
}
