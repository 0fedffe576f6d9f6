import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TailnetPolicy

extension TailscaleClient {
    /// Reads the policy file as it stands, comments and all.
    public func readPolicy() async throws(TailscaleError) -> PolicyFile {
        let token = try await access.token()
        var request = request(.GET, "acl", token: token)
        request.headers.add(name: "Accept", value: "application/hujson")
        let answer: Answer
        do {
            answer = try await send(request, token: token)
        } catch {
            switch error {
            case .notSent(let reason), .noAnswer(let reason): throw .unreachable(reason: reason)
            case .answerTooLarge: throw .answerTooLarge(limit: answerLimit)
            case .cancelled: throw .cancelled
            }
        }
        guard answer.status == 200 else { throw self.error(for: answer, token: token) }
        return try policyFile(in: answer)
    }

    /// Replaces the policy file, if it still is the version the draft was computed from.
    ///
    /// - Returns: the file as the service now has it. It may have laid it out anew.
    /// - Throws: ``TailscaleError/preconditionFailed`` if the file has changed; where ``TailscaleError/outcomeIsUnknown``,
    ///   the write may have taken effect.
    @discardableResult
    public func writePolicy(_ draft: PolicyDraft) async throws(TailscaleError) -> PolicyFile {
        let token = try await access.token()
        guard !Task.isCancelled else { throw .cancelled }
        var request = request(.POST, "acl", token: token)
        request.headers.add(name: "Accept", value: "application/hujson")
        request.headers.add(name: "Content-Type", value: "application/hujson")
        request.headers.add(name: "If-Match", value: draft.base.headerValue)
        request.body = .bytes(ByteBuffer(bytes: draft.text))
        let answer: Answer
        do {
            answer = try await send(request, token: token)
        } catch {
            switch error {
            case .notSent(let reason): throw .unreachable(reason: reason)
            case .noAnswer(let reason): throw .answerLost(reason: reason)
            case .answerTooLarge: throw .answerLost(reason: "the answer has more than \(answerLimit) bytes")
            case .cancelled: throw .answerLost(reason: "the call was cancelled")
            }
        }
        guard answer.status == 200 else { throw self.error(for: answer, token: token) }
        do {
            return try policyFile(in: answer)
        } catch {
            throw .answerLost(reason: "\(error)")
        }
    }

    private func policyFile(in answer: Answer) throws(TailscaleError) -> PolicyFile {
        guard let header = answer.headers.first(name: "ETag"), let etag = ETag(header) else {
            throw .malformedAnswer(reason: "it names no version of the policy file")
        }
        guard !answer.body.isEmpty else { throw .malformedAnswer(reason: "it is empty") }
        return PolicyFile(text: answer.body, etag: etag)
    }
}
