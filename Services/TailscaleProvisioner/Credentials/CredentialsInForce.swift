import SymConfiguration
import SymMessages

/// Which credential the configuration names for each integration of one provisioner, version by version.
struct CredentialsInForce: Sendable {
    private let provisioner: ResourceName
    private var history = ConfigHistory()

    init(provisioner: ResourceName) { self.provisioner = provisioner }

    /// - Returns: all of them, if the record changes which configuration is in force.
    mutating func read(_ record: ConfigRecord) -> [ResourceName: TailnetCredential]? {
        guard history.append(record) == .accepted, let configuration = history.current?.configuration else {
            return nil
        }
        return HealthSubject.subjects(in: configuration, of: provisioner).compactMapValues(\.credential)
    }
}
