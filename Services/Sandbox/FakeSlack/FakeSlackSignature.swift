import Crypto

/// How Slack signs what it sends to an app (slack.md B1): `v0=` and the hex HMAC-SHA256, keyed with the signing secret, of
/// `v0:<X-Slack-Request-Timestamp>:<raw body>`.
struct SlackSignature: Hashable, Sendable {
    /// What is added to the time on the signature, in seconds, and whether the signature is a wrong one.
    struct Deviation: Hashable, Sendable {
        var skew: Int64 = 0
        var isForged = false
        var isMissing = false
    }

    let text: String

    /// - Parameter timestamp: seconds since 1970, as in the header.
    init(secret: String, timestamp: String, body: [UInt8]) {
        var code = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
        code.update(data: Array("v0:\(timestamp):".utf8))
        code.update(data: body)
        text = "v0=" + code.finalize().hexadecimal
    }

    /// The request to send, with its signature as `deviation` wants it.
    ///
    /// - Parameter now: milliseconds since 1970.
    static func post(
        _ body: [UInt8], secret: String, at now: Int64, _ deviation: Deviation
    ) -> SlackDelivery.Post {
        let timestamp = String(now / 1000 + deviation.skew)
        let key = deviation.isForged ? secret + "-of-somebody-else" : secret
        var headers = ["Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Slackbot 1.0 (fake)"]
        if !deviation.isMissing {
            headers["X-Slack-Request-Timestamp"] = timestamp
            headers["X-Slack-Signature"] = SlackSignature(secret: key, timestamp: timestamp, body: body).text
        }
        return SlackDelivery.Post(headers: headers, body: body)
    }
}

extension Sequence<UInt8> {
    /// In lower-case hex.
    var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
