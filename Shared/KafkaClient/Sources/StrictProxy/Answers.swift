/// Puts the proxy's addresses into a Metadata answer and says which topics are unknown.
struct MetadataAnswer {
    private static let unknownTopicOrPartition: Int16 = 3

    let ports: [Int32: UInt16]
    let version: Int16
    let known: Set<[UInt8]>
    let unknown: [[UInt8]]

    func rewrite(_ reader: inout ProtocolReader, to output: inout [UInt8]) throws(ProtocolViolation) {
        let brokers = try reader.count(ofAtLeast: 10)
        output.append(number: Int32(brokers))
        for _ in 0..<brokers {
            try reader.passAddress(ports: ports, to: &output)
            if version >= 1 { try reader.passNullableString(to: &output) }
        }
        if version >= 2 { try reader.passNullableString(to: &output) }
        if version >= 1 { output.append(number: try reader.int32()) }

        var topics: [ArraySlice<UInt8>] = []
        for _ in 0..<(try reader.count(ofAtLeast: 8)) {
            let start = reader.position
            if known.contains(try skipTopic(&reader)) { topics.append(reader.passed(since: start)) }
        }
        output.append(number: Int32(topics.count + unknown.count))
        for topic in topics { output.append(contentsOf: topic) }
        for name in unknown {
            output.append(number: Self.unknownTopicOrPartition)
            output.append(string: name)
            if version >= 1 { output.append(0) }
            output.append(number: Int32(0))
        }
    }

    /// Passes over a topic and its partitions; returns its name.
    private func skipTopic(_ reader: inout ProtocolReader) throws(ProtocolViolation) -> [UInt8] {
        try reader.skip(2)
        let name = Array(try reader.string())
        if version >= 1 { try reader.skip(1) }
        for _ in 0..<(try reader.count(ofAtLeast: 18)) {
            try reader.skip(10)
            // The replicas, and those in sync.
            for _ in 0..<2 { try reader.skip(4 * (try reader.count(ofAtLeast: 4))) }
        }
        return name
    }
}

/// Puts the proxy's address into a FindCoordinator answer.
struct CoordinatorAnswer {
    let ports: [Int32: UInt16]
    let version: Int16

    func rewrite(_ reader: inout ProtocolReader, to output: inout [UInt8]) throws(ProtocolViolation) {
        if version >= 1 { output.append(number: try reader.int32()) }
        output.append(number: try reader.int16())
        if version >= 1 { try reader.passNullableString(to: &output) }
        try reader.passAddress(ports: ports, to: &output)
    }
}

extension ProtocolReader {
    fileprivate mutating func passNullableString(to output: inout [UInt8]) throws(ProtocolViolation) {
        let start = position
        _ = try nullableString()
        output.append(contentsOf: passed(since: start))
    }

    /// Number, host and port of a broker; that of none (-1) stays what it is.
    fileprivate mutating func passAddress(
        ports: [Int32: UInt16], to output: inout [UInt8]
    ) throws(ProtocolViolation) {
        let broker = try int32()
        output.append(number: broker)
        try passNullableString(to: &output)
        let port = try int32()
        output.append(number: ports[broker].map(Int32.init) ?? port)
    }
}
