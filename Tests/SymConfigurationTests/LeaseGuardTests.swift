import SymMessages
import Testing

@testable import SymConfiguration

@Suite("What live leases need stays")
struct LeaseGuardTests {
    private static func configuration(_ changes: [(String, String)] = []) throws -> Configuration {
        var yaml = Fixtures.yaml()
        for (old, new) in changes {
            #expect(yaml.contains(old))
            yaml = yaml.replacing(old, with: new)
        }
        return try Configuration.parse(yaml: yaml)
    }

    /// ana's request for prod, in one state of its life.
    private static func lease(_ state: RequestState) throws -> LiveLease? {
        try lease(state, Fixtures.evaluate(try Fixtures.facts(), Fixtures.submit()).get())
    }

    private static func lease(_ state: RequestState, _ submitted: Fact.Submitted) throws -> LiveLease? {
        var log = RequestLog(id: Fixtures.requestID, reader: .deciding)
        #expect(
            log.append(
                RequestEvent(sequence: 1, state: state, cause: "c", fact: .submitted(submitted)), at: Fixtures.now)
                == .accepted)
        return LiveLease(log.request)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var changes: [(String, String)]
        /// `nil`: nothing that the lease needs.
        var reason: String?

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nothing", changes: []),
        Case(name: "a label", changes: [("label: Production", "label: Prod")]),
        Case(name: "the rule that it was approved by", changes: [("{ name: all,", "{ name: some,")]),
        Case(name: "another target", changes: [("\"group:test\"", "other")]),
        Case(name: "another variable's name for the same secret", changes: [("key", "token")]),
        Case(
            name: "the integration removed",
            changes: [
                (
                    "  net: { type: tailscale, external_id: example.com,",
                    "  other: { type: tailscale, external_id: b.com,"
                ),
                ("integration_id: net", "integration_id: other"), ("tailnet: \"-\"", "tailnet: b.com"),
            ], reason: "It needs sym_integration.net, which would be removed."),
        Case(
            name: "the integration renamed",
            changes: [
                ("  net: { type: tailscale, external_id", "  neu: { type: tailscale, external_id"),
                ("integration_id: net", "integration_id: neu"),
            ], reason: "It needs sym_integration.net, which would be renamed to neu."),
        Case(
            name: "another tailnet", changes: [("external_id: example.com", "external_id: b.com")],
            reason: "It needs sym_integration.net, whose external_id would change from example.com to b.com."),
        Case(
            name: "another API path", changes: [("tailnet: \"-\"", "tailnet: example.com")],
            reason: "It needs sym_integration.net, whose settings.tailnet would change from - to example.com."),
        Case(
            name: "another provisioner", changes: [("tailnet: \"-\"", "tailnet: \"-\", provisioner: west")],
            reason: "It needs sym_integration.net, whose settings.provisioner would change from tailscale to west."),
        Case(
            name: "another variable", changes: [("path: TOKEN", "path: OTHER")],
            reason:
                "It needs sym_integration.net, whose credential would change from API token in "
                + "env TOKEN to API token in env OTHER."
        ),
        Case(
            name: "another source", changes: [("type: env", "type: file")],
            reason:
                "It needs sym_integration.net, whose credential would change from API token in "
                + "env TOKEN to API token in file TOKEN."
        ),
        Case(
            name: "another kind of credential",
            changes: [("api_token_secret: key", "oauth_client_id: k1, oauth_client_secret: key")],
            reason: "It needs sym_integration.net, whose credential would change from API token in env TOKEN to OAuth "
                + "client k1, secret in env TOKEN."),
        Case(
            name: "the target removed",
            changes: [("  prod: {", "  production: {"), ("[prod, test]", "[production, test]")],
            reason: "It needs sym_target.prod, which would be removed."),
        Case(
            name: "the target's group", changes: [("group_name: prod", "group_name: web")],
            reason: "It needs sym_target.prod, whose group would change from group:prod to group:web."),
    ]

    @Test("removing, renaming and re-pointing is told; the rest is not", arguments: cases)
    func needed(_ example: Case) throws {
        let present = try Self.configuration()
        let next = try Self.configuration(example.changes)
        for state in [RequestState.approved, .active, .ending] {
            let lease = try #require(try Self.lease(state))
            let found = LeaseGuard(from: present, to: next).atRisk([lease])
            #expect(found.map(\.reason) == (example.reason.map { [$0] } ?? []))
            guard let first = found.first else { continue }
            #expect(first.request == Fixtures.requestID && first.state == state)
            #expect(first.person == Fixtures.person("ana") && first.target == Fixtures.name("prod"))
            // Where it was lost before, this change does not take it away.
            #expect(LeaseGuard(from: next, to: next).atRisk([lease]).isEmpty)
            #expect(LeaseGuard(from: nil, to: next).atRisk([lease]).count == 1)
        }
    }

    @Test(
        "a request that is pending or over is no lease",
        arguments: RequestState.allCases.filter { ![.approved, .active, .ending].contains($0) })
    func notLive(state: RequestState) throws {
        #expect(try Self.lease(state) == nil)
    }

    @Test("a decision about nothing that is given is no lease", arguments: RequestState.allCases)
    func decisionOnly(state: RequestState) throws {
        var submitted = try Fixtures.evaluate(try Fixtures.facts(), Fixtures.submit()).get()
        submitted.offer.grant = nil
        submitted.placement = nil
        #expect(try Self.lease(state, submitted) == nil)
    }
}
