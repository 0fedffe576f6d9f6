/// The start of every request.
struct RequestHeader {
    let request: Request
    let version: Int16
    let correlationID: Int32
    /// Where the body starts.
    let end: Int

    /// Reads a frame from its length on.
    ///
    /// - Throws: when there is no such request here, or not in this version.
    init(_ reader: inout ProtocolReader) throws(ProtocolViolation) {
        try reader.skip(4)
        let number = try reader.int16()
        version = try reader.int16()
        guard let request = Request(rawValue: number), request.versions.contains(version) else {
            throw ProtocolViolation("Request \(number) in version \(version) is not known here.")
        }
        self.request = request
        correlationID = try reader.int32()
        _ = try reader.nullableString()
        end = reader.position
    }
}

/// Which topics a client asks about, and what the mock may hear of it.
struct MetadataQuestion {
    /// The rest of the request for the mock.
    let body: [UInt8]
    let known: Set<[UInt8]>
    let unknown: [[UInt8]]

    init(_ reader: inout ProtocolReader, version: Int16, declared: Set<[UInt8]>) throws(ProtocolViolation) {
        var body: [UInt8] = []
        // Version 0 has no word for "no topics": an empty list is "all", and null came with version 1.
        var start = reader
        let count = try start.int32()
        if version == 0 ? count == 0 : count == -1 {
            reader = start
            body.append(number: count)
            (self.body, known, unknown) = (body, declared, [])
            return
        }
        var known: [[UInt8]] = []
        var unknown: Set<[UInt8]> = []
        for _ in 0..<(try reader.count(ofAtLeast: 2)) {
            let name = Array(try reader.string())
            if declared.contains(name) { known.append(name) } else { unknown.insert(name) }
        }
        body.append(number: Int32(known.count))
        for name in known { body.append(string: name) }
        (self.body, self.known, self.unknown) = (body, Set(known), Array(unknown))
    }
}

/// Who joins a group or waits for its share of it.
struct GroupMember {
    let group: [UInt8]
    /// Group and member; `nil` for one that has no name yet and so cannot come twice.
    let key: [UInt8]?
    /// The first of those that a joining member names.
    let assignor: [UInt8]?

    /// Reads a request that was checked.
    init(_ reader: inout ProtocolReader, _ header: RequestHeader) throws(ProtocolViolation) {
        let isJoining = header.request == .joinGroup
        group = Array(try reader.string())
        try reader.skip(isJoining && header.version >= 1 ? 8 : 4)
        let member = try reader.string()
        key = member.isEmpty ? nil : group + [0] + member
        guard isJoining else {
            assignor = nil
            return
        }
        if header.version >= 5 { _ = try reader.nullableString() }
        _ = try reader.string()
        try reader.skip(4)
        assignor = Array(try reader.string())
    }
}
