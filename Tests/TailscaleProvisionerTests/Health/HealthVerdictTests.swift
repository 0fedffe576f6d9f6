import SymMessages
import TailnetPolicy
import TailscaleAPI
import Testing

@testable import TailscaleProvisioner

@Suite("What a check of an integration means")
struct HealthVerdictTests {
    private let subject = HealthSample.subject("main")
    private let now = HealthSample.start

    private func verdict(_ report: HealthReport?) -> HealthVerdict { HealthVerdict(report, of: subject, at: now) }

    private func problem(_ report: HealthReport?) -> (code: String, message: String) {
        let problems = verdict(report).problems
        #expect(problems.count == 1, "\(problems)")
        return (problems.first?.code ?? "", problems.first?.message ?? "")
    }

    @Test("all is well")
    func healthy() {
        let verdict = verdict(HealthSample.healthy(expires: now.advanced(byMilliseconds: 15 * HealthSample.day)))
        #expect(verdict.problems.isEmpty && verdict.warnings.isEmpty)
        #expect(verdict.expires == now.advanced(byMilliseconds: 15 * HealthSample.day))
    }

    @Test(
        "each failure has a code and says what to do",
        arguments: [
            (TailscaleError.unauthorized(.apiToken), "credential_refused", "Give the provisioner a new one"),
            (.noToken, "secret_missing", "Check the secret"),
            (.credential(.init(.apiToken, .unreadable("the variable T is not set"))), "secret_missing", "T is not set"),
            (.credential(.init(.oauthClient(id: "k1"), .refused(said: nil))), "credential_refused", "oauth_client_id"),
            (.credential(.init(.oauthClient(id: "k1"), .unreachable("no route"))), "unreachable", "no route"),
            (
                .forbidden(message: "no", call: .readPolicy), "scope_missing",
                "policy_file:read together with devices:core:read and devices:posture_attributes:read"
            ),
            (.notFound(tailnet: "example.com"), "tailnet_not_found", "There is no tailnet \"example.com\""),
            (.unreachable(reason: "no route"), "unreachable", "cannot be reached"),
            (.unavailable(status: 503, retryAfter: nil), "unreachable", "503"),
        ])
    func failures(_ error: TailscaleError, _ code: String, _ words: String) {
        let problem = problem(HealthSample.unhealthy(error))
        #expect(problem.code == code && problem.message.contains(words), "\(problem)")
        #expect(verdict(HealthSample.unhealthy(error)).mayPass == (code == "unreachable"))
    }

    @Test("an integration whose secret no provisioner can read says so")
    func noCredential() {
        #expect(problem(nil).code == "secret_missing")
    }

    @Test("a credential that lacks scopes is told which, and the companions they need, once")
    func scopes() {
        var report = HealthSample.healthy()
        report.credential = .success(.init(expires: nil, scopes: ["policy_file:read", "devices:core"]))
        report.policy = .failure(.forbidden(message: "no", call: .readPolicy))
        let problem = problem(report)
        #expect(problem.code == "scope_missing")
        #expect(problem.message.contains("it lacks policy_file, devices:posture_attributes."), "\(problem)")
        for scopes in [
            ["all"], ["acl", "devices"], ["policy_file", "devices:core:read", "devices:posture_attributes"], [],
            ["policy_file", "devices:core", "devices:posture_attributes", "users:read"],
        ] {
            report = HealthSample.healthy()
            report.credential = .success(.init(expires: nil, scopes: scopes))
            #expect(verdict(report).problems.isEmpty, "\(scopes)")
        }
        report.credential = .success(.init(expires: nil, scopes: ["all:read"]))
        #expect(verdict(report).problems.first?.message.contains("it lacks policy_file, devices:posture") == true)
    }

    @Test("groups that are missing or cannot be managed are each named, in the words of the refusal")
    func groups() {
        var report = HealthSample.healthy()
        let refusals: [PolicyRefusal] = [
            .groupMissing("group:a"), .groupNotAList("group:b"), .groupsMissing, .notAnObject,
        ]
        report.policy = .success(.init(refusals: refusals))
        #expect(
            verdict(report).problems.map(\.code) == [
                "group_missing", "group_not_manageable", "group_missing", "policy_not_manageable",
            ])
        #expect(verdict(report).problems.map(\.message) == refusals.map(\.description))
    }

    @Test("a policy file that is managed elsewhere, and what could not be asked, are warnings")
    func warnings() {
        var report = HealthSample.healthy()
        report.settings = .success(HealthSample.settings(isManagedElsewhere: true, link: "https://git.example.com/acl"))
        report.users = .failure(.forbidden(message: "no", call: .users))
        var verdict = verdict(report)
        #expect(verdict.problems.isEmpty)
        #expect(verdict.warnings.map(\.code) == ["policy_managed_elsewhere", "people_unchecked"])
        #expect(verdict.warnings[0].message.contains("https://git.example.com/acl"))
        #expect(verdict.warnings[1].message.contains("users:read"))
        report.settings = .failure(.forbidden(message: "no", call: .settings))
        report.users = .failure(.unavailable(status: 500, retryAfter: nil))
        verdict = self.verdict(report)
        #expect(verdict.problems.isEmpty)
        #expect(verdict.warnings.map(\.code) == ["settings_unchecked", "people_unchecked"])
    }

    @Test("a credential's end is a warning from 14 days before, and a problem when it has come")
    func expiry() {
        let before = verdict(HealthSample.healthy(expires: now.advanced(byMilliseconds: 14 * HealthSample.day)))
        #expect(before.problems.isEmpty && before.warnings.map(\.code) == ["credential_expires"])
        let after = verdict(HealthSample.healthy(expires: now))
        #expect(after.problems.map(\.code) == ["credential_expired"] && after.warnings.isEmpty)
    }
}
