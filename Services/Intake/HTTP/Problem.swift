import Hummingbird
import Logging
import SymConfiguration
import SymMessages

import struct SymMessages.RequestID

/// Why a call failed, as problem details (RFC 9457).
struct Problem: Error, Equatable {
    /// Which of the problems with this status it is, for programs; this one: the status says it all.
    static let blank = "about:blank"
    /// What was asked for may have been done, or be done yet.
    static let outcomeUnknown = "urn:sym:outcome-unknown"

    var type = Self.blank
    var status: HTTPResponse.Status
    /// What happened and what to do next; never a secret.
    var detail: String
    /// The member of the body, header or query concerned.
    var field: String?
    /// The request concerned.
    var request: RequestID?
    /// The live leases concerned.
    var leases: [LeaseAtRisk]?
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, field: String? = nil, _ detail: String) {
        self.status = status
        self.detail = detail
        self.field = field
    }

    /// A refusal of a call: a thing that a field names and that does not exist makes the field wrong, not the address.
    init(_ refusal: Refusal, request: RequestID?) {
        let status: HTTPResponse.Status =
            switch refusal.kind {
            case .forbidden: .forbidden
            case .notFound: refusal.field == nil ? .notFound : .unprocessableContent
            case .conflict: .conflict
            case .invalid: .unprocessableContent
            }
        self.init(status, field: refusal.field, refusal.reason)
        self.request = request
        if let request { headers[.location] = RequestPath.of(request) }
    }

    /// A change of the configuration that live leases do not allow.
    init(neededBy leases: [LeaseAtRisk]) {
        let shown = leases.prefix(10).map { "\($0.request) (\($0.person), \($0.target)): \($0.reason)" }
        let rest = leases.count > shown.count ? "\nand \(leases.count - shown.count) more" : ""
        self.init(
            .conflict,
            "Live leases need what this would remove or re-point, so nothing was changed. End them first, then apply "
                + "again.\n" + shown.joined(separator: "\n") + rest)
        self.leases = leases
    }

    static func starting(_ obstacle: String) -> Problem {
        var problem = Problem(.serviceUnavailable, "sym-intake is starting: \(obstacle). Try again in a moment.")
        problem.headers[.retryAfter] = "2"
        return problem
    }

    static var unacknowledged: Problem {
        var problem = Problem(
            .serviceUnavailable,
            "Kafka did not acknowledge in time, so it is not known whether this was done. Send it again with the same "
                + "Idempotency-Key: it will not be done twice.")
        problem.type = outcomeUnknown
        problem.headers[.retryAfter] = "5"
        return problem
    }
}

extension Problem {
    private struct Body: Encodable {
        var type: String
        var title: String
        var status: Int
        var detail: String
        var field: String?
        var request: RequestID?
        var leases: [LeaseAtRisk]?
    }

    var response: Response {
        let body = Body(
            type: type, title: status.reasonPhrase, status: status.code, detail: detail, field: field, request: request,
            leases: leases)
        var headers = headers
        headers[.contentType] = "application/problem+json"
        let bytes = (try? WireFormat.encode(body)) ?? []
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// Addresses of requests.
enum RequestPath {
    static func of(_ request: RequestID) -> String { "/v1/requests/\(request)" }
}

/// Makes every error of the edge a problem.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            return problem.response
        } catch let error as HTTPError where error.status == .notFound {
            return Problem(.notFound, "There is nothing at this address that answers \(request.method).").response
        } catch let error as HTTPError {
            return Problem(error.status, error.body ?? error.status.reasonPhrase).response
        } catch is CancellationError {
            return Problem.starting("it is being stopped").response
        } catch {
            context.logger.error("a call failed", metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            return Problem(.internalServerError, "Something went wrong in sym-intake; its log says more.").response
        }
    }
}
