import Hummingbird
import SymConfiguration
import SymMessages

import struct SymMessages.RequestID

/// Writes the core's answers as HTTP responses.
enum AnswerWriter {
    private struct Accepted: Encodable {
        var id: RequestID
        var state: RequestState
    }

    private struct List: Encodable {
        var requests: [RequestSummary]
    }

    private struct Recorded: Encodable {
        var detail: String
    }

    static func response(_ answer: Answer) throws -> Response {
        switch answer {
        case .accepted(let id, let view):
            let location: HTTPFields = [.location: RequestPath.of(id)]
            if let view { return try json(.accepted, view, location) }
            return try json(.accepted, Accepted(id: id, state: .none), location)
        case .request(let view): return try json(.ok, view, [.location: RequestPath.of(view.id)])
        case .requests(let requests): return try json(.ok, List(requests: requests))
        case .configuration(let view): return try json(.ok, view, [.eTag: "\"\(view.version)\""])
        case .applied(let version, let changed, let warnings):
            let applied = AppliedConfiguration(version: version, changed: changed, warnings: warnings)
            return try json(.ok, applied, [.eTag: "\"\(version)\""])
        case .plan(let plan): return try json(.ok, plan)
        case .versions(let versions): return try json(.ok, ConfigurationVersions(versions: versions))
        case .needed(let leases): return Problem(neededBy: leases).response
        case .recorded:
            return try json(
                .accepted, Recorded(detail: "Kafka has it, but it was not read back yet. Look again in a moment."))
        case .identity(let identity): return try json(.ok, identity)
        case .people(let answer): return try response(answer)
        case .explanation(let explanation): return try json(.ok, explanation)
        case .refused(let refusal, let request): return Problem(refusal, request: request).response
        case .starting(let obstacle): return Problem.starting(obstacle).response
        case .unacknowledged: return Problem.unacknowledged.response
        }
    }

    static func json(
        _ status: HTTPResponse.Status, _ value: some Encodable, _ headers: HTTPFields = [:]
    ) throws -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        let bytes = try WireFormat.encode(value)
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
