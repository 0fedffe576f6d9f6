import FoundationEssentials
import HTTPTypes
import SymMessages

import struct SymMessages.RequestID

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name(unchecked: "Idempotency-Key")
    static let prefer = HTTPField.Name(unchecked: "Prefer")
    static let preferenceApplied = HTTPField.Name(unchecked: "Preference-Applied")
}

extension HTTPField.Name {
    /// - Parameter name: one of ours, known to be a header name.
    init(unchecked name: String) {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is not a header name") }
        self = field
    }
}

/// What the headers of a call say about how it wants to be treated.
struct CallHeaders: Sendable, Equatable {
    static let longestWait: Int64 = 60

    /// Names the call: a repetition has the same.
    var key: String
    /// `nil`: an acknowledgement by Kafka is enough.
    var wait: Seconds?

    init(_ fields: HTTPFields) throws(Problem) {
        key = try Self.key(fields)
        wait = Self.wait(fields)
    }

    private static func key(_ fields: HTTPFields) throws(Problem) -> String {
        guard let key = fields[.idempotencyKey] else { return UUID().uuidString.lowercased() }
        guard (1...LongestText.key).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(
                .unprocessableContent, field: "Idempotency-Key",
                "The Idempotency-Key must be 1 to \(LongestText.key) visible ASCII characters.")
        }
        return key
    }

    /// `Prefer: wait=n` (RFC 7240 §4.3); at most 60 s. Other preferences, and ones that cannot be read, are ignored as
    /// the RFC wants.
    private static func wait(_ fields: HTTPFields) -> Seconds? {
        for value in fields[values: .prefer] {
            for preference in value.split(separator: ",") {
                let parts = preference.split(separator: "=", maxSplits: 1).map { text in
                    text.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
                }
                guard parts.count == 2, parts[0].lowercased() == "wait", let count = Int64(parts[1]), count >= 0 else {
                    continue
                }
                return Seconds(min(count, longestWait))
            }
        }
        return nil
    }

    /// The version named by `If-Match`, with or without quotes; `nil` without the header.
    static func ifMatch(_ fields: HTTPFields) throws(Problem) -> Int? {
        guard let text = fields[.ifMatch] else { return nil }
        guard let version = Int(text.filter { $0 != "\"" }), version >= 0 else {
            throw Problem(
                .unprocessableContent, field: "If-Match",
                "If-Match must be the version of a configuration, such as \"3\".")
        }
        return version
    }
}
