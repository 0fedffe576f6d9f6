/// Where a client gets the tokens it shows to the brokers (SASL/OAUTHBEARER).
public protocol OAuthBearerTokenSource: Sendable {
    /// A token that is valid now. Asked for at the start, when 80 % of a token's remaining life are over, and every
    /// 10 s after a failure. Must end when its task is cancelled. The description of what it throws goes to the log,
    /// so no token may be in it.
    func token() async throws -> OAuthBearerToken
}

/// A token, and what the client must know of it. Its value is never printed.
public struct OAuthBearerToken: Sendable, Hashable {
    public let value: String
    /// Whom it names.
    public let principal: String
    /// Until when it is valid; milliseconds since 1970.
    public let expiry: Int64

    public init(value: String, principal: String, expiry: Int64) {
        self.value = value
        self.principal = principal
        self.expiry = expiry
    }
}

extension OAuthBearerToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "token of \(principal)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["principal": principal, "expiry": expiry]) }
}
