import LeaseCopy
import ServiceRuntime
import SymMessages

/// Where this process keeps its copy of the ledger.
enum StateFolder {
    static let option = "--stateless"
    private static let name = "SYM_PROVISIONER_STATE_DIR"

    /// `SYM_PROVISIONER_STATE_DIR`: a folder of its own for every process, on a disk that outlives it; `nil` with
    /// `--stateless`.
    static func path(_ settings: Settings, _ arguments: [String]) throws(SettingsError) -> String? {
        if let other = arguments.first(where: { $0 != option }) {
            throw SettingsError(other, "is no option: there is only \(option)")
        }
        let path = settings.string(name)
        guard arguments.isEmpty else {
            guard path == nil else {
                throw SettingsError(name, "is set, and \(option) is given too: remove one of them")
            }
            return nil
        }
        guard let path else {
            throw SettingsError(
                name,
                "is not set: name a folder for the copy of the ledger, by which access is ended while Kafka is away. "
                    + "Without one, start with \(option): then access that is due stays until Kafka is back")
        }
        return path
    }

    /// `nil`: there is none.
    static func open(_ path: String?, ledger: String) async throws(LeaseCopyError) -> LeaseCopy? {
        guard let path else { return nil }
        return try await LeaseCopy.open(folder: path, ledger: ledger, now: Timestamp.now())
    }
}
