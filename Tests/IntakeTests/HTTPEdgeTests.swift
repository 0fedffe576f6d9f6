import HTTPTypes
import Hummingbird
import SymMessages
import Testing

import struct SymMessages.RequestID

@testable import Intake

@Suite("The HTTP API")
struct HTTPEdgeTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        var name: String
        var method = HTTPRequest.Method.post
        var path = "/v1/requests"
        var body: String?
        var headers: HTTPFields = [:]
        var status: Int
        var field: String?

        var testDescription: String { name }
    }

    static let request = "/v1/requests/\(EdgeScenario.id)"
    static let identity = "/v1/users/ana@example.com/identities/tailscale/example.com"

    static let bad = [
        Bad(name: "no body", body: nil, status: 400),
        Bad(name: "malformed JSON", body: #"{"flow":"#, status: 400),
        Bad(name: "not an object", body: "[]", status: 400),
        Bad(name: "not UTF-8 names", body: "\u{FEFF}x", status: 400),
        Bad(name: "no flow", body: #"{"duration_seconds":60}"#, status: 422, field: "flow"),
        Bad(name: "misspelt", body: #"{"flow":"ssh","duration_second":60}"#, status: 422, field: "duration_second"),
        Bad(
            name: "text duration", body: #"{"flow":"ssh","duration_seconds":"30m"}"#, status: 422,
            field: "duration_seconds"),
        Bad(name: "fraction", body: #"{"flow":"ssh","duration_seconds":1.5}"#, status: 422, field: "duration_seconds"),
        Bad(name: "zero", body: #"{"flow":"ssh","duration_seconds":0}"#, status: 422, field: "duration_seconds"),
        Bad(name: "huge", body: #"{"flow":"ssh","duration_seconds":15552001}"#, status: 422, field: "duration_seconds"),
        Bad(name: "flow is no name", body: #"{"flow":"a b","duration_seconds":1}"#, status: 422, field: "flow"),
        Bad(name: "flow is a number", body: #"{"flow":1,"duration_seconds":1}"#, status: 422, field: "flow"),
        Bad(
            name: "target is no name", body: #"{"flow":"a","target":"/","duration_seconds":1}"#, status: 422,
            field: "target"),
        Bad(
            name: "for is no e-mail", body: #"{"flow":"a","duration_seconds":1,"for":"ana"}"#, status: 422, field: "for"
        ),
        Bad(
            name: "long reason",
            body: #"{"flow":"a","duration_seconds":1,"reason":"\#(String(repeating: "x", count: 2_001))"}"#,
            status: 422, field: "reason"),
        Bad(name: "too large", body: String(repeating: " ", count: 65_537), status: 413),
        Bad(
            name: "key with a space", body: #"{"flow":"a","duration_seconds":1}"#,
            headers: [.idempotencyKey: "a b"], status: 422, field: "Idempotency-Key"),
        Bad(
            name: "long key", body: #"{"flow":"a","duration_seconds":1}"#,
            headers: [.idempotencyKey: String(repeating: "k", count: 256)], status: 422, field: "Idempotency-Key"),
        Bad(name: "vote without offer", path: request + "/approve", body: "{}", status: 422, field: "offer_id"),
        Bad(name: "vote without body", path: request + "/deny", body: nil, status: 400),
        Bad(name: "end with a number", path: request + "/end", body: #"{"reason":1}"#, status: 422, field: "reason"),
        Bad(
            name: "extend with a duration", path: request + "/extend", body: #"{"duration_seconds":60}"#, status: 422,
            field: "duration_seconds"),
        Bad(name: "extend with a list", path: request + "/extend", body: "[]", status: 400),
        Bad(name: "no request id", path: "/v1/requests/req_1/end", body: nil, status: 404),
        Bad(name: "unknown verb", path: request + "/grant", body: "{}", status: 404),
        Bad(name: "unknown address", method: .get, path: "/v2/requests", status: 404),
        Bad(name: "unknown method", method: .delete, path: request, status: 404),
        Bad(name: "unknown state", method: .get, path: "/v1/requests?state=done", status: 422, field: "state"),
        Bad(name: "limit", method: .get, path: "/v1/requests?limit=0", status: 422, field: "limit"),
        Bad(name: "unknown query", method: .get, path: "/v1/requests?stat=pending", status: 422, field: "stat"),
        Bad(name: "config is no YAML", method: .put, path: "/v1/config", body: "a: [", status: 422, field: "resources"),
        Bad(
            name: "config as JSON without resources", method: .put, path: "/v1/config", body: "{}",
            headers: [.contentType: "application/json"], status: 422, field: "resources"),
        Bad(
            name: "If-Match is no version", method: .put, path: "/v1/config", body: "{}",
            headers: [.ifMatch: "\"abc\""],
            status: 422, field: "If-Match"),
        Bad(
            name: "config too large", method: .put, path: "/v1/config", body: String(repeating: "#", count: 1_048_577),
            status: 413),
        Bad(name: "identity without value", method: .put, path: identity, body: "{}", status: 422, field: "value"),
        Bad(
            name: "login is none", method: .put, path: identity, body: #"{"value":"ana"}"#, status: 422, field: "value"),
        Bad(
            name: "unknown service", method: .put, path: "/v1/users/ana@example.com/identities/github/x",
            body: #"{"value":"ana@github"}"#, status: 422, field: "service_type"),
        Bad(
            name: "address is no e-mail", method: .put, path: "/v1/users/ana/identities/tailscale/x",
            body: #"{"value":"ana@github"}"#, status: 422, field: "email"),
    ]

    @Test("bad input is refused with problem details that name the field, and nothing is asked", arguments: bad)
    func badInput(_ example: Bad) async throws {
        let scenario = EdgeScenario()
        let result = try await scenario.send(
            example.method, example.path, example.body, headers: example.headers)
        #expect(result.status == example.status, "\(result.body)")
        #expect(result.field == example.field, "\(result.body)")
        #expect(result.headers[.contentType] == "application/problem+json")
        #expect(result.json?["status"] == .integer(Int64(example.status)))
        #expect(!result.detail.isEmpty)
        #expect(scenario.calls.isEmpty)
    }

    static let addresses: [(HTTPRequest.Method, String)] = [
        (.post, "/v1/requests"), (.get, "/v1/requests"), (.get, request), (.post, request + "/approve"),
        (.post, request + "/deny"), (.post, request + "/cancel"), (.post, request + "/end"),
        (.post, request + "/extend"), (.get, "/v1/config"), (.put, "/v1/config"), (.put, identity),
    ]

    @Test("without a known token nothing is asked", arguments: addresses)
    func unauthorized(method: HTTPRequest.Method, path: String) async throws {
        for token in [nil, "wrong", "ana-secret-toke", BearerTokensTests.hash(EdgeScenario.token)] {
            let scenario = EdgeScenario()
            let result = try await scenario.send(method, path, "{}", token: token)
            #expect(result.status == 401)
            #expect(result.headers[.wwwAuthenticate] == "Bearer")
            #expect(scenario.calls.isEmpty)
        }
    }

    @Test("P10 secrets stay put: a wrong token stands in no answer", arguments: addresses)
    func tokenIsNotRepeated(method: HTTPRequest.Method, path: String) async throws {
        let secret = "sk-very-secret-4711"
        let result = try await EdgeScenario().send(method, path, "{}", token: secret)
        #expect(!result.body.contains(secret))
        #expect(!result.headers.contains { $0.value.contains(secret) })
    }

    @Test(
        "P7 only eligible people decide: no field of any body names the actor",
        arguments: ["caller", "by", "actor", "voter", "user", "person", "requester", "source", "on_behalf_of"])
    func noActor(field: String) async throws {
        let bodies = [
            ("/v1/requests", #"{"flow":"ssh","duration_seconds":60,"\#(field)":"person:cy@example.com"}"#),
            (Self.request + "/approve", #"{"offer_id":"o","\#(field)":"person:cy@example.com"}"#),
            (Self.request + "/deny", #"{"offer_id":"o","\#(field)":"person:cy@example.com"}"#),
            (Self.request + "/cancel", #"{"\#(field)":"person:cy@example.com"}"#),
            (Self.request + "/end", #"{"\#(field)":"person:cy@example.com"}"#),
            (Self.request + "/extend", #"{"\#(field)":"person:cy@example.com"}"#),
        ]
        for (path, body) in bodies {
            let scenario = EdgeScenario()
            let result = try await scenario.send(.post, path, body)
            #expect(result.status == 422)
            #expect(result.field == field)
            #expect(scenario.calls.isEmpty)
        }
        let all = [
            SubmitBody.members, VoteBody.members, StopBody.members, ConfigurationBody.members, IdentityBody.members,
            NewUserBody.members, UserChangeBody.members, MembersBody.members, BotBody.members, TokenBody.members,
            BootstrapBody.members,
        ]
        #expect(!all.joined().contains(field))
    }

    @Test("an unknown member is answered with the nearest right one")
    func nearest() async throws {
        let result = try await EdgeScenario().send(.post, "/v1/requests", #"{"flow":"ssh","duration_secs":60}"#)
        #expect(result.detail.contains("\"duration_seconds\""))
    }

    @Test("a good call is the token's, with everything that was said")
    func goodSubmit() async throws {
        let scenario = EdgeScenario()
        let result = try await scenario.send(
            .post, "/v1/requests",
            #"{"flow":"ssh","target":"prod","duration_seconds":1800,"reason":"r","for":"Ana@example.com"}"#,
            headers: [.idempotencyKey: "k1", .prefer: "respond-async, wait=5"])
        #expect(result.status == 202)
        #expect(result.headers[.location] == Self.request)
        #expect(result.headers[.idempotencyKey] == "k1")
        let (caller, call) = try #require(scenario.calls.first)
        #expect(caller == Sample.ana)
        guard case .submit(let submission, let access, let wait) = call else {
            Issue.record("not a submit")
            return
        }
        #expect(submission == Submission(channel: .api, source: "http", id: "k1"))
        #expect(access.target == Sample.name("prod") && access.duration == Seconds(1_800) && access.reason == "r")
        #expect(access.beneficiary == Sample.ana.person)
        #expect(wait == Seconds(5))
    }

    @Test("extending: the reason may be left out, key and wait are as everywhere", arguments: [nil, "not done yet"])
    func extend(reason: String?) async throws {
        let scenario = EdgeScenario()
        let result = try await scenario.send(
            .post, Self.request + "/extend", reason.map { #"{"reason":"\#($0)"}"# },
            headers: [.idempotencyKey: "k2", .prefer: "wait=7"])
        #expect(result.status == 202 && result.headers[.idempotencyKey] == "k2")
        guard case .extend(EdgeScenario.id, let said, "k2", let wait)? = scenario.calls.first?.1 else {
            Issue.record("not an extension: \(scenario.calls)")
            return
        }
        #expect(said == reason && wait == Seconds(7))
    }

    @Test("a duration may be left out: whether the flow needs one is for its form to say")
    func withoutDuration() async throws {
        let scenario = EdgeScenario()
        _ = try await scenario.send(.post, "/v1/requests", #"{"flow":"deploy"}"#)
        guard case .submit(_, let access, _)? = scenario.calls.first?.1 else {
            Issue.record("not a submit: \(scenario.calls)")
            return
        }
        #expect(access.duration == nil)
    }

    @Test("without a key a fresh one is chosen and told")
    func freshKey() async throws {
        let body = #"{"flow":"ssh","duration_seconds":1800}"#
        let keys = try await [
            EdgeScenario().send(.post, "/v1/requests", body), EdgeScenario().send(.post, "/v1/requests", body),
        ].map { $0.headers[.idempotencyKey] }
        #expect(keys[0] != nil && keys[0] != keys[1])
    }

    @Test(
        "Prefer: wait is read as RFC 7240 wants, and capped",
        arguments: [
            ("wait=5", 5), ("wait=600", 60), ("wait = 5", 5), ("WAIT=\"7\"", 7), ("respond-async", nil), ("wait", nil),
            ("wait=soon", nil), ("wait=-1", nil), ("handling=lenient, wait=0", 0),
        ] as [(String, Int64?)])
    func prefer(text: String, seconds: Int64?) throws {
        #expect(try CallHeaders([.prefer: text]).wait == seconds.map { Seconds($0) })
    }

    static let answers: [(Answer, Int)] = [
        (.refused(Refusal(.forbidden, "x"), request: EdgeScenario.id), 403),
        (.refused(Refusal(.notFound, "x"), request: nil), 404),
        (.refused(Refusal(.notFound, field: "flow", "x"), request: EdgeScenario.id), 422),
        (.refused(Refusal(.conflict, "x"), request: EdgeScenario.id), 409),
        (.refused(Refusal(.invalid, field: "reason", "x"), request: EdgeScenario.id), 422),
        (.starting("x"), 503), (.unacknowledged, 503), (.recorded, 202), (.accepted(EdgeScenario.id, nil), 202),
        (.applied(version: 3, changed: true), 200), (.requests([]), 200),
    ]

    @Test("answers become statuses; a refused request is told with its address", arguments: answers)
    func statuses(answer: Answer, status: Int) async throws {
        var scenario = EdgeScenario()
        scenario.answer = answer
        let result = try await scenario.send(.post, Self.request + "/end", headers: [.prefer: "wait=5"])
        #expect(result.status == status)
        if case .refused(_, let request) = answer {
            #expect(result.headers[.location] == request.map { _ in Self.request })
        }
        if status == 503 { #expect(result.headers[.retryAfter] != nil) }
        if status >= 400 {
            // Whether it may have been done is for programs to see.
            let type = answer == .unacknowledged ? "urn:sym:outcome-unknown" : "about:blank"
            #expect(result.json?["type"] == .string(type))
        }
    }

    @Test("a version in If-Match or based_on is what the change is based on")
    func basedOn() async throws {
        let json: HTTPFields = [.contentType: "application/json"]
        let attempts: [(String, HTTPFields, Int?)] = [
            ("a: {}", [:], nil), ("a: {}", [.ifMatch: "\"3\""], 3), ("a: {}", [.ifMatch: "3"], 3),
            (#"{"based_on":4,"resources":{}}"#, json, 4), (#"{"resources":{}}"#, json, nil),
        ]
        for (body, headers, expected) in attempts {
            let scenario = EdgeScenario()
            _ = try await scenario.send(.put, "/v1/config", body, headers: headers)
            guard case .apply(let proposal, _)? = scenario.calls.first?.1 else {
                Issue.record("not an apply: \(body)")
                continue
            }
            #expect(proposal.basedOn == expected)
        }
    }

    @Test("an address is percent-decoded")
    func percentDecoding() async throws {
        let scenario = EdgeScenario()
        _ = try await scenario.send(
            .put, "/v1/users/ana%40example.com/identities/tailscale/example.com", #"{"value":"ana@github"}"#)
        guard case .setIdentity(let identity, _)? = scenario.calls.first?.1 else {
            Issue.record("not an identity")
            return
        }
        #expect(identity.person == Sample.ana.person)
        #expect("a%zz".percentDecoded == nil && "a%4".percentDecoded == nil && "%ff".percentDecoded == nil)
    }
}
