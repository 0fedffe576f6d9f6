import SymMessages

extension ConfigurationReader {
    /// The `type` of a `sym_secrets`.
    private enum SecretPlace: Equatable {
        case readable(SecretReference.Source)
        /// Not by this version.
        case unreadable
    }

    /// Reads `sym_secrets` and then the `sym_secret`s in them.
    mutating func readSecrets() {
        var places: [ResourceName: SecretPlace] = [:]
        each(.secretSource) { reader, name, block in
            places[name] = block.text("type").map { type in
                SecretReference.Source(rawValue: type.value).map { .readable($0) } ?? .unreadable
            }
        }
        each(.secret) { reader, name, block in
            reader.configuration.secrets[name] = reader.secret(places, block)
        }
    }

    private func secret(_ places: [ResourceName: SecretPlace], _ block: Attributes) -> SecretReference? {
        guard case .readable(let source)? = find(block.text("source_id"), in: places) else { return nil }
        if let settings = block.block("settings"), settings.isWritten("json_key") {
            settings.report(
                "json_key", "is not supported with \(source.rawValue); keep one secret in one variable or file")
        }
        guard let path = block.text("path") else { return nil }
        let problem: String? =
            switch source {
            case .env where path.value.looksLikeSecret, .file where path.value.looksLikeSecret:
                .secretInConfiguration(write: "where the operator keeps it")
            case .env where !Self.isVariable(path.value):
                "must be the name of an environment variable: letters, digits and underscores"
            case .file where !Self.isFileBelow(path.value):
                Self.notAFileBelow
            case .env, .file: nil
            }
        if let problem { block.report("path", problem) }
        return SecretReference(source: source, path: path.value)
    }

    private static func isVariable(_ name: String) -> Bool {
        name.utf8.first.map { !(48...57).contains($0) } ?? false
            && name.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_")
            }
    }

    static let notAFileBelow = "must be a file below the operator's SYM_SECRETS_DIR: no leading slash, no \"..\""

    static func isFileBelow(_ path: String) -> Bool {
        path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { ![".", "..", ""].contains($0) }
    }
}
