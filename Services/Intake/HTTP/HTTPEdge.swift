import HTTPTypes
import Hummingbird
import NIOCore
import SymConfiguration
import SymMessages

import struct SymMessages.RequestID

/// The HTTP API: reads calls into types, asks the core, writes its answers.
struct HTTPEdge: Sendable {
    static let largestBody = 65_536

    let tokens: TokenDesk
    /// Tells the core that a token was used, without waiting.
    var noteUse: @Sendable (_ token: String) -> Void = { _ in }
    /// Puts a call to the core and waits for its answer.
    let ask: @Sendable (Caller, Call) async throws -> Answer

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        let requests = router.group("/v1/requests")
        requests.post { request, _ in try await submit(request) }
        requests.get { request, _ in try await list(request) }
        requests.get(":id") { request, context in try await show(request, context) }
        for choice in Decision.Choice.allCases {
            requests.post(":id/\(choice.rawValue)") { request, context in
                try await vote(choice, request, context)
            }
        }
        requests.post(":id/cancel") { request, context in
            try await stop(request, context) { .cancel($0, reason: $1, key: $2.key, wait: $2.wait) }
        }
        requests.post(":id/end") { request, context in
            try await stop(request, context) { .end($0, reason: $1, key: $2.key, wait: $2.wait) }
        }
        requests.post(":id/extend") { request, context in
            try await stop(request, context) { .extend($0, reason: $1, key: $2.key, wait: $2.wait) }
        }
        addConfiguration(to: router)
        addRules(to: router)
        addUsers(to: router)
        addIntegrations(to: router)
        addGroups(to: router)
        addTokens(to: router)
        return router
    }

    // MARK: Requests

    private func submit(_ request: Request) async throws -> Response {
        let caller = try caller(of: request)
        let headers = try CallHeaders(request.headers)
        let access = try SubmitBody(reading: try await body(of: request)).access()
        let submission = Submission(channel: .api, source: "http", id: headers.key)
        return try await respond(caller, .submit(submission, access, wait: headers.wait), headers)
    }

    private func list(_ request: Request) async throws -> Response {
        let caller = try caller(of: request)
        let query = try RequestQuery(reading: request.uri.queryParameters)
        return try await respond(caller, .list(query), nil)
    }

    private func show(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let caller = try caller(of: request)
        return try await respond(caller, .show(try id(context)), nil)
    }

    private func vote(
        _ choice: Decision.Choice, _ request: Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let caller = try caller(of: request)
        let headers = try CallHeaders(request.headers)
        let vote = try VoteBody(reading: try await body(of: request)).vote(choice)
        return try await respond(caller, .vote(try id(context), vote, key: headers.key, wait: headers.wait), headers)
    }

    private func stop(
        _ request: Request, _ context: BasicRequestContext, _ call: (RequestID, String?, CallHeaders) -> Call
    ) async throws -> Response {
        let caller = try caller(of: request)
        let headers = try CallHeaders(request.headers)
        let bytes = try await body(of: request)
        let reason = bytes.isEmpty ? nil : try StopBody(reading: bytes).limitedReason()
        return try await respond(caller, call(try id(context), reason, headers), headers)
    }

    // MARK: What all calls share

    private func id(_ context: BasicRequestContext) throws(Problem) -> RequestID {
        let text = try parameter("id", context)
        guard let id = RequestID(rawValue: text) else {
            throw Problem(
                .notFound, "The address does not hold the id of a request: req_ and 26 letters and digits.")
        }
        return id
    }

    func parameter(_ name: String, _ context: BasicRequestContext) throws(Problem) -> String {
        guard let text = context.parameters.get(name)?.percentDecoded,
            (1...254).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw Problem(.unprocessableContent, field: name, "The address has no usable \(name).")
        }
        return text
    }

    func body(of request: Request, upTo limit: Int = Self.largestBody) async throws -> [UInt8] {
        do {
            return Array(try await request.body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "The body is larger than the \(limit) bytes that this address takes.")
        }
    }

    func respond(_ caller: Caller, _ call: Call, _ headers: CallHeaders?) async throws -> Response {
        let answer = try await ask(caller, call)
        var response = try AnswerWriter.response(answer)
        guard let headers else { return response }
        response.headers[.idempotencyKey] = headers.key
        if let wait = headers.wait, response.status == .ok {
            response.headers[.preferenceApplied] = "wait=\(wait.count)"
        }
        return response
    }
}
