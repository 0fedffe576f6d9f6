import GRDB

/// Why there is no working with the copy of the ledger in a folder, and what to do.
public struct LeaseCopyError: Error, Sendable, CustomStringConvertible, Equatable {
    public enum Kind: Sendable { case inUse, damaged, notOurs, otherVersion, otherLedger, unusable }

    public let kind: Kind
    public let description: String

    private init(_ kind: Kind, _ folder: String, _ what: String, _ advice: String) {
        self.kind = kind
        description = "SYM_PROVISIONER_STATE_DIR (\(folder)): \(what). \(advice)"
    }

    private static let anew =
        "Move the folder away, do not delete it, and start while Kafka answers: the copy is then made anew from the ledger. "
        + "Until it is, access that is due is ended by other provisioners only."

    static func inUse(_ folder: String) -> LeaseCopyError {
        LeaseCopyError(
            .inUse, folder, "another process works with this copy of the ledger",
            "Every provisioner needs a folder of its own, on a disk of its own machine. End the other one, or name another "
                + "folder.")
    }

    static func damaged(_ folder: String) -> LeaseCopyError {
        LeaseCopyError(.damaged, folder, "the copy of the ledger in it is damaged", anew)
    }

    static func notOurs(_ folder: String) -> LeaseCopyError {
        LeaseCopyError(
            .notOurs, folder, "the file \(LeaseCopy.fileName) in it is no copy of a ledger", "Name another folder.")
    }

    static func otherVersion(_ folder: String, _ version: Int) -> LeaseCopyError {
        LeaseCopyError(
            .otherVersion, folder,
            "the copy of the ledger in it was written by another version (format \(version), this one knows 1)",
            "Run that version. To go back to this one: \(anew)")
    }

    static func otherLedger(_ folder: String, of owner: String, wanted: String) -> LeaseCopyError {
        LeaseCopyError(
            .otherLedger, folder, "it has the copy of \(owner), not of \(wanted)",
            "Give every provisioner a folder of its own, or correct SYM_TOPIC_PREFIX or SYM_PROVISIONER_NAME.")
    }

    static func unusable(_ folder: String, _ why: String) -> LeaseCopyError {
        LeaseCopyError(
            .unusable, folder, "it cannot be used: \(why)",
            "It must be a folder on a disk with room, in which the provisioner may write.")
    }

    init(_ error: DatabaseError, _ folder: String) {
        self =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(folder)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(folder)
            default: .unusable(folder, error.message ?? "\(error.resultCode)")
            }
    }
}
