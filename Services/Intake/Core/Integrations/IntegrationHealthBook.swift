import SymConfiguration
import SymMessages

/// What the provisioners told of their integrations last.
struct IntegrationHealthBook: Sendable {
    private struct Key: Hashable {
        let provisioner: ResourceName
        let integration: ResourceName
    }

    private var records: [Key: HealthRecord] = [:]

    /// - Parameter record: `nil`: the provisioner does not have the integration any more.
    mutating func take(_ record: HealthRecord?, of integration: ResourceName, from provisioner: ResourceName) {
        records[Key(provisioner: provisioner, integration: integration)] = record
    }

    func record(of integration: Configuration.TailscaleIntegration) -> HealthRecord? {
        records[Key(provisioner: integration.provisioner, integration: integration.name)]
    }
}
