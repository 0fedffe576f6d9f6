import Hummingbird
import SymConfiguration
import SymMessages

import struct SymMessages.RequestID

/// `/v1/config`: the configuration in force, its versions, and changes of it.
extension HTTPEdge {
    static let largestConfiguration = 1_048_576

    func addConfiguration(to router: Router<BasicRequestContext>) {
        let config = router.group("/v1/config")
        config.get { request, _ in try await showConfiguration(request) }
        config.put { request, _ in
            try await change(request) { .apply($0, key: $1.key) }
        }
        config.post("plan") { request, _ in
            try await change(request) { proposal, _ in .plan(proposal) }
        }
        config.get("history") { request, _ in
            let caller = try caller(of: request)
            _ = try query(request, among: [])
            return try await respond(caller, .showVersions, nil)
        }
        config.post("rollback") { request, _ in try await rollback(request) }
    }

    private func showConfiguration(_ request: Request) async throws -> Response {
        let caller = try caller(of: request)
        guard let text = try query(request, among: ["version"])["version"] else {
            return try await respond(caller, .showConfiguration, nil)
        }
        guard let version = Int(text), version > 0 else {
            throw Problem(.unprocessableContent, field: "version", "version must be a number from 1.")
        }
        return try await respond(caller, .showVersion(version), nil)
    }

    /// Reads a proposal: YAML, or JSON with `based_on` and `resources`.
    private func change(
        _ request: Request, _ call: (Call.Proposal, CallHeaders) -> Call
    ) async throws -> Response {
        let caller = try caller(of: request)
        try check { $0.mayConfigure(caller) }
        let headers = try CallHeaders(request.headers)
        let set = try set(try query(request, among: ["set"])["set"])
        let match = try CallHeaders.ifMatch(request.headers)
        let bytes = try await body(of: request, upTo: Self.largestConfiguration)
        let contentType = (request.headers[.contentType] ?? "").lowercased()
        let proposal: Call.Proposal
        if contentType.hasPrefix("application/json") {
            let body = try ConfigurationBody(reading: bytes)
            proposal = Call.Proposal(
                set: set, basedOn: try basedOn(body.basedOn, match),
                source: ConfigurationSource(resources: body.resources))
        } else {
            guard let yaml = String(validating: bytes, as: UTF8.self) else {
                throw Problem(.unprocessableContent, "The configuration is not UTF-8 text.")
            }
            do {
                proposal = Call.Proposal(set: set, basedOn: match, source: try ConfigurationSource(yaml: yaml))
            } catch {
                throw Problem(Refusal(error), request: nil)
            }
        }
        return try await respond(caller, call(proposal, headers), headers)
    }

    private func rollback(_ request: Request) async throws -> Response {
        let caller = try caller(of: request)
        try check { $0.mayConfigure(caller) }
        let headers = try CallHeaders(request.headers)
        _ = try query(request, among: [])
        let match = try CallHeaders.ifMatch(request.headers)
        let body = try RollbackBody(reading: try await body(of: request))
        guard body.version > 0 else {
            throw Problem(.unprocessableContent, field: "version", "version must be a number from 1.")
        }
        let call = Call.rollback(to: body.version, basedOn: try basedOn(body.basedOn, match), key: headers.key)
        return try await respond(caller, call, headers)
    }

    private func set(_ text: String?) throws(Problem) -> ResourceName {
        guard let text else { return OwnedResources.main }
        guard let set = ResourceName(rawValue: text) else {
            throw Problem(
                .unprocessableContent, field: "set",
                "set must be the name of a set: 1 to 128 letters, digits, hyphens and underscores.")
        }
        return set
    }

    private func basedOn(_ member: Int?, _ match: Int?) throws(Problem) -> Int? {
        if let match, let member, match != member {
            throw Problem(.unprocessableContent, field: "based_on", "based_on and If-Match name different versions.")
        }
        return match ?? member
    }

    /// The query parameters of a call that knows these.
    private func query(_ request: Request, among names: [String]) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            let name = String(name)
            guard names.contains(name) else {
                let hint = names.isEmpty ? "there are none" : "there is \(names.joined(separator: " and "))"
                throw Problem(
                    .unprocessableContent, field: String(name.prefix(64)),
                    "There is no query parameter \"\(name.prefix(64))\" here: \(hint).")
            }
            guard values.updateValue(String(value), forKey: name) == nil else {
                throw Problem(.unprocessableContent, field: name, "\(name) is given more than once.")
            }
        }
        return values
    }
}
