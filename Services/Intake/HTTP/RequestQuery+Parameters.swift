import Hummingbird
import SymMessages

import struct SymMessages.RequestID

extension RequestQuery {
    private static let members = ["state", "target", "for", "before", "limit"]

    /// Reads the query of `GET /v1/requests` strictly: an unknown parameter may be a misspelt one that matters.
    init(reading parameters: some Sequence<(key: Substring, value: Substring)>) throws(Problem) {
        self.init()
        for (name, value) in parameters { try take(String(name), String(value)) }
    }

    private mutating func take(_ name: String, _ value: String) throws(Problem) {
        switch name {
        case "state":
            guard let state = RequestState(rawValue: value), state != .none else {
                let names = RequestState.allCases.filter { $0 != .none }.map(\.rawValue)
                throw Self.wrong(name, "must be one of \(names.joined(separator: ", ")).")
            }
            states.insert(state)
        case "target": target = try SubmitBody.resource(value, name)
        case "for":
            guard let known = PersonID(rawValue: value) else { throw Self.wrong(name, "must be an e-mail address.") }
            person = known
        case "before":
            guard let id = RequestID(rawValue: value) else { throw Self.wrong(name, "must be the id of a request.") }
            before = id
        case "limit":
            guard let count = Int(value), (1...500).contains(count) else {
                throw Self.wrong(name, "must be a number from 1 to 500.")
            }
            limit = count
        default:
            let shown = String(name.prefix(64))
            throw Problem(
                .unprocessableContent, field: shown,
                "There is no query parameter \"\(shown)\" here: there are \(Self.members.joined(separator: ", ")).")
        }
    }

    private static func wrong(_ name: String, _ why: String) -> Problem {
        Problem(.unprocessableContent, field: name, "\(name) \(why)")
    }
}
