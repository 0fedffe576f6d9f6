import Leases
import SymConfiguration
import SymMessages
import TailnetPolicy

@testable import TailscaleAPI
@testable import TailscaleProvisioner

/// Integrations, configurations and reports for tests.
enum HealthSample {
    static let start = Timestamp(milliseconds: 1_767_225_600_000)
    static let day: Int64 = 86_400_000
    static let topics = ProvisionerTopics(topics: Topics(), provisioner: name("tailscale"))
    static let secret = SecretReference(source: .env, path: "TAILSCALE_API_TOKEN")

    static func name(_ text: String) -> ResourceName {
        guard let name = ResourceName(rawValue: text) else { preconditionFailure("\(text) is no name") }
        return name
    }

    static func group(_ text: String) -> GroupName {
        guard let name = GroupName(rawValue: "group:\(text)") else { preconditionFailure("\(text) is no group") }
        return name
    }

    static func subject(_ integration: String, tailnet: String = "example.com") -> HealthSubject {
        HealthSubject(
            tailnet: Tailnet(integration: name(integration), name: tailnet), credential: .apiToken(secret),
            groups: [group("prod")])
    }

    static func health(period: Int64 = 300, isDryRun: Bool = false) -> IntegrationHealth {
        IntegrationHealth(
            provisioner: name("tailscale"), topics: topics, period: Seconds(period), isDryRun: isDryRun)
    }

    /// A configuration with these integrations, each of the tailnet of its name, and one of another provisioner.
    static func record(_ version: Int, _ integrations: [String]) throws -> ConfigRecord {
        var yaml = """
            sym_secrets:
              env: { type: env }
            sym_secret:
              key: { source_id: env, path: TAILSCALE_API_TOKEN }
            sym_target:
              prod: { type: tailscale_group, label: Prod, settings: { group_name: prod } }
            sym_integration:
              other: { type: tailscale, external_id: o.com, settings: { api_token_secret: key, provisioner: elsewhere } }

            """
        for integration in integrations {
            yaml += "  \(integration): { type: tailscale, external_id: \(integration).com, "
            yaml += "settings: { api_token_secret: key } }\n"
        }
        if !integrations.isEmpty {
            yaml += "sym_strategy:\n"
            for integration in integrations {
                yaml += "  s-\(integration): { type: tailscale, integration_id: \(integration), targets: [prod] }\n"
            }
        }
        let source = try ConfigurationSource(yaml: yaml)
        guard let caller = Caller("person:cy@example.com") else { preconditionFailure("a caller") }
        return ConfigRecord(basedOn: version - 1, by: caller, at: start, resources: source.resources)
    }

    static func healthy(expires: Timestamp? = nil, tailnetID: String? = nil) -> HealthReport {
        HealthReport(
            credential: .success(.init(expires: expires, scopes: [])), policy: .success(.init()),
            settings: .success(settings(isManagedElsewhere: false)), users: .success(TailnetUsers(tailnetID: tailnetID))
        )
    }

    static func unhealthy(_ error: TailscaleError) -> HealthReport {
        HealthReport(credential: .failure(error), policy: .failure(error))
    }

    static func settings(isManagedElsewhere: Bool, link: String = "") -> TailnetSettings {
        TailnetSettings(aclsExternallyManagedOn: isManagedElsewhere, aclsExternalLink: link)
    }
}
