/// What the mock broker understands, and in which form.
///
/// The mock trusts its clients: a missing text, an empty batch or a number of elements that is not true makes it read
/// memory that is not its own, or abort the process. So what reaches it is looked through to the last byte.
package enum Request: Int16, CaseIterable, Sendable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case metadata = 3
    case offsetCommit = 8
    case offsetFetch = 9
    case findCoordinator = 10
    case joinGroup = 11
    case heartbeat = 12
    case leaveGroup = 13
    case syncGroup = 14
    case apiVersions = 18
    case initProducerID = 22

    /// The versions that are known here, all of which librdkafka's mock has. All but `apiVersions` are from before the
    /// protocol's compact form.
    package var versions: ClosedRange<Int16> {
        switch self {
        case .produce: 0...7
        case .fetch: 0...11
        case .listOffsets, .offsetFetch, .joinGroup: 0...5
        case .metadata, .findCoordinator: 0...2
        // The mock reads a member that version 0 does not have.
        case .offsetCommit: 1...7
        case .heartbeat, .syncGroup: 0...3
        case .leaveGroup, .initProducerID: 0...1
        // A client learns from the answer when its version is too new.
        case .apiVersions: 0 ... .max
        }
    }

    fileprivate func layout(_ version: Int16) -> [Field] {
        switch self {
        case .produce:
            (version >= 3 ? [.nullableString] : []) + [.fixed(6), .partitions([.fixed(4), .batch])]
        case .fetch:
            [
                .fixed(12 + (version >= 3 ? 4 : 0) + (version >= 4 ? 1 : 0) + (version >= 7 ? 8 : 0)),
                .partitions([.fixed(16 + (version >= 5 ? 8 : 0) + (version >= 9 ? 4 : 0))]),
            ] + (version >= 7 ? [.partitions([.fixed(4)])] : []) + (version >= 11 ? [.nullableString] : [])
        case .listOffsets:
            [
                .fixed(version >= 2 ? 5 : 4),
                .partitions([.fixed(12 + (version >= 4 ? 4 : 0) + (version == 0 ? 4 : 0))]),
            ]
        case .offsetCommit:
            [.string, .fixed(4), .string] + (version >= 7 ? [.nullableString] : [])
                + (2...4 ~= version ? [.fixed(8)] : [])
                + [.partitions([.fixed(12 + (version >= 6 ? 4 : 0) + (version == 1 ? 8 : 0)), .nullableString])]
        case .offsetFetch: [.string, version >= 2 ? .nullablePartitions([.fixed(4)]) : .partitions([.fixed(4)])]
        case .findCoordinator: [.string] + (version >= 1 ? [.fixed(1)] : [])
        case .joinGroup:
            [.string, .fixed(version >= 1 ? 8 : 4), .string] + (version >= 5 ? [.nullableString] : [])
                + [.string, .array([.string, .bytes], 1...1000)]
        case .heartbeat: [.string, .fixed(4), .string] + (version >= 3 ? [.nullableString] : [])
        case .leaveGroup: [.string, .string]
        case .syncGroup:
            [.string, .fixed(4), .string] + (version >= 3 ? [.nullableString] : [])
                + [.array([.string, .bytes], 0...100_000)]
        case .initProducerID: [.nullableString, .fixed(4)]
        case .metadata, .apiVersions: []
        }
    }

    /// - Throws: when the body of the request has another form than it should.
    func check(_ reader: ProtocolReader, version: Int16) throws(ProtocolViolation) {
        if self == .apiVersions { return }
        var reader = reader
        try reader.skip(layout(version))
        guard reader.remaining == 0 else { throw ProtocolViolation("A request goes on after its end.") }
    }
}

/// A part of a request.
private indirect enum Field {
    /// So many bytes.
    case fixed(Int)
    case string
    case nullableString
    case bytes
    /// Of records: never empty.
    case batch
    case array([Field], ClosedRange<Int>)
    /// Topics, with this about each of their partitions.
    case partitions([Field])
    case nullablePartitions([Field])
}

extension ProtocolReader {
    fileprivate mutating func skip(_ layout: [Field]) throws(ProtocolViolation) {
        for field in layout {
            switch field {
            case .fixed(let count): try skip(count)
            case .string: _ = try string()
            case .nullableString: _ = try nullableString()
            case .bytes: try skipNullableBytes()
            case .batch:
                let length = try int32()
                guard length > 0 else { throw ProtocolViolation("A batch has \(length) bytes.") }
                try skip(Int(length))
            case .array(let element, let counts):
                // No element takes less than the length of a text.
                let count = try count(ofAtLeast: 2)
                guard counts.contains(count) else { throw ProtocolViolation("An array has \(count) elements.") }
                for _ in 0..<count { try skip(element) }
            case .partitions(let partition):
                try skip([.array([.string, .array(partition, 0...100_000)], 0...100_000)])
            case .nullablePartitions(let partition):
                var start = self
                if try start.int32() == -1 { self = start } else { try skip([.partitions(partition)]) }
            }
        }
    }
}
