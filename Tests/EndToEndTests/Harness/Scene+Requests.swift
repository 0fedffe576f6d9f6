import SandboxStack
import SymMessages
import Testing

/// A request as intake tells it.
struct Told: Sendable {
    let id: RequestID
    let json: JSONValue

    var state: RequestState? { json["state"]?.text.flatMap(RequestState.init(rawValue:)) }
    var offerID: String? { json["offer_id"]?.text }
    /// Why it was refused or failed.
    var reason: String? { json["refusal"]?["reason"]?.text }
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}

extension Scene {
    /// What a person fills in; `changes` replaces fields.
    static func form(seconds: Int = 3600, _ changes: [String: String] = [:]) -> String {
        var fields = [
            "flow": "\"prod-access\"", "target": "\"prod\"", "duration_seconds": "\(seconds)",
            "reason": "\"deploy 42\"",
        ]
        fields.merge(changes) { $1 }
        return "{" + fields.map { "\"\($0.key)\": \($0.value)" }.sorted().joined(separator: ", ") + "}"
    }

    /// Submits by HTTP, again with the same key while intake is away or the outcome is unknown.
    func submit(
        as caller: Caller = ana, key: String, _ form: String = form(), within limit: Duration = .seconds(60)
    ) async throws -> RequestID {
        let reply = try await insist("POST", "/v1/requests", as: caller, key: key, body: form, within: limit)
        let id = try #require(
            reply.json?["id"]?.text.flatMap(RequestID.init(rawValue:)), "\(reply.status) \(reply.text)")
        // The published formula, so that every client can compute it.
        #expect(id == RequestID(caller: caller, source: "http", id: key))
        return id
    }

    /// Approves what stands in the offer.
    func approve(_ id: RequestID, as caller: Caller = ben) async throws {
        let offer = try #require(try await told(id, is: [.pending]).offerID)
        try await insist(
            "POST", "/v1/requests/\(id)/approve", as: caller, key: "approve-\(id)", body: "{\"offer_id\": \"\(offer)\"}"
        )
    }

    /// Votes and tells the answer, whatever it is.
    ///
    /// - Parameter offer: by default what stands in the offer.
    func vote(_ id: RequestID, _ choice: String, as caller: Caller, offer: String? = nil) async throws -> Reply {
        var offer = offer
        if offer == nil { offer = try await told(id, is: [.pending]).offerID }
        return try await insist(
            "POST", "/v1/requests/\(id)/\(choice)", as: caller, key: "\(choice)-\(UInt32.random(in: 0 ... .max))",
            body: "{\"offer_id\": \"\(try #require(offer))\"}")
    }

    /// Ends early.
    func end(_ id: RequestID, as caller: Caller = ana) async throws {
        try await insist("POST", "/v1/requests/\(id)/end", as: caller, key: "end-\(id)", body: "{\"reason\": \"done\"}")
    }

    /// Sends a write until it is answered, as any client must: the same key makes that harmless.
    @discardableResult
    func insist(
        _ method: String, _ path: String, as caller: Caller, key: String, body: String?,
        within limit: Duration = .seconds(60)
    ) async throws -> Reply {
        try await eventually("an answer to \(method) \(path)", within: limit) {
            do {
                let headers = ["Idempotency-Key": key, "Content-Type": "application/json", "Prefer": "wait=5"]
                let reply = try await http(as: caller).call(method, path, headers: headers, body: body)
                // A retry of what took effect is told so in its own way.
                return reply.status == 503 ? .notYet("503 \(reply.text)") : .found(reply)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return .notYet("\(error)")
            }
        }
    }

    /// Waits until a request is in one of these states, and fails at once if it ends in another.
    @discardableResult
    func told(
        _ id: RequestID, is wanted: Set<RequestState>, as caller: Caller = ana, within limit: Duration = .seconds(60)
    ) async throws -> Told {
        try await eventually("\(id) to be \(wanted.map(\.rawValue).sorted().joined(separator: " or "))", within: limit)
        {
            let reply: Reply
            do {
                reply = try await http(as: caller).call("GET", "/v1/requests/\(id)")
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return .notYet("\(error)")
            }
            guard reply.status == 200, let json = reply.json else { return .notYet("\(reply.status) \(reply.text)") }
            let told = Told(id: id, json: json)
            if let state = told.state, wanted.contains(state) { return .found(told) }
            if let state = told.state, state.isFinal {
                try #require(wanted.contains(state), "\(reply.text)")
            }
            return .notYet(reply.text)
        }
    }
}
