import Leases
import SymConfiguration
import SymMessages

/// What is checked: an integration as the configuration has it.
struct HealthSubject: Sendable, Hashable {
    let tailnet: Tailnet
    /// `nil`: its secret is kept where this version cannot read it.
    let credential: TailnetCredential?
    /// Every group that a flow can give through it, sorted.
    let groups: [GroupName]

    var integration: ResourceName { tailnet.integration }
}

extension HealthSubject {
    /// The integrations of one provisioner, by name.
    static func subjects(
        in configuration: Configuration, of provisioner: ResourceName
    ) -> [ResourceName: HealthSubject] {
        let own = configuration.tailnets.filter { $0.provisioner == provisioner }
        return Dictionary(
            uniqueKeysWithValues: own.map { integration in
                let strategies = configuration.strategies.values.filter { $0.integration.name == integration.name }
                let groups = Set(strategies.flatMap(\.targets).map(\.group))
                let tailnet = Tailnet(integration: integration.name, name: integration.tailnet)
                return (
                    integration.name,
                    HealthSubject(tailnet: tailnet, credential: integration.credential, groups: groups.sorted())
                )
            })
    }
}
