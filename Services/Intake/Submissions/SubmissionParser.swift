import Crypto
import KafkaClient
import SymMessages

/// Reads a record of a bot's topic as a CloudEvent, in structured or in binary mode (CloudEvents 1.0, Kafka binding §3).
struct SubmissionParser: Sendable {
    private static let longestName = 1_024

    let record: KafkaRecord

    /// Never fails: what cannot be used is `unusable` or `unreadable`, with the reason for whoever wrote it.
    static func read(_ record: KafkaRecord) -> SubmissionReading { SubmissionParser(record: record).read() }

    private func read() -> SubmissionReading {
        if let contentType = header("content-type")?.lowercased(), contentType.hasPrefix("application/cloudevents") {
            let mediaType = contentType.prefix { $0 != ";" && $0 != " " }.prefix(128)
            guard mediaType == "application/cloudevents+json" else {
                return unreadable("the content type \(mediaType) is not read: send application/cloudevents+json")
            }
            return structured()
        }
        return record.headers.contains { $0.name.hasPrefix("ce_") } ? binary() : structured()
    }

    // MARK: Structured mode

    private struct Attributes: Decodable {
        var id: String
        var source: String
    }

    private struct Kind: Decodable {
        var specversion: String
        var type: String
    }

    private struct Member<Value: Decodable>: Decodable {
        var data: Value
    }

    private func structured() -> SubmissionReading {
        guard let value = record.value else { return unreadable("the record has no value") }
        let name: CloudEventName
        do {
            let attributes = try WireFormat.decode(Attributes.self, from: value)
            name = try self.name(source: attributes.source, id: attributes.id)
        } catch {
            return unreadable(error.description)
        }
        return message(name) { () throws(MessageError) in
            let kind = try WireFormat.decode(Kind.self, from: value)
            try check(specversion: kind.specversion)
            switch kind.type {
            case SubmissionMessage.requestType:
                return .request(name, try WireFormat.decode(Member<AccessRequest>.self, from: value).data)
            case SubmissionMessage.endType:
                return try end(name, try WireFormat.decode(Member<End>.self, from: value).data)
            default: throw unknown(kind.type)
            }
        }
    }

    // MARK: Binary mode

    private func binary() -> SubmissionReading {
        let name: CloudEventName
        do {
            name = try self.name(source: try required("ce_source"), id: try required("ce_id"))
        } catch {
            return unreadable(error.description)
        }
        return message(name) { () throws(MessageError) in
            try check(specversion: try required("ce_specversion"))
            let type = try required("ce_type")
            if let contentType = header("content-type"), !Self.isJSON(contentType) {
                throw MessageError(field: "content-type", reason: "is not application/json")
            }
            guard let value = record.value else { throw MessageError(field: "data", reason: "is missing") }
            switch type {
            case SubmissionMessage.requestType: return .request(name, try data(AccessRequest.self, from: value))
            case SubmissionMessage.endType: return try end(name, try data(End.self, from: value))
            default: throw unknown(type)
            }
        }
    }

    /// Names fields as structured mode does: `data.flow`.
    private func data<Value: Decodable>(_ type: Value.Type, from value: [UInt8]) throws(MessageError) -> Value {
        do {
            return try WireFormat.decode(type, from: value)
        } catch {
            throw MessageError(field: error.field.isEmpty ? "data" : "data.\(error.field)", reason: error.reason)
        }
    }

    private static func isJSON(_ contentType: String) -> Bool {
        let mediaType = contentType.lowercased().prefix { $0 != ";" && $0 != " " }
        return mediaType == "application/json" || mediaType.hasSuffix("+json")
    }

    private func required(_ name: String) throws(MessageError) -> String {
        guard let text = header(name) else { throw MessageError(field: name, reason: "is missing or not UTF-8") }
        return text
    }

    private func header(_ name: String) -> String? {
        guard let value = record.headers.first(where: { $0.name == name })?.value else { return nil }
        return String(validating: value, as: UTF8.self)
    }

    // MARK: Both

    private struct End: Decodable {
        var id: String
        var reason: String?
    }

    private func end(_ name: CloudEventName, _ end: End) throws(MessageError) -> SubmissionReading {
        guard !end.id.isEmpty, end.id.utf8.count <= Self.longestName else {
            throw MessageError(field: "data.id", reason: "is not the id of a submission")
        }
        if let reason = end.reason, reason.utf8.count > LongestText.reason {
            throw MessageError(field: "data.reason", reason: "is longer than \(LongestText.reason) bytes")
        }
        return .end(name, submissionID: end.id, reason: end.reason)
    }

    private func name(source: String, id: String) throws(MessageError) -> CloudEventName {
        for (field, text) in [("source", source), ("id", id)] {
            guard !text.isEmpty, text.utf8.count <= Self.longestName else {
                throw MessageError(field: field, reason: "is not 1 to \(Self.longestName) bytes long")
            }
        }
        return CloudEventName(source: source, id: id)
    }

    private func check(specversion: String) throws(MessageError) {
        guard specversion == "1.0" else { throw MessageError(field: "specversion", reason: "is not \"1.0\"") }
    }

    private func unknown(_ type: String) -> MessageError {
        MessageError(
            field: "type",
            reason: "is \"\(type.prefix(128))\", which is not known to this version; send "
                + "\(SubmissionMessage.requestType) or \(SubmissionMessage.endType)")
    }

    private func message(
        _ name: CloudEventName, _ read: () throws(MessageError) -> SubmissionReading
    ) -> SubmissionReading {
        do {
            let reading = try read()
            if case .request(_, let access) = reading { try check(access) }
            return reading
        } catch {
            return .unusable(name, Refusal(.invalid, field: error.field, error.description), content: content)
        }
    }

    /// A command must fit in one message of Kafka, whatever was submitted.
    private func check(_ access: AccessRequest) throws(MessageError) {
        if let reason = access.reason, reason.utf8.count > LongestText.reason {
            throw MessageError(field: "data.reason", reason: "is longer than \(LongestText.reason) bytes")
        }
        guard AccessRequest.size(of: access.fields) <= LongestText.fields else {
            throw MessageError(field: "data.fields", reason: "has more than \(LongestText.fields) bytes")
        }
    }

    private var content: String {
        var hash = SHA256()
        for header in record.headers where header.name.hasPrefix("ce_") {
            hash.update(data: Array(header.name.utf8) + [0] + (header.value ?? []) + [0])
        }
        hash.update(data: record.value ?? [])
        return hash.finalize().prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private func unreadable(_ reason: String) -> SubmissionReading {
        let place = record.topicPartition
        return .unreadable(
            DeadLetter(
                reason: reason, topic: place.topic, partition: place.partition, offset: record.offset, key: record.key,
                value: record.value))
    }
}

/// How long a text from outside may be, in bytes of UTF-8.
enum LongestText {
    static let reason = 2_000
    static let message = 2_000
    /// All answers together.
    static let fields = 50_000
    static let key = 255
}
