extension String {
    /// Whether it looks like a secret that was written where the name of one belongs: it must not be repeated in any
    /// message.
    var looksLikeSecret: Bool {
        let starts = ["xoxb-", "xoxp-", "xapp-", "-----BEGIN"]
        let isSignedToken = hasPrefix("eyJ") && split(separator: ".").count == 3
        return contains("tskey-") || isSignedToken || starts.contains { hasPrefix($0) }
    }

    /// What to say of a secret in a configuration.
    ///
    /// - Parameter instead: what belongs there, after "write".
    static func secretInConfiguration(write instead: String) -> String {
        "is a secret. It does not belong in a configuration, and has to be revoked if it was sent anywhere: write \(instead)"
    }
}
