import SymMessages

/// Which rules concern a user or an address.
extension TailnetSimulator {
    func previewPolicy(_ request: TailnetRequest) -> TailnetResponse {
        .json(
            200,
            .object([
                "matches": .array([]), "type": .orNull(request.query["type"]),
                "previewFor": .orNull(request.query["previewFor"]),
            ]))
    }
}
