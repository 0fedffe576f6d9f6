extension TailscaleClient {
    /// The settings of the tailnet.
    public func settings() async throws(TailscaleError) -> TailnetSettings {
        let request = APIRequest(call: .settings, path: path("settings"), answerLimit: connection.answerLimit)
        return try await answer(to: request).decoded(TailnetSettings.self)
    }
}
