import NIOHTTP1
import TailnetPolicy

extension TailscaleClient {
    /// Asks whether the service would take a policy file. Nothing is changed.
    ///
    /// - Parameter text: HuJSON. If it is an array, the service takes it for tests to run against the file that is there.
    public func validatePolicy(_ text: [UInt8]) async throws(TailscaleError) -> PolicyValidation {
        let answer: Answer
        do {
            answer = try await self.answer(to: candidate(text, call: .validatePolicy, path: "acl/validate"))
        } catch {
            // Older ways to say no.
            guard case .rejected(let message, let failedTests) = error else { throw error }
            return .refused(message: message, failedTests: failedTests)
        }
        guard answer.body.contains(where: { $0 > 0x20 }) else { return .accepted }
        return try PolicyValidation(try answer.decoded(PolicyVerdict.self), secret: answer.secret)
    }

    /// Asks whether the service would take a draft. Nothing is changed.
    public func validatePolicy(_ draft: PolicyDraft) async throws(TailscaleError) -> PolicyValidation {
        try await validatePolicy(draft.text)
    }

    /// Asks which rules of a policy file would give somebody access, or give access to something. Nothing is changed.
    ///
    /// - Parameter text: HuJSON; the candidate, not the file that is there.
    public func previewPolicy(
        _ text: [UInt8], for subject: PolicyPreview.Subject
    ) async throws(TailscaleError) -> PolicyPreview {
        var request = candidate(text, call: .previewPolicy, path: "acl/preview")
        request.query = [("type", subject.type), ("previewFor", subject.name)]
        return try await answer(to: request).decoded(PolicyPreview.self)
    }

    private func candidate(_ text: [UInt8], call: APICall, path rest: String) -> APIRequest {
        APIRequest(
            call: call, method: .POST, path: path(rest), headers: [("Content-Type", "application/hujson")], body: text,
            answerLimit: connection.answerLimit)
    }
}
