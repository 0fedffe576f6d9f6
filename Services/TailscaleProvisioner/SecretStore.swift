import Dispatch
import FoundationEssentials
import ServiceRuntime
import SymMessages

/// The secrets the operator lets this process use, read anew each time so that a new one counts at once.
///
/// - `SYM_SECRETS_ALLOW`: environment variables a `sym_secret` may name, separated by commas.
/// - `SYM_SECRETS_DIR`: the folder below which the files lie that a `sym_secret` may name.
struct SecretStore: Sendable {
    private let variables: [String: String]
    private let allowed: Set<String>
    /// With links resolved.
    private let folder: String?

    init(settings: Settings) throws(SettingsError) {
        let names = (settings.string("SYM_SECRETS_ALLOW") ?? "").split(separator: ",").map { name in
            String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        allowed = Set(names)
        variables = settings.environment.filter { names.contains($0.key) }
        guard let path = settings.string("SYM_SECRETS_DIR") else {
            folder = nil
            return
        }
        guard let resolved = Self.resolve(path), Self.isFolder(resolved) else {
            throw SettingsError("SYM_SECRETS_DIR", "is not a folder")
        }
        folder = resolved
    }

    /// The secret itself. Its errors name where it was looked for, never what was found.
    func value(of reference: SecretReference) async throws(SecretRefusal) -> String {
        switch reference.source {
        case .env: try variable(reference.path)
        case .file: try await file(reference.path)
        }
    }

    private func variable(_ name: String) throws(SecretRefusal) -> String {
        guard allowed.contains(name) else {
            throw SecretRefusal("the variable \(name) is not listed in SYM_SECRETS_ALLOW of the provisioner")
        }
        guard let value = variables[name], !value.isEmpty else {
            throw SecretRefusal("the variable \(name) is not set in the environment of the provisioner")
        }
        return value
    }

    private func file(_ path: String) async throws(SecretRefusal) -> String {
        guard let folder else {
            throw SecretRefusal("SYM_SECRETS_DIR is not set, so no secret can be read from the file \(path)")
        }
        let outcome = await withCheckedContinuation { continuation in
            // Reading a file blocks, so not on the cooperative pool.
            DispatchQueue.global().async { continuation.resume(returning: Self.read(path, below: folder)) }
        }
        return try outcome.get()
    }

    private static func read(_ path: String, below folder: String) -> Result<String, SecretRefusal> {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), !path.contains("\0") else {
            return .failure(SecretRefusal("\(path) is not the name of a file below SYM_SECRETS_DIR"))
        }
        guard let resolved = resolve("\(folder)/\(path)") else {
            return .failure(SecretRefusal("there is no file \(path) in SYM_SECRETS_DIR"))
        }
        guard resolved.hasPrefix(folder == "/" ? folder : folder + "/") else {
            return .failure(SecretRefusal("the file \(path) leads out of SYM_SECRETS_DIR"))
        }
        guard let data = FileManager.default.contents(atPath: resolved), data.count <= 65_536 else {
            return .failure(SecretRefusal("the file \(path) in SYM_SECRETS_DIR cannot be read"))
        }
        let value = String(decoding: data, as: UTF8.self)
        let trimmed = String(value.reversed().drop { $0.isWhitespace }.reversed())
        return trimmed.isEmpty
            ? .failure(SecretRefusal("the file \(path) in SYM_SECRETS_DIR is empty")) : .success(trimmed)
    }

    /// The path without links, `.` and `..`; `nil` if there is nothing at it.
    private static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }
}

/// Why a secret cannot be had.
struct SecretRefusal: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
