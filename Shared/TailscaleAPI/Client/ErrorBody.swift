import HuJSON

/// What the service says beside a status that is not 200. A proxy on the way may say anything, so every part may be
/// missing.
struct ErrorBody {
    /// `message`, or for OAuth's errors `error_description` or `error`.
    private(set) var message: String?
    /// How many of the policy file's own tests failed. Whose they are stays out: their sources are policy text.
    private(set) var failedTests = 0

    init(_ body: [UInt8]) {
        guard let document = try? HuJSONDocument(body, depthLimit: 32) else { return }
        let members = document.members(of: document.root)
        for name in ["message", "error_description", "error"] where message == nil {
            message = members.first { document.name(of: $0) == name }.flatMap { document.string($0.value) }
        }
        guard let data = members.first(where: { document.name(of: $0) == "data" })?.value else { return }
        failedTests = document.elements(of: data).count { test in
            document.members(of: test).contains {
                document.name(of: $0) == "errors" && !document.elements(of: $0.value).isEmpty
            }
        }
    }
}
