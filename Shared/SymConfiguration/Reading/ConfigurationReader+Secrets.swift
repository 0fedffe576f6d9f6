import SymMessages

extension ConfigurationReader {
    /// Reads `sym_secrets` and then the `sym_secret`s in them.
    mutating func readSecrets() {
        var sources: [ResourceName: SecretReference.Source] = [:]
        each(.secretSource) { reader, name, block in
            sources[name] = reader.secretSource(name, &block)
        }
        each(.secret) { reader, name, block in
            reader.configuration.secrets[name] = reader.secret(name, sources, &block)
        }
    }

    private func secretSource(_ name: ResourceName, _ block: inout AttributeReader) -> SecretReference.Source? {
        _ = block.nameAndLabel(name)
        block.refuse("settings", "is not used: env and file need none")
        guard let type = block.text("type") else {
            block.missing("type", "says where the operator keeps secrets: env or file")
            return nil
        }
        return block.choice(
            type, among: [SecretReference.Source.env, .file],
            others: [
                "aws_secrets_manager":
                    "aws_secrets_manager is not supported; use env or file and let the platform put the secret there"
            ])
    }

    private func secret(
        _ name: ResourceName, _ sources: [ResourceName: SecretReference.Source], _ block: inout AttributeReader
    ) -> SecretReference? {
        _ = block.nameAndLabel(name)
        block.refuse("settings", "is not supported yet by this version; keep one secret in one variable or file")
        block.missing("source_id", "names the sym_secrets that the secret is in")
        block.missing("path", "names the environment variable or the file")
        let path = block.text("path")
        guard let source = resolve(block.text("source_id"), .secretSource, in: sources), let path else { return nil }
        let problem: String? =
            switch source {
            case .env where !Self.isVariable(path.value):
                "must be the name of an environment variable: letters, digits and underscores"
            case .file where !Self.isFileBelow(path.value):
                "must be a file below the operator's SYM_SECRETS_DIR: no leading slash, no \"..\""
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

    private static func isFileBelow(_ path: String) -> Bool {
        path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { ![".", "..", ""].contains($0) }
    }
}
