import Hummingbird
import SymConfiguration
import SymMessages

import struct SymMessages.RequestID

/// A body that a call may have. No member of any of them names who calls: that is known by the token alone.
protocol CallBody: Decodable {
    static var members: [String] { get }
}

/// `POST /v1/requests`.
struct SubmitBody: CallBody {
    static let members = ["flow", "target", "duration_seconds", "reason", "for", "fields"]

    var flow: String
    var target: String?
    var duration: Seconds?
    var reason: String?
    var beneficiary: String?
    var fields: [String: FieldValue]?

    enum CodingKeys: String, CodingKey {
        case flow, target, reason, fields
        case duration = "duration_seconds"
        case beneficiary = "for"
    }

    func access() throws(Problem) -> AccessRequest {
        return AccessRequest(
            flow: try Self.resource(flow, "flow"),
            target: try target.map { text throws(Problem) in try Self.resource(text, "target") },
            duration: try duration.map(Self.checked), reason: try reason?.limited(to: Facts.maximumReason, "reason"),
            beneficiary: try beneficiary.map(Self.person), fields: fields ?? [:])
    }

    private static func person(_ text: String) throws(Problem) -> PersonID {
        guard let person = PersonID(rawValue: text) else {
            throw Problem(.unprocessableContent, field: "for", "for must be an e-mail address.")
        }
        return person
    }

    static func checked(_ duration: Seconds) throws(Problem) -> Seconds {
        let longest: Int64 = 180 * 86_400
        guard (1...longest).contains(duration.count) else {
            throw Problem(
                .unprocessableContent, field: "duration_seconds",
                "duration_seconds must be a whole number of seconds from 1 to \(longest).")
        }
        return duration
    }

    static func resource(_ text: String, _ field: String) throws(Problem) -> ResourceName {
        guard let name = ResourceName(rawValue: text) else {
            throw Problem(
                .unprocessableContent, field: field,
                "\(field) must be the name of a configured \(field): letters, digits, - and _.")
        }
        return name
    }
}

/// `POST /v1/requests/{id}/approve` and `…/deny`.
struct VoteBody: CallBody {
    static let members = ["offer_id", "message"]

    var offerID: String
    var message: String?

    enum CodingKeys: String, CodingKey {
        case message
        case offerID = "offer_id"
    }

    func vote(_ choice: Decision.Choice) throws(Problem) -> Call.Vote {
        Call.Vote(
            choice: choice, offerID: try offerID.limited(to: 64, "offer_id"),
            message: try message?.limited(to: Facts.maximumReason, "message"))
    }
}

/// `POST /v1/requests/{id}/cancel`, `…/end` and `…/extend`; may be left out.
struct StopBody: CallBody {
    static let members = ["reason"]

    var reason: String?

    func limitedReason() throws(Problem) -> String? { try reason?.limited(to: Facts.maximumReason, "reason") }
}

/// `PUT /v1/users/{email}/identities/{service_type}/{external_id}`.
struct IdentityBody: CallBody {
    static let members = ["value"]

    var value: String
}

extension CallBody {
    /// Reads a body strictly: an unknown member is an error, because it may be a misspelt one that matters.
    init(reading bytes: [UInt8]) throws(Problem) {
        do {
            let present = try WireFormat.decode(MemberNames.self, from: bytes).names
            for name in present where !Self.members.contains(name) { throw Self.unknown(name) }
            self = try WireFormat.decode(Self.self, from: bytes)
        } catch let problem as Problem {
            throw problem
        } catch let error as MessageError {
            guard !error.field.isEmpty else {
                throw Problem(.badRequest, "The body is not a JSON object. Send one, such as {\"\(Self.example)\": …}.")
            }
            throw Problem(.unprocessableContent, field: error.field, "\(error.description).")
        } catch {
            throw Problem(.badRequest, "The body cannot be read.")
        }
    }

    private static var example: String { members.first ?? "" }

    private static func unknown(_ name: String) -> Problem {
        let shown = String(name.prefix(64))
        let hint =
            NearestName.nearest(to: shown, among: members).map { "did you mean \"\($0)\"?" }
            ?? "the members are \(members.joined(separator: ", "))."
        return Problem(.unprocessableContent, field: shown, "There is no member \"\(shown)\" here: \(hint)")
    }
}

private struct MemberNames: Decodable {
    var names: [String]

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        names = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue).sorted()
    }
}

extension String {
    func limited(to bytes: Int, _ field: String) throws(Problem) -> String {
        guard utf8.count <= bytes else {
            throw Problem(.unprocessableContent, field: field, "\(field) is longer than \(bytes) bytes.")
        }
        return self
    }
}
