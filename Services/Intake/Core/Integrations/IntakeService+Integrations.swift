import SymConfiguration
import SymMessages

extension IntakeService {
    /// The integrations of the configuration in force, by name, and how they are doing.
    func integrations(at now: Timestamp) -> [IntegrationView] {
        let integrations = facts.history.current?.configuration.integrations ?? [:]
        return integrations.values.sorted { $0.name < $1.name }.map { integration in
            switch integration {
            case .slack(let slack):
                IntegrationView(name: slack.name, type: "slack", externalID: slack.workspace, label: slack.label)
            case .tailscale(let tailnet):
                IntegrationView(tailnet, integrationHealth.record(of: tailnet), at: now)
            case .permissionContext(let context):
                IntegrationView(
                    name: context.name, type: "permission_context", externalID: context.externalID,
                    label: context.label)
            }
        }
    }
}
