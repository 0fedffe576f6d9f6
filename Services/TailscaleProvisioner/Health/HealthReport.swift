import SymMessages
import TailnetPolicy
import TailscaleAPI

/// What the API answered when an integration was checked.
struct HealthReport: Sendable, Equatable {
    /// What the service says of the credential itself.
    struct Credential: Sendable, Equatable {
        /// `nil`: it does not expire.
        var expires: Timestamp?
        /// Empty for an API token, which may do what its owner may.
        var scopes: [String]
    }

    /// What the policy file makes of the groups asked about.
    struct Policy: Sendable, Equatable {
        /// Groups that cannot be managed.
        var refusals: [PolicyRefusal] = []
        /// What is given during a lease and stays after it.
        var findings: [PolicyFinding] = []
    }

    /// The integration has none that this version can read; then nothing was asked.
    struct NoCredential: Error {}

    /// `nil`: its ID, by which it is asked about, is not known.
    var credential: Result<Credential, TailscaleError>?
    var policy: Result<Policy, TailscaleError>
    /// Absent if the policy file could not be read.
    var settings: Result<TailnetSettings, TailscaleError>?
    /// Absent likewise.
    var users: Result<TailnetUsers, TailscaleError>?
}
