import SymMessages

extension ConfigurationReader {
    /// What the settings of a tailnet say about its credential.
    enum CredentialReading {
        /// It cannot be told which; that was reported.
        case unclear
        /// `nil`: its secret is kept where this version cannot read it, or the reference dangles, which was reported.
        case named(TailnetCredential?)
    }

    /// With what the provisioner speaks to the tailnet: exactly one of three ways.
    func credential(_ settings: Attributes) -> CredentialReading {
        let written = ["api_token_secret", "oauth_client_id", "oauth_client_secret", "jwt_file"]
            .filter(settings.isWritten)
        switch written {
        case ["api_token_secret"]:
            return .named(find(settings.text("api_token_secret"), in: configuration.secrets).map { .apiToken($0) })
        case ["oauth_client_id", "oauth_client_secret"]:
            guard let id = clientID(settings) else { return .unclear }
            let secret = find(settings.text("oauth_client_secret"), in: configuration.secrets)
            return .named(secret.map { .oauthClient(id: id, secret: $0) })
        case ["oauth_client_id", "jwt_file"]:
            guard let id = clientID(settings), let path = settings.text("jwt_file") else { return .unclear }
            guard !path.value.looksLikeSecret else {
                settings.report(
                    "jwt_file", .secretInConfiguration(write: "the name of the file that has it, below SYM_SECRETS_DIR")
                )
                return .unclear
            }
            guard Self.isFileBelow(path.value) else {
                settings.report("jwt_file", Self.notAFileBelow)
                return .unclear
            }
            return .named(.federatedIdentity(clientID: id, token: SecretReference(source: .file, path: path.value)))
        default:
            report(settings, written)
            return .unclear
        }
    }

    private func report(_ settings: Attributes, _ written: [String]) {
        guard let first = written.first else {
            return settings.missing(
                "api_token_secret",
                "names the sym_secret with an API token. An OAuth client is the better choice: set oauth_client_id and "
                    + "oauth_client_secret, or oauth_client_id and jwt_file, instead")
        }
        if first == "api_token_secret" {
            return settings.report(
                written[1], "cannot stand beside api_token_secret: a tailnet has one credential. Leave one of them out")
        }
        switch written {
        case ["oauth_client_id"]:
            settings.report(
                "oauth_client_id",
                "is not enough: add oauth_client_secret, the name of the sym_secret with the client's secret, or "
                    + "jwt_file, the file with the signed token of a federated identity")
        case ["oauth_client_secret"], ["jwt_file"]:
            settings.report(
                first, "is not enough: add oauth_client_id, which the admin console of Tailscale shows")
        default:
            settings.report(
                "jwt_file",
                "cannot stand beside oauth_client_secret: a client has a secret or trusts a signed token. Leave one of "
                    + "them out")
        }
    }

    private func clientID(_ settings: Attributes) -> String? {
        guard let id = settings.text("oauth_client_id") else { return nil }
        guard !id.value.looksLikeSecret else {
            settings.report(
                "oauth_client_id",
                .secretInConfiguration(write: "the client's id, as the admin console of Tailscale shows it"))
            return nil
        }
        guard id.value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            settings.report("oauth_client_id", "is not the id of a client: it has a character that none has")
            return nil
        }
        return id.value
    }
}
