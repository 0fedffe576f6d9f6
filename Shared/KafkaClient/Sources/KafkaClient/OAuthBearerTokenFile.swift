#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads a JSON web token from a file that somebody else keeps fresh, such as a token Kubernetes projects into a pod.
///
/// Who it is for and until when is taken from the token without verifying it: that is the broker's part.
public struct OAuthBearerTokenFile: OAuthBearerTokenSource {
    private let file: SecretFile

    /// - Parameter path: read anew for every token.
    public init(path: String) {
        file = SecretFile(path: path)
    }

    /// - Throws: `settings`: the file cannot be read, or is not a JSON web token with `sub` and `exp`.
    public func token() async throws -> OAuthBearerToken {
        let text = await onOwnThread { [file] in Result { () throws(SecretFile.Failure) in try file.text() } }
        switch text {
        case .success(let text):
            guard let token = OAuthBearerToken(webToken: text) else {
                throw KafkaError(
                    .settings,
                    "The OAUTHBEARER token's file is not a JSON web token with \"sub\" and \"exp\". Put one there.")
            }
            return token
        case .failure(let failure):
            throw KafkaError(.settings, "The OAUTHBEARER token's file \(failure). Put a token there.")
        }
    }
}

extension OAuthBearerToken {
    private struct Claims: Decodable {
        let sub: String
        /// Seconds since 1970, with or without a fraction.
        let exp: Double
    }

    /// - Parameter text: three parts of URL-safe Base64, separated by dots; the second is JSON.
    fileprivate init?(webToken text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        var payload = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        payload += String(repeating: "=", count: (4 - payload.count % 4) % 4)
        guard
            let data = Data(base64Encoded: payload), let claims = try? JSONDecoder().decode(Claims.self, from: data),
            !claims.sub.isEmpty, !claims.sub.utf8.contains(0),
            let expiry = Int64(exactly: (claims.exp * 1000).rounded())
        else { return nil }
        self.init(value: text, principal: claims.sub, expiry: expiry)
    }
}
