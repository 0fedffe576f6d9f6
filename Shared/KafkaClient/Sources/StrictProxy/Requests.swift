/// The start of every request.
struct RequestHeader {
    /// The requests that are looked into.
    enum Request: Int16 {
        case metadata = 3
        case findCoordinator = 10
        case joinGroup = 11
    }

    let request: Request?
    let version: Int16
    let correlationID: Int32
    /// Where the body starts.
    let end: Int

    /// Reads a frame from its length on.
    init(_ reader: inout ProtocolReader) throws(ProtocolViolation) {
        try reader.skip(4)
        request = Request(rawValue: try reader.int16())
        version = try reader.int16()
        correlationID = try reader.int32()
        _ = try reader.nullableString()
        end = reader.position
    }

    /// The mock offers no newer version of these three; a newer one has another form.
    func check(newest: Int16) throws(ProtocolViolation) {
        guard (0...newest).contains(version) else {
            throw ProtocolViolation("Version \(version) of a request that has \(newest) here at most.")
        }
    }
}

/// Which topics a client asks about, and what the mock may hear of it.
struct MetadataQuestion {
    /// The rest of the request for the mock.
    let body: [UInt8]
    let known: Set<[UInt8]>
    let unknown: [[UInt8]]

    init(_ reader: inout ProtocolReader, version: Int16, declared: Set<[UInt8]>) throws(ProtocolViolation) {
        guard (0...2).contains(version) else { throw ProtocolViolation("Metadata in version \(version).") }
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

/// The mock trusts the number of protocols: with less than one, or fewer than it says, it reads memory that is not its
/// own or aborts.
enum JoinGroupCheck {
    static func check(_ reader: inout ProtocolReader, _ header: RequestHeader) throws(ProtocolViolation) {
        try header.check(newest: 5)
        _ = try reader.string()
        try reader.skip(header.version >= 1 ? 8 : 4)
        _ = try reader.string()
        if header.version >= 5 { _ = try reader.nullableString() }
        _ = try reader.string()
        let count = try reader.count(ofAtLeast: 6)
        guard (1...1000).contains(count) else { throw ProtocolViolation("A member joins with \(count) assignors.") }
        for _ in 0..<count {
            _ = try reader.string()
            try reader.skipNullableBytes()
        }
    }
}
