import Hummingbird
import SymConfiguration
import SymMessages

/// `/v1/rules`: what the rules in force say.
extension HTTPEdge {
    func addRules(to router: Router<BasicRequestContext>) {
        router.post("/v1/rules/explain") { request, _ in
            let caller = try caller(of: request)
            let body = try ExplainBody(reading: try await body(of: request))
            return try await respond(caller, .explain(try body.question(), at: body.at), nil)
        }
    }
}

/// `POST /v1/rules/explain`.
struct ExplainBody: CallBody {
    static let members = ["person", "flow", "target", "duration_seconds", "reason", "fields", "source", "at"]

    var person: String
    var flow: String
    var target: String?
    var duration: Seconds?
    var reason: String?
    var fields: [String: FieldValue]?
    var source: String?
    var at: Timestamp?

    enum CodingKeys: String, CodingKey {
        case person, flow, target, reason, fields, source, at
        case duration = "duration_seconds"
    }

    func question() throws(Problem) -> RuleQuestion {
        guard let person = PersonID(rawValue: person) else {
            throw Problem(.unprocessableContent, field: "person", "person must be an e-mail address.")
        }
        guard let channel = Submission.Channel(rawValue: source ?? "api") else {
            throw Problem(.unprocessableContent, field: "source", "source must be slack, api or kafka.")
        }
        return RuleQuestion(
            caller: .person(person), channel: channel, flow: try SubmitBody.resource(flow, "flow"),
            target: try target.map { text throws(Problem) in try SubmitBody.resource(text, "target") },
            duration: try duration.map(SubmitBody.checked), reason: reason, fields: fields ?? [:])
    }
}
