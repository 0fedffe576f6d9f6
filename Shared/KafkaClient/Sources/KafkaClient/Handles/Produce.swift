import CRDKafka

/// Hands a record to librdkafka, which copies it.
/// - Parameter opaque: comes back with the delivery report.
func produce(
    _ record: OutgoingRecord, by pointers: ClientHandle.Pointers, opaque: UnsafeMutableRawPointer
) -> rd_kafka_resp_err_t {
    guard let topic = pointers.topics.handle(of: record.topic, client: pointers.client) else {
        return RD_KAFKA_RESP_ERR__INVALID_ARG
    }
    guard !record.headers.isEmpty else { return produceBare(record, to: topic, opaque) }
    let headers = headerList(record.headers)
    let error =
        withBytes(of: record.key) { key in
            withBytes(of: record.value) { value in
                withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 7) { arguments in
                    var count = 0
                    func add(_ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t.__Unnamed_union_u) -> Void) {
                        var argument = rd_kafka_vu_t()
                        argument.vtype = type
                        fill(&argument.u)
                        arguments.initializeElement(at: count, to: argument)
                        count += 1
                    }
                    add(RD_KAFKA_VTYPE_RKT) { $0.rkt = topic }
                    add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.i = RD_KAFKA_MSG_F_COPY }
                    add(RD_KAFKA_VTYPE_OPAQUE) { $0.ptr = opaque }
                    if case .number(let number) = record.partition { add(RD_KAFKA_VTYPE_PARTITION) { $0.i32 = number } }
                    if let key { add(RD_KAFKA_VTYPE_KEY) { $0.mem = .init(ptr: key.pointer, size: key.count) } }
                    if let value { add(RD_KAFKA_VTYPE_VALUE) { $0.mem = .init(ptr: value.pointer, size: value.count) } }
                    if let headers { add(RD_KAFKA_VTYPE_HEADERS) { $0.headers = headers } }
                    return take(rd_kafka_produceva(pointers.client, arguments.baseAddress, count))
                }
            }
        }
    // With VTYPE_HEADERS a failed call leaves the list to us; VTYPE_HEADER would use it after freeing
    // (librdkafka#4627).
    if error != RD_KAFKA_RESP_ERR_NO_ERROR, let headers { rd_kafka_headers_destroy(headers) }
    return error
}

/// The short way, for a record without headers.
private func produceBare(
    _ record: OutgoingRecord, to topic: OpaquePointer, _ opaque: UnsafeMutableRawPointer
) -> rd_kafka_resp_err_t {
    let partition = if case .number(let number) = record.partition { number } else { RD_KAFKA_PARTITION_UA }
    return withBytes(of: record.key) { key in
        withBytes(of: record.value) { value in
            let answer = rd_kafka_produce(
                topic, partition, RD_KAFKA_MSG_F_COPY, value?.pointer, value?.count ?? 0, key?.pointer, key?.count ?? 0,
                opaque)
            // Of this thread, and nothing comes between.
            return answer == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error()
        }
    }
}

private func headerList(_ headers: [RecordHeader]) -> OpaquePointer? {
    guard !headers.isEmpty, let list = rd_kafka_headers_new(headers.count) else { return nil }
    for header in headers {
        withBytes(of: header.value) { value in
            _ = rd_kafka_header_add(list, header.name, header.name.utf8.count, value?.pointer, value?.count ?? 0)
        }
    }
    return list
}

/// The code of an error object, which is destroyed. After a fatal error librdkafka answers with that one's code, and
/// says beside it that it is fatal.
private func take(_ error: OpaquePointer?) -> rd_kafka_resp_err_t {
    guard let error else { return RD_KAFKA_RESP_ERR_NO_ERROR }
    defer { rd_kafka_error_destroy(error) }
    return rd_kafka_error_is_fatal(error) != 0 ? RD_KAFKA_RESP_ERR__FATAL : rd_kafka_error_code(error)
}

/// Never a null pointer for bytes that are there: librdkafka would take an empty value for an absent one.
private func withBytes<Output>(
    of bytes: [UInt8]?, _ body: ((pointer: UnsafeMutableRawPointer, count: Int)?) -> Output
) -> Output {
    guard let bytes else { return body(nil) }
    guard !bytes.isEmpty else {
        var nothing: UInt8 = 0
        return withUnsafeMutableBytes(of: &nothing) { buffer in body(buffer.baseAddress.map { ($0, 0) }) }
    }
    return bytes.withUnsafeBytes { buffer in
        body(buffer.baseAddress.map { (UnsafeMutableRawPointer(mutating: $0), buffer.count) })
    }
}
