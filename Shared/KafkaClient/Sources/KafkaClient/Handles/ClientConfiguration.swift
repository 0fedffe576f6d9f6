import CRDKafka

/// A librdkafka configuration on its way to becoming a client.
struct ClientConfiguration: ~Copyable {
    let pointer: OpaquePointer

    init() {
        pointer = rd_kafka_conf_new()
    }

    deinit {
        rd_kafka_conf_destroy(pointer)
    }

    /// - Throws: `settings`. The message names the property and never its value, which may be a secret.
    func set(_ name: String, _ value: String) throws(KafkaError) {
        guard !value.utf8.contains(0) else {
            throw KafkaError(.settings, "The value given for the property \"\(name)\" has a byte 0 in it. Correct it.")
        }
        var reason = [CChar](repeating: 0, count: 512)
        switch rd_kafka_conf_set(pointer, name, value, &reason, reason.count) {
        case RD_KAFKA_CONF_OK:
            return
        case RD_KAFKA_CONF_UNKNOWN:
            throw KafkaError(
                .settings, "librdkafka \(librdkafkaVersion) has no property \"\(name)\". Check its name, or remove it.")
        // librdkafka's reason itself is not passed on: it may quote the value.
        case _ where text(reason).contains("not supported in this build"):
            throw KafkaError(
                .settings,
                """
                The property "\(name)" is not supported by the librdkafka \(librdkafkaVersion) installed here, which was \
                built without it. Remove it.
                """)
        default:
            throw KafkaError(
                .settings, "librdkafka does not accept the value given for the property \"\(name)\". Correct it.")
        }
    }

    /// The value a property has; `nil` when it has none.
    func get(_ name: String) -> String? {
        var value = [CChar](repeating: 0, count: 512)
        var size = value.count
        guard rd_kafka_conf_get(pointer, name, &value, &size) == RD_KAFKA_CONF_OK else { return nil }
        return text(value)
    }

    /// Turns the configuration into a client, which owns it from then on.
    consuming func makeClient(_ type: rd_kafka_type_t) throws(KafkaError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(type, pointer, &reason, reason.count) else {
            _ = consume self
            throw KafkaError(.settings, "The Kafka client could not be made: \(text(reason)). Correct the settings.")
        }
        discard self
        return client
    }
}

var librdkafkaVersion: String { rd_kafka_version_str().map { String(cString: $0) } ?? "" }

/// The text librdkafka wrote into a buffer.
func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// librdkafka's words for an error.
func text(_ error: rd_kafka_resp_err_t) -> String {
    rd_kafka_err2str(error).map { String(cString: $0) } ?? "error \(error.rawValue)"
}
