import CRDKafka

extension ClientHandle {
    /// The event by which librdkafka asks for a token. It arrives once, after a client is made and when a token grows
    /// old; without an answer no broker is connected to.
    static let tokenRefreshEvent = RD_KAFKA_EVENT_OAUTHBEARER_TOKEN_REFRESH

    /// Gets a token and gives it to librdkafka, or says that there is none: then librdkafka reports an error
    /// (`RD_KAFKA_RESP_ERR__AUTHENTICATION`) and asks again after 10 s.
    /// - Returns: why there is none.
    @discardableResult
    func refreshToken(from source: any OAuthBearerTokenSource) async -> KafkaError? {
        let failure: KafkaError
        do {
            let token = try await source.token()
            let isTaken = use { pointers in
                // librdkafka's reason is not looked at: it may quote the token.
                var reason = [CChar](repeating: 0, count: 512)
                return rd_kafka_oauthbearer_set_token(
                    pointers.client, token.value, token.expiry, token.principal, nil, 0, &reason, reason.count)
                    == RD_KAFKA_RESP_ERR_NO_ERROR
            }
            guard isTaken == false else { return nil }
            failure = KafkaError(
                .settings, "The OAUTHBEARER token of \(token.principal) has expired or is malformed. Give a fresh one.")
        } catch let error as KafkaError {
            failure = error
        } catch {
            failure = KafkaError(.unreachable, "There is no OAUTHBEARER token: \(error).")
        }
        _ = use { rd_kafka_oauthbearer_set_token_failure($0.client, failure.message) }
        return failure
    }
}
