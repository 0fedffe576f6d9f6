import SymMessages

/// `GET /v1/integrations`.
struct IntegrationList: Decodable {
    var integrations: [IntegrationDocument]
}

/// An integration as the server tells it.
struct IntegrationDocument: Decodable {
    var name: String
    var type: String
    var externalID: String
    var state: String?
    var problems: [HealthRecord.Remark]?
    var warnings: [HealthRecord.Remark]?
    var credentialExpiresAt: Timestamp?
    var checkedAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case name, type, state, problems, warnings
        case externalID = "external_id"
        case credentialExpiresAt = "credential_expires_at"
        case checkedAt = "checked_at"
    }
}
