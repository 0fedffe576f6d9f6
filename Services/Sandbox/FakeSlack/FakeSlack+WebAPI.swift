import SymMessages

/// Arguments of a Web API call.
struct SlackArguments {
    private let values: [String: JSONValue]

    init(_ values: [String: JSONValue]) { self.values = values }

    init(_ form: URLEncodedForm) {
        values = Dictionary(form.fields.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { $1 })
    }

    func text(_ name: String) -> String? { values[name]?.text }

    /// `blocks`: a list, or in a form (and from some clients in JSON) a text that is JSON.
    var blocks: Result<[JSONValue]?, SlackArgumentError> {
        switch values["blocks"] {
        case nil, .null: return .success(nil)
        case .array(let blocks): return .success(blocks)
        case .string(let text):
            guard case .array(let blocks)? = try? WireFormat.decode(JSONValue.self, from: Array(text.utf8)) else {
                return .failure(.invalidBlocksFormat)
            }
            return .success(blocks)
        default: return .failure(.invalidBlocksFormat)
        }
    }
}

enum SlackArgumentError: String, Error {
    case invalidBlocksFormat = "invalid_blocks_format"
}

extension FakeSlack {
    /// A method: what it takes and needs (slack.md B3; docs.slack.dev/reference/methods).
    private struct Method {
        let name: String
        var takesJSON = true
        var scopes: [String] = []
    }

    private static let methods: [String: Method] = Dictionary(
        uniqueKeysWithValues: [
            Method(name: "auth.test"),
            Method(name: "users.info", takesJSON: false, scopes: ["users:read"]),
            Method(name: "users.lookupByEmail", takesJSON: false, scopes: ["users:read.email"]),
            Method(name: "conversations.open", scopes: ["im:write"]),
            Method(name: "conversations.info", takesJSON: false, scopes: ["channels:read"]),
            Method(name: "conversations.list", takesJSON: false, scopes: ["channels:read", "groups:read"]),
            Method(name: "chat.postMessage", scopes: ["chat:write"]),
            Method(name: "chat.postEphemeral", scopes: ["chat:write"]),
            Method(name: "chat.update", scopes: ["chat:write"]),
        ].map { ($0.name, $0) })

    mutating func webAPI(_ request: SlackRequest, at now: Int64) -> SlackOutcome {
        let name = request.path.dropFirst().joined(separator: "/")
        let fault = nextFault(for: name)
        if fault?.kind == .down {
            count(name, "down")
            return .dropped
        }
        var response: SlackResponse
        switch fault?.kind {
        case .rateLimited: response = .rateLimited(retryAfter: fault?.retryAfter ?? 1)
        case .error: response = .error(fault?.error ?? "internal_error")
        case .delay, .dropAfterApply, .down, nil: response = call(name, request, at: now)
        }
        response.scopes = app.scopes.sorted().joined(separator: ",")
        let body = try? WireFormat.decode(JSONValue.self, from: response.body)
        count(name, body?["error"]?.text ?? "ok")
        return fault?.kind == .dropAfterApply ? .dropped : .answer(response, delay: fault?.delay ?? 0)
    }

    private mutating func count(_ name: String, _ how: String) { calls["\(name) \(how)", default: 0] += 1 }

    private mutating func call(_ name: String, _ request: SlackRequest, at now: Int64) -> SlackResponse {
        guard let method = Self.methods[name] else { return .error("unknown_method") }
        let arguments: SlackArguments
        switch Self.arguments(of: request, method) {
        case .success(let found): arguments = found
        case .failure(let refusal): return refusal.response
        }
        let bearer = request.authorization.flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }
        guard let token = bearer ?? arguments.text("token") else { return .error("not_authed") }
        guard token == app.token else { return .error("invalid_auth") }
        if let seconds = limits.call(name, at: now) { return .rateLimited(retryAfter: seconds) }
        if let scope = method.scopes.first(where: { !app.scopes.contains($0) }) {
            return .error(
                "missing_scope",
                ["needed": .string(scope), "provided": .string(app.scopes.sorted().joined(separator: ","))])
        }
        switch name {
        case "auth.test": return authTest()
        case "users.info": return userInfo(arguments)
        case "users.lookupByEmail": return lookup(arguments)
        case "conversations.open": return openConversation(arguments)
        case "conversations.info": return conversationInfo(arguments)
        case "conversations.list": return conversationList(arguments)
        case "chat.postMessage": return postMessage(arguments, at: now)
        case "chat.postEphemeral": return postEphemeral(arguments, at: now)
        default: return update(arguments, at: now)
        }
    }

    private struct Refusal: Error {
        let response: SlackResponse
    }

    /// Errors of the envelope: docs.slack.dev/apis/web-api and the common errors of every method.
    private static func arguments(
        of request: SlackRequest, _ method: Method
    ) -> Result<SlackArguments, Refusal> {
        let type = request.contentType?.split(separator: ";").first?.lowercased()
        guard request.method == "POST", !request.body.isEmpty else { return .success(SlackArguments(request.query)) }
        switch type {
        case "application/json":
            // Slack does not read JSON where a method takes none, and misses the arguments.
            guard method.takesJSON else {
                let hint = "[ERROR] \(method.name) takes no JSON; send a form"
                return .failure(
                    Refusal(
                        response: .error(
                            "invalid_arguments",
                            ["response_metadata": .object(["messages": .array([.string(hint)])])])))
            }
            guard let json = try? WireFormat.decode(JSONValue.self, from: request.body) else {
                return .failure(Refusal(response: .error("invalid_json")))
            }
            guard case .object(let members) = json else {
                return .failure(Refusal(response: .error("json_not_object")))
            }
            return .success(SlackArguments(members))
        case "application/x-www-form-urlencoded":
            return .success(SlackArguments(URLEncodedForm(encoded: request.body)))
        case nil: return .failure(Refusal(response: .error("missing_post_type")))
        default: return .failure(Refusal(response: .error("invalid_post_type")))
        }
    }

    private mutating func nextFault(for method: String) -> SlackFault? {
        guard let index = faults.firstIndex(where: { $0.method == nil || $0.method == method }) else { return nil }
        let fault = faults[index]
        if let count = fault.count {
            faults[index].count = count - 1
            if count <= 1 { faults.remove(at: index) }
        }
        return fault
    }
}
