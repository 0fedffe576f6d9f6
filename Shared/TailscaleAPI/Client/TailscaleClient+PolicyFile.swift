import FoundationEssentials
import NIOHTTP1
import TailnetPolicy

extension TailscaleClient {
    /// Reads the policy file as it stands, comments and all.
    public func readPolicy() async throws(TailscaleError) -> PolicyFile {
        try policyFile(
            in: try await answer(
                to: APIRequest(
                    call: .readPolicy, path: path("acl"), headers: [("Accept", "application/hujson")],
                    answerLimit: connection.answerLimit)))
    }

    /// Reads the policy file together with what the service remarks about it.
    ///
    /// A service that does not know such reads sends the text alone; then there are no warnings.
    public func readPolicyDetails() async throws(TailscaleError) -> PolicyFileDetails {
        let answer = try await answer(
            to: APIRequest(
                call: .readPolicy, path: path("acl"), query: [("details", "true")],
                // The text in base64, and the remarks.
                answerLimit: connection.answerLimit * 2))
        guard !answer.isPage else { throw .malformedAnswer(reason: Self.page) }
        let etag = answer.headers.first(name: "ETag").flatMap { ETag($0) }
        let text: [UInt8]
        var warnings: [String] = []
        var errors: [String] = []
        if let details = try? JSONDecoder().decode(WireDetails.self, from: Data(answer.body)) {
            guard let data = Data(base64Encoded: details.acl) else {
                throw .malformedAnswer(reason: "\"acl\" is not base64")
            }
            (text, warnings, errors) = (Array(data), details.warnings ?? [], details.errors ?? [])
        } else {
            text = answer.body
        }
        guard !text.isEmpty else { throw .malformedAnswer(reason: "it is empty") }
        return PolicyFileDetails(text: text, etag: etag, warnings: warnings, errors: errors)
    }

    private struct WireDetails: Decodable {
        var acl: String
        var warnings: [String]?
        var errors: [String]?
    }

    /// Replaces the policy file, if it still is the version the draft was computed from.
    ///
    /// - Parameter isTooLate: asked when the token is there and the write is about to be sent, the last moment at which it can
    ///   be held back.
    /// - Returns: the file as the service now has it. It may have laid it out anew.
    /// - Throws: ``TailscaleError/preconditionFailed`` if the file has changed; ``TailscaleError/withheld`` if it was too
    ///   late; where ``TailscaleError/outcomeIsUnknown``, the write may have taken effect.
    @discardableResult
    public func writePolicy(
        _ draft: PolicyDraft, unless isTooLate: (@Sendable () -> Bool)? = nil
    ) async throws(TailscaleError) -> PolicyFile {
        let answer = try await answer(
            to: APIRequest(
                call: .writePolicy, method: .POST, path: path("acl"),
                headers: [
                    ("Accept", "application/hujson"), ("Content-Type", "application/hujson"),
                    ("If-Match", draft.base.headerValue),
                ],
                body: draft.text, answerLimit: connection.answerLimit, isWithheld: isTooLate))
        do {
            return try policyFile(in: answer)
        } catch {
            throw .answerLost(reason: "\(error)")
        }
    }

    private func policyFile(in answer: Answer) throws(TailscaleError) -> PolicyFile {
        guard !answer.isPage else { throw .malformedAnswer(reason: Self.page) }
        guard let header = answer.headers.first(name: "ETag"), let etag = ETag(header) else {
            throw .malformedAnswer(reason: "it names no version of the policy file")
        }
        guard !answer.body.isEmpty else { throw .malformedAnswer(reason: "it is empty") }
        return PolicyFile(text: answer.body, etag: etag)
    }

    private static var page: String { "it is a page for a browser" }
}
