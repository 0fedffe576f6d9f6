extension TailscaleClient {
    /// The devices of the tailnet, in the service's order.
    public func devices() async throws(TailscaleError) -> [TailnetDevice] {
        let request = APIRequest(call: .devices, path: path("devices"), answerLimit: connection.listLimit)
        return try await answer(to: request).decoded(WireDevices.self).devices
    }

    private struct WireDevices: Decodable {
        var devices: [TailnetDevice]
    }
}
