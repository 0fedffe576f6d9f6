import SymConfiguration
import SymMessages

/// An integration and how it is doing, as `GET /v1/integrations` tells it.
struct IntegrationView: Sendable, Equatable, Encodable {
    enum State: String, Sendable, Encodable {
        case healthy, unhealthy
        /// Nobody has told lately.
        case unknown
    }

    var name: ResourceName
    var type: String
    var externalID: String
    var label: String
    var provisioner: ResourceName?
    /// Absent where nobody checks.
    var state: State?
    var problems: [HealthRecord.Remark] = []
    var warnings: [HealthRecord.Remark] = []
    var credentialExpiresAt: Timestamp?
    var checkedAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case name, type, label, provisioner, state, problems, warnings
        case externalID = "external_id"
        case credentialExpiresAt = "credential_expires_at"
        case checkedAt = "checked_at"
    }
}

extension IntegrationView {
    init(_ integration: Configuration.TailscaleIntegration, _ record: HealthRecord?, at now: Timestamp) {
        self.init(
            name: integration.name, type: Configuration.TailscaleIntegration.serviceType,
            externalID: integration.externalID, label: integration.label, provisioner: integration.provisioner)
        // What was found of the tailnet that it pointed to before says nothing about this one.
        guard let record, record.tailnet == integration.tailnet else {
            leaveUnknown("has not said yet how this integration is doing")
            return
        }
        checkedAt = record.checkedAt
        guard now < record.validUntil else {
            leaveUnknown("has said nothing of this integration since \(record.checkedAt)")
            return
        }
        state = record.state == .healthy ? .healthy : .unhealthy
        problems = record.problems
        warnings = record.warnings
        credentialExpiresAt = record.credentialExpiresAt
    }

    private mutating func leaveUnknown(_ what: String) {
        state = .unknown
        let name = provisioner.map { " \"\($0)\"" } ?? ""
        problems = [
            HealthRecord.Remark(
                code: "not_checked",
                message:
                    "The provisioner\(name) \(what). Check that it runs, and that SYM_INTAKE_PROVISIONERS names it.")
        ]
    }
}
