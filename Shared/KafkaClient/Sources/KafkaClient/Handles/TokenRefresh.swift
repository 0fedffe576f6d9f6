import CRDKafka

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension ClientHandle {
    /// The event by which librdkafka asks for a token. It need not be answered: ``keepToken(from:complaints:)`` does not
    /// wait to be asked, since whoever serves the queue may itself be waiting for a broker. Without the event librdkafka
    /// would make tokens of its own.
    static let tokenRefreshEvent = RD_KAFKA_EVENT_OAUTHBEARER_TOKEN_REFRESH

    /// Sees to it that the client always has a token, until it is closed or the task is cancelled.
    func keepToken(from source: any OAuthBearerTokenSource, complaints: Complaints) async {
        while !Task.isCancelled {
            let pause: Duration
            switch await refreshToken(from: source) {
            case .success(let token):
                var now = timespec()
                clock_gettime(CLOCK_REALTIME, &now)
                let left = token.expiry - (Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
                pause = max(.seconds(1), .milliseconds(left) * 0.8)
            case .failure(let error) where error.code == .closed:
                return
            case .failure(let error):
                complaints.add("token", "Kafka: \(error.message)")
                pause = .seconds(10)
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// Gets a token and gives it to librdkafka, or says that there is none.
    /// - Returns: the token, or why there is none.
    func refreshToken(from source: any OAuthBearerTokenSource) async -> Result<OAuthBearerToken, KafkaError> {
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
            guard let isTaken else { return .failure(KafkaError(.closed, "The Kafka client is closed.")) }
            if isTaken { return .success(token) }
            failure = KafkaError(
                .settings, "The OAUTHBEARER token of \(token.principal) has expired or is malformed. Give a fresh one.")
        } catch let error as KafkaError {
            failure = error
        } catch {
            failure = KafkaError(.unreachable, "There is no OAUTHBEARER token: \(error).")
        }
        _ = use { rd_kafka_oauthbearer_set_token_failure($0.client, failure.message) }
        return .failure(failure)
    }
}
