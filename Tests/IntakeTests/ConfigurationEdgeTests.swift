import HTTPTypes
import Hummingbird
import SymConfiguration
import SymMessages
import Testing

import struct SymMessages.RequestID

@testable import Intake

@Suite("The configuration over HTTP")
struct ConfigurationEdgeTests {
    private static let json: HTTPFields = [.contentType: "application/json"]

    static let bad: [(HTTPRequest.Method, String, String?, String)] = [
        (.get, "/v1/config?version=0", nil, "version"), (.get, "/v1/config?version=x", nil, "version"),
        (.get, "/v1/config?set=main", nil, "set"), (.get, "/v1/config/history?limit=3", nil, "limit"),
        (.put, "/v1/config?set=a%20b", "{}", "set"), (.put, "/v1/config?set=", "{}", "set"),
        (.put, "/v1/config?sets=a", "{}", "sets"), (.post, "/v1/config/plan?version=1", "{}", "version"),
        (.put, "/v1/config?set=a&set=b", "{}", "set"),
        (.post, "/v1/config/rollback", #"{"based_on":1}"#, "version"),
        (.post, "/v1/config/rollback", #"{"version":0}"#, "version"),
        (.post, "/v1/config/rollback", #"{"version":1,"resources":{}}"#, "resources"),
        (.post, "/v1/config/rollback?set=a", #"{"version":1}"#, "set"),
    ]

    @Test("bad input is refused with the field's name, and nothing is asked", arguments: bad)
    func badInput(method: HTTPRequest.Method, path: String, body: String?, field: String) async throws {
        let scenario = EdgeScenario()
        let result = try await scenario.send(method, path, body, headers: Self.json)
        #expect(result.status == 422 && result.field == field, "\(result.body)")
        #expect(scenario.calls.isEmpty)
    }

    @Test(
        "without a known token nothing is asked",
        arguments: [
            (.get, "/v1/config?version=1"), (.get, "/v1/config/history"), (.post, "/v1/config/plan"),
            (.post, "/v1/config/rollback"),
        ] as [(HTTPRequest.Method, String)])
    func unauthorized(method: HTTPRequest.Method, path: String) async throws {
        let scenario = EdgeScenario()
        let result = try await scenario.send(method, path, "{}", token: "wrong")
        #expect(result.status == 401)
        #expect(scenario.calls.isEmpty)
    }

    @Test(
        "whoever may not change it is told so before what they sent is read",
        arguments: [
            (.put, "/v1/config"), (.post, "/v1/config/plan"), (.post, "/v1/config/rollback"),
            (.put, "/v1/groups/oncall/members"),
        ] as [(HTTPRequest.Method, String)])
    func forbidden(method: HTTPRequest.Method, path: String) async throws {
        let scenario = EdgeScenario(role: .member)
        let result = try await scenario.send(method, path, "a: [", headers: [.contentType: "application/yaml"])
        #expect(result.status == 403 && result.detail.hasSuffix("."), "\(result.body)")
        #expect(scenario.calls.isEmpty)
        let admin = try await EdgeScenario().send(method, path, "a: [", headers: [.contentType: "application/yaml"])
        #expect([400, 422].contains(admin.status))
    }

    private func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Call? {
        let scenario = EdgeScenario()
        _ = try await scenario.send(method, path, body, headers: headers)
        return scenario.calls.first?.1
    }

    @Test("a set is the query's, or main")
    func sets() async throws {
        for (path, set) in [("/v1/config", "main"), ("/v1/config?set=terraform", "terraform")] {
            guard case .apply(let proposal, "k")? = try await call(.put, path, "{}", headers: [.idempotencyKey: "k"])
            else {
                Issue.record("not an apply")
                return
            }
            #expect(proposal.set == Sample.name(set))
        }
        let body = #"{"based_on":4,"resources":{"sym_group":{}}}"#
        guard case .plan(let proposal)? = try await call(.post, "/v1/config/plan?set=x", body, headers: Self.json)
        else {
            Issue.record("not a plan")
            return
        }
        #expect(proposal.set == Sample.name("x") && proposal.basedOn == 4)
        #expect(proposal.source.resources == .object(["sym_group": .object([:])]))
    }

    @Test("versions are asked for by number")
    func versions() async throws {
        guard case .showVersion(3)? = try await call(.get, "/v1/config?version=3") else {
            Issue.record("not a version")
            return
        }
        guard case .showVersions? = try await call(.get, "/v1/config/history") else {
            Issue.record("not the history")
            return
        }
        let body = #"{"version":3}"#
        guard case .rollback(3, nil, _)? = try await call(.post, "/v1/config/rollback", body) else {
            Issue.record("not a rollback")
            return
        }
        guard
            case .rollback(3, 7, _)? = try await call(.post, "/v1/config/rollback", body, headers: [.ifMatch: "\"7\""])
        else {
            Issue.record("not a rollback based on a version")
            return
        }
    }

    @Test("answers are as the contract has them")
    func answers() async throws {
        let lease = LeaseAtRisk(
            request: EdgeScenario.id, state: .active, person: try #require(Sample.ana.person),
            target: Sample.name("prod"),
            reason: "It needs sym_target.prod, which would be removed.")
        var scenario = EdgeScenario()
        scenario.answer = .needed(by: [lease])
        let needed = try await scenario.send(.put, "/v1/config", "{}")
        #expect(needed.status == 409 && needed.headers[.contentType] == "application/problem+json")
        #expect(needed.detail.contains("\(EdgeScenario.id) (ana@example.com, prod): It needs sym_target.prod"))
        #expect(
            needed.json?["leases"]
                == .array([
                    .object([
                        "request": .string(EdgeScenario.id.rawValue), "state": .string("active"),
                        "person": .string("ana@example.com"), "target": .string("prod"),
                        "reason": .string("It needs sym_target.prod, which would be removed."),
                    ])
                ]))

        scenario.answer = .applied(
            version: 3, changed: true, warnings: [ConfigurationProblem(line: 2, path: "sym_group.a", message: "m")])
        let applied = try await scenario.send(.put, "/v1/config", "{}")
        #expect(applied.headers[.eTag] == "\"3\"")
        #expect(
            applied.body
                == #"{"changed":true,"version":3,"warnings":[{"line":2,"message":"m","path":"sym_group.a"}]}"#)

        scenario.answer = .configuration(
            ConfigurationView(
                version: 2, sha256: nil, by: Sample.cy, at: Timestamp(milliseconds: 0), resources: .object([:]),
                sets: ["main": ["sym_flow.ssh"]]))
        let shown = try await scenario.send(.get, "/v1/config?version=2")
        #expect(shown.headers[.eTag] == "\"2\"")
        #expect(shown.json?["sets"]?["main"] == .array([.string("sym_flow.ssh")]))

        scenario.answer = .plan(ConfigurationPlan(from: OwnedResources(), to: OwnedResources()))
        let planned = try await scenario.send(.post, "/v1/config/plan", "{}")
        #expect(planned.status == 200)
        #expect(
            planned.body == #"{"changes":[],"leases":[],"problems":[],"set":"main","version":0,"warnings":[]}"#)
    }
}
