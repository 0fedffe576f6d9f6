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
        try answer.mustNotBeEncoded()
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
    /// - Parameter isTooLate: asked when the token is there, and again when the connection is there and wants the text, before
    ///   each 64 KiB of it: the last moments at which the write can be held back.
    /// - Returns: the file as the service now has it. It may have laid it out anew.
    /// - Throws: ``TailscaleError/preconditionFailed`` if the file has changed; ``TailscaleError/withheld`` if it was too
    ///   late before any of the text was sent; where ``TailscaleError/outcomeIsUnknown``, the write may have taken effect.
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

    func policyFile(in answer: Answer) throws(TailscaleError) -> PolicyFile {
        guard !answer.isPage else { throw .malformedAnswer(reason: Self.page) }
        try answer.mustBeHuJSON()
        guard let header = answer.headers.first(name: "ETag"), let etag = ETag(header) else {
            throw .malformedAnswer(reason: "it names no version of the policy file")
        }
        guard !answer.body.isEmpty else { throw .malformedAnswer(reason: "it is empty") }
        return PolicyFile(text: answer.body, etag: etag)
    }

    private static var page: String { "it is a page for a browser" }
}

extension TailscaleConnection.Answer {
    /// What says that it is something else than the text of the policy file, as it stands there, is not taken for it: as JSON
    /// it would have lost all comments, and be written back so.
    fileprivate func mustBeHuJSON() throws(TailscaleError) {
        try mustNotBeEncoded()
        let type = headers["Content-Type"].joined(separator: ", ")
        let kind = type.prefix { $0 != ";" }.lowercased().trimmingSpaces
        guard kind == "application/hujson" else {
            let found = type.isEmpty ? "it has no Content-Type" : "its Content-Type is \(phrase(type))"
            throw .malformedAnswer(reason: "\(found), where a policy file is application/hujson")
        }
    }

    fileprivate func mustNotBeEncoded() throws(TailscaleError) {
        let encoding = headers["Content-Encoding"].joined(separator: ", ")
        guard encoding.isEmpty else {
            throw .malformedAnswer(reason: "it is encoded (\(phrase(encoding))), which was not asked for")
        }
    }

    private func phrase(_ text: String) -> String { text.redacted(secret).asPhrase(limit: 60) }
}
