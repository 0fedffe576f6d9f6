import SymMessages
import TailnetPolicy
import TailscaleAPI

/// Asks the API everything that tells whether an integration works. Nothing is changed.
struct HealthCheck: Sendable {
    let answers: TailnetAnswers

    /// - Returns: `nil`: there is no credential to ask with.
    func report(on subject: HealthSubject) async -> HealthReport? {
        guard let credential = subject.credential else { return nil }
        let client = answers.client(subject.tailnet, credential)
        async let own = answers.credential(credential, in: subject.tailnet).new()
        let policy = await Self.policy(client, groups: subject.groups)
        let known: Result<HealthReport.Credential, TailscaleError>? =
            switch await own {
            case .success(let known): known.map { .success($0) }
            case .failure(let error): .failure(error)
            }
        guard Self.isWorthMore(policy) else { return HealthReport(credential: known, policy: policy) }
        async let users = answers.users(of: subject.tailnet, with: credential).new()
        let settings = await Self.settings(client)
        return HealthReport(
            credential: known, policy: policy, settings: settings, users: await users)
    }

    /// Whether other calls can be expected to be answered.
    private static func isWorthMore(_ policy: Result<HealthReport.Policy, TailscaleError>) -> Bool {
        switch policy {
        case .success, .failure(.forbidden): true
        case .failure: false
        }
    }

    private static func policy(
        _ client: TailscaleClient, groups: [GroupName]
    ) async -> Result<HealthReport.Policy, TailscaleError> {
        do throws(TailscaleError) {
            return .success(judge(PolicyText(try await client.readPolicy().text), groups))
        } catch {
            return .failure(error)
        }
    }

    private static func judge(_ text: PolicyText, _ groups: [GroupName]) -> HealthReport.Policy {
        do throws(PolicyRefusal) {
            let report = try PolicyReport(of: text, groups: groups.map(\.rawValue))
            return HealthReport.Policy(
                refusals: report.groups.compactMap(\.refusal), findings: report.findings.filter { !$0.isNote })
        } catch {
            return HealthReport.Policy(refusals: [error])
        }
    }

    private static func settings(_ client: TailscaleClient) async -> Result<TailnetSettings, TailscaleError> {
        do throws(TailscaleError) {
            return .success(try await client.settings())
        } catch {
            return .failure(error)
        }
    }
}
