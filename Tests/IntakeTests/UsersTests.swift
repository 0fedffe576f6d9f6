import HTTPTypes
import SymConfiguration
import SymMessages
import Synchronization
import Testing

@testable import Intake

@Suite("People over HTTP")
struct UsersTests {
    private func id(_ name: String) -> PersonID { Sample.person("\(name)@example.com") }

    @Test("an administrator creates, sees, changes and deletes somebody")
    func life() async throws {
        let api = try APIScenario.started()
        let made = try await api.send(
            .post, "/v1/users", #"{"email":"Eve@Example.com","name":"Eve Ö","role":"admin"}"#, as: "cy", key: "k")
        #expect(made.status == 201, "\(made.body)")
        #expect(made.text("email") == "eve@example.com" && made.text("role") == "admin")
        #expect(made.text("name") == "Eve Ö" && made.text("origin") == "person" && made.text("created_at") != nil)
        #expect(made.headers[.idempotencyKey] == "k")
        let shown = try await api.send(.get, "/v1/users/eve@example.com", as: "cy")
        #expect(shown.status == 200 && shown.json?["requests"] == .array([]))

        let changed = try await api.send(
            .patch, "/v1/users/eve@example.com", #"{"role":"member","name":""}"#, as: "cy")
        #expect(changed.status == 200 && changed.text("role") == "member" && changed.text("name") == nil)
        #expect(api.directory.epoch(of: id("eve")) == 1, "a lower role ends what there was")
        let unchanged = try await api.send(.patch, "/v1/users/eve@example.com", "{}", as: "cy")
        #expect(unchanged.status == 200)

        let body = try await api.send(.delete, "/v1/users/eve@example.com", #"{"reason":"x"}"#, as: "cy")
        #expect(body.status == 400 && api.directory.person(id("eve")) != nil)
        let gone = try await api.send(.delete, "/v1/users/eve@example.com", as: "cy")
        #expect(gone.status == 200 && gone.json?["requests"] == .array([]))
        #expect(api.directory.person(id("eve")) == nil && api.directory.epoch(of: id("eve")) == 2)
        #expect(try await api.send(.get, "/v1/users/eve@example.com", as: "cy").status == 404)
        #expect(try await api.send(.delete, "/v1/users/eve@example.com", as: "cy").status == 404)
        #expect(try await api.send(.patch, "/v1/users/eve@example.com", "{}", as: "cy").status == 404)

        let back = try await api.send(.post, "/v1/users", #"{"email":"eve@example.com"}"#, as: "cy")
        #expect(back.status == 201 && back.text("role") == "member")
        #expect(api.directory.epoch(of: id("eve")) == 3, "what was ended stays ended")
        let list = try await api.send(.get, "/v1/users", as: "cy")
        #expect(list.body.contains("eve@example.com") && list.body.contains("ana@example.com"))
    }

    @Test("the same call again is the same call; another about somebody who is there is a conflict")
    func repeated() async throws {
        let api = try APIScenario.started()
        let body = #"{"email":"eve@example.com"}"#
        for _ in 0..<2 {
            #expect(try await api.send(.post, "/v1/users", body, as: "cy", key: "k").status == 201)
        }
        #expect(try await api.send(.post, "/v1/users", body, as: "cy", key: "other").status == 409)
        for _ in 0..<2 {
            #expect(try await api.send(.delete, "/v1/users/eve@example.com", as: "cy", key: "d").status == 200)
        }
    }

    @Test("the last administrator stays, whoever tries")
    func lastAdministrator() async throws {
        let api = try APIScenario.started()
        for (method, body) in [
            (.delete, nil), (.patch, #"{"role":"member"}"#), (.patch, #"{"role":"guest","name":"x"}"#),
        ] as [(HTTPRequest.Method, String?)] {
            let result = try await api.send(method, "/v1/users/cy@example.com", body, as: "cy")
            #expect(result.status == 409 && result.detail.contains("last administrator"))
        }
        #expect(try await api.send(.patch, "/v1/users/cy@example.com", #"{"name":"Cy"}"#, as: "cy").status == 200)
        #expect(try await api.send(.patch, "/v1/users/ben@example.com", #"{"role":"admin"}"#, as: "cy").status == 200)
        #expect(try await api.send(.delete, "/v1/users/cy@example.com", as: "cy").status == 200)
        #expect(api.directory.admins == [id("ben")])
        #expect(try await api.send(.get, "/v1/me", as: "cy").status == 401, "and cy's token is good for nothing")
    }

    @Test("deleting or demoting somebody tells which requests of theirs are live")
    func liveRequests() async throws {
        let api = try APIScenario.started()
        let (request, _) = try api.act { try $0.pendingRequest() }
        let demoted = try await api.send(.patch, "/v1/users/ana@example.com", #"{"role":"guest"}"#, as: "cy")
        let expected = JSONValue.array([
            .object(["id": .string(request.rawValue), "state": .string("pending"), "flow": .string("ssh")])
        ])
        #expect(demoted.json?["requests"] == expected)
        let deleted = try await api.send(.delete, "/v1/users/ana@example.com", as: "cy")
        #expect(deleted.json?["requests"] == expected)
        api.act { $0.event(request, 2, .cancelled, cause: "x", .cancelled(.init(by: Sample.ana, reason: nil))) }
        let ana = id("ana")
        let live = api.act { $0.core.book.live(of: ana) }
        #expect(live.isEmpty)
    }

    @Test("whoever has an e-mail in a domain is a member, until they are removed or the domain is")
    func domains() async throws {
        let api = try APIScenario.started()
        let put = try await api.send(.put, "/v1/domains/Staff.Example.com", as: "cy")
        #expect(
            put.status == 200 && put.text("domain") == "staff.example.com" && put.text("by") == "person:cy@example.com")
        #expect(try await api.send(.get, "/v1/domains", as: "cy").body.contains("staff.example.com"))
        let zoe = try #require(PersonID(rawValue: "zoe@staff.example.com"))
        #expect(api.directory.person(zoe)?.role == .member)
        #expect(api.directory.person(try #require(PersonID(rawValue: "zoe@example.com"))) == nil)
        let shown = try await api.send(.get, "/v1/users/zoe@staff.example.com", as: "cy")
        #expect(shown.status == 200 && shown.text("role") == "member")
        let place = "/v1/users/zoe@staff.example.com/identities/tailscale/example.com"
        #expect(try await api.send(.put, place, #"{"value":"zoe@github"}"#, as: "cy").status == 200)
        #expect(try await api.send(.get, "/v1/users", as: "cy").body.contains("zoe@github"))

        let guest = try await api.send(.patch, "/v1/users/zoe@staff.example.com", #"{"role":"guest"}"#, as: "cy")
        #expect(guest.status == 200 && api.directory.epoch(of: zoe) == 1)
        #expect(try await api.send(.delete, "/v1/users/zoe@staff.example.com", as: "cy").status == 200)
        #expect(api.directory.person(zoe) == nil, "removed is removed, whatever the domain")
        #expect(api.directory.identities.isEmpty, "and nobody inherits the login")
        #expect(try await api.send(.delete, "/v1/domains/staff.example.com", as: "cy").status == 200)
        #expect(try await api.send(.delete, "/v1/domains/staff.example.com", as: "cy").status == 404)
        #expect(api.directory.domains.isEmpty)
    }

    @Test("a login is one person in a tailnet")
    func uniqueLogins() async throws {
        let api = try APIScenario.started()
        func put(_ name: String, _ value: String, _ tailnet: String = "example.com") async throws -> Int {
            try await api.send(
                .put, "/v1/users/\(name)@example.com/identities/tailscale/\(tailnet)", #"{"value":"\#(value)"}"#,
                as: "cy"
            ).status
        }
        #expect(try await put("ana", "ana@github") == 200)
        #expect(try await put("ben", "Ana@GitHub") == 409)
        #expect(try await put("ben", "ana@github", "other.com") == 200, "in another tailnet it is another user")
        #expect(try await put("ben", "dee@example.com") == 409, "dee has no other login there, so it is dee's")
        #expect(try await put("ben", "ana@example.com") == 200, "ana is ana@github there")
        #expect(try await put("nobody", "x@github") == 404)
        #expect(try await put("dee", "eve@example.com") == 200)
        let eve = try await api.send(.post, "/v1/users", #"{"email":"eve@example.com"}"#, as: "cy")
        #expect(eve.status == 409 && eve.detail.contains("dee@example.com"), "eve@example.com is dee there")
        let back = try await api.send(
            .delete, "/v1/users/ana@example.com/identities/tailscale/example.com", as: "cy")
        #expect(back.status == 409 && back.detail.contains("ben@example.com"), "ana@example.com is ben there")
        let gone = try await api.send(
            .delete, "/v1/users/ben@example.com/identities/tailscale/example.com", as: "cy")
        #expect(gone.status == 200 && gone.text("value") == "ana@example.com")
        #expect(
            try await api.send(.delete, "/v1/users/ben@example.com/identities/tailscale/example.com", as: "cy").status
                == 404)
    }

    @Test("who I am")
    func me() async throws {
        let api = try APIScenario.started()
        let ana = try await api.send(.get, "/v1/me", as: "ana")
        #expect(ana.status == 200 && ana.text("caller") == "person:ana@example.com" && ana.text("role") == "member")
        let bot = try await api.send(.get, "/v1/me", as: "pager")
        #expect(bot.body == #"{"caller":"bot:pager"}"#)
    }

    @Test("the services in which people have logins")
    func services() async throws {
        let api = try APIScenario.started()
        let result = try await api.send(.get, "/v1/services", as: "cy")
        #expect(
            result.body
                == #"{"services":[{"external_id":"example.com","label":"tailnet","service_type":"tailscale"}]}"#)
    }

    static let bad: [(HTTPRequest.Method, String, String?, String?)] = [
        (.post, "/v1/users", #"{"email":"eve"}"#, "email"),
        (.post, "/v1/users", #"{"email":"a@b","role":"adnim"}"#, "role"),
        (.post, "/v1/users", #"{"email":"a@b","name":""}"#, "name"),
        (.post, "/v1/users", #"{"email":"a@b","name":"x\ny"}"#, "name"),
        (.post, "/v1/users", #"{"email":"a@b","name":"\#(String(repeating: "x", count: 201))"}"#, "name"),
        (.post, "/v1/users", #"{"email":"a@b","epoch":3}"#, "epoch"),
        (.patch, "/v1/users/ana", "{}", "email"),
        (.patch, "/v1/users/ana@example.com", #"{"email":"b@b"}"#, "email"),
        (.get, "/v1/users?role=admin", nil, "role"),
        (.put, "/v1/domains/localhost", nil, "domain"),
        (.put, "/v1/domains/-a.com", nil, "domain"),
        (.put, "/v1/domains/a..com", nil, "domain"),
        (.put, "/v1/domains/a%20b.com", nil, "domain"),
        (.delete, "/v1/users/a@b/identities/slack/T1", nil, "service_type"),
    ]

    @Test("bad input names the field and changes nothing", arguments: bad)
    func badInput(method: HTTPRequest.Method, path: String, body: String?, field: String?) async throws {
        let api = try APIScenario.started()
        let before = api.directory
        let result = try await api.send(method, path, body, as: "cy")
        #expect(result.status == 422 && result.field == field, "\(result.body)")
        #expect(api.directory == before)
    }
}
