import Hummingbird

extension HTTPEdge {
    func addIntegrations(to router: Router<BasicRequestContext>) {
        router.get("/v1/integrations") { request, _ in try await read(request, .integrations) }
    }
}
