import SymMessages

/// What arrived, in order.
struct TailnetLog: Hashable, Sendable {
    /// A write of the policy file, whatever became of it.
    struct Write: Hashable, Sendable {
        /// When it arrived, in milliseconds since 1970.
        var at: Int64
        var ifMatch: String?
        var etagBefore: String
        var etagAfter: String
        /// The status of the answer; of a lost answer, the one that was lost. 0: it was not let in at all.
        var status: Int
        /// Whether the answer was withheld.
        var isAnswerLost = false
        var text: [UInt8]
    }

    /// A call of the API. It has no token and no body.
    struct Call: Hashable, Sendable {
        /// When it arrived, in milliseconds since 1970.
        var at: Int64
        var method: String
        /// The path as it was escaped, with the query.
        var target: String
        /// As of a write.
        var status: Int
        /// `api-token`, or the ID of the trust credential; nil if the token was not accepted or none was shown.
        var credential: String?
        var userAgent: String?
        var fault: TailnetFault.Kind?
        var isAnswerLost: Bool
    }

    /// Old calls make room for new ones.
    private static let callLimit = 10_000

    private(set) var writes: [Write] = []
    private(set) var calls: [Call] = []

    mutating func add(_ write: Write) { writes.append(write) }

    mutating func add(_ call: Call) {
        if calls.count >= Self.callLimit * 2 { calls.removeFirst(Self.callLimit) }
        calls.append(call)
    }

    mutating func removeWrites() { writes.removeAll() }
    mutating func removeCalls() { calls.removeAll() }
}

extension TailnetLog.Write {
    var json: JSONValue {
        .object([
            "at": .integer(at), "if_match": .orNull(ifMatch), "etag_before": .string(etagBefore),
            "etag_after": .string(etagAfter), "status": .integer(Int64(status)), "answer_lost": .bool(isAnswerLost),
            "text": .string(String(decoding: text, as: UTF8.self)),
        ])
    }
}

extension TailnetLog.Call {
    var json: JSONValue {
        .object([
            "at": .integer(at), "method": .string(method), "path": .string(target), "status": .integer(Int64(status)),
            "credential": .orNull(credential), "user_agent": .orNull(userAgent), "fault": .orNull(fault?.rawValue),
            "answer_lost": .bool(isAnswerLost),
        ])
    }
}

extension JSONValue {
    static func orNull(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    static func strings(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map(JSONValue.string)) }
}
