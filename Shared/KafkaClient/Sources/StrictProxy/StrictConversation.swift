/// What one client and one mock broker say to each other, with the rules of the strict mode in between. A value: bytes
/// go in, bytes come out.
///
/// The mock makes every topic that a Metadata request names. So names that are not declared are taken out of the
/// request, and the answer says of exactly those that they are unknown. Addresses in answers become the proxy's. All
/// else passes as it is, but for what would make the mock abort its process.
package struct StrictConversation {
    /// More than a client has under way by far.
    private static let mostAwaited = 10_000

    private enum Awaited {
        /// The topics the answer may name, and those that it must call unknown.
        case metadata(version: Int16, known: Set<[UInt8]>, unknown: [[UInt8]])
        case coordinator(version: Int16)
    }

    /// The proxy's ports by the number of the broker behind.
    private let ports: [Int32: UInt16]
    private var requests = FrameBuffer(shortest: 10)
    private var answers = FrameBuffer(shortest: 4)
    /// In the order of the requests: a client may use a correlation id twice.
    private var awaited: [(correlationID: Int32, answer: Awaited)] = []

    package init(ports: [Int32: UInt16]) {
        self.ports = ports
    }

    /// Takes what the client sent and returns what the broker is to get.
    ///
    /// - Throws: when the connection must be closed.
    package mutating func clientSent(
        _ bytes: ArraySlice<UInt8>, declared: Set<[UInt8]>
    ) throws(ProtocolViolation) -> [UInt8] {
        requests.append(bytes)
        var output: [UInt8] = []
        while let frame = try requests.next() {
            try pass(request: frame, declared: declared, to: &output)
        }
        return output
    }

    /// Takes what the broker sent and returns what the client is to get.
    ///
    /// - Throws: when the connection must be closed.
    package mutating func brokerSent(_ bytes: ArraySlice<UInt8>) throws(ProtocolViolation) -> [UInt8] {
        answers.append(bytes)
        var output: [UInt8] = []
        while let frame = try answers.next() {
            try pass(answer: frame, to: &output)
        }
        return output
    }

    private mutating func pass(
        request frame: ArraySlice<UInt8>, declared: Set<[UInt8]>, to output: inout [UInt8]
    ) throws(ProtocolViolation) {
        var reader = ProtocolReader(frame)
        let header = try RequestHeader(&reader)
        switch header.request {
        case .metadata:
            let question = try MetadataQuestion(&reader, version: header.version, declared: declared)
            try expect(
                .metadata(version: header.version, known: question.known, unknown: question.unknown),
                header.correlationID)
            output.append(frame: frame[frame.index(frame.startIndex, offsetBy: 4)..<header.end] + question.body)
        case .findCoordinator:
            try header.check(newest: 2)
            try expect(.coordinator(version: header.version), header.correlationID)
            output.append(contentsOf: frame)
        case .joinGroup:
            try JoinGroupCheck.check(&reader, header)
            output.append(contentsOf: frame)
        case nil:
            output.append(contentsOf: frame)
        }
    }

    private mutating func expect(_ answer: Awaited, _ correlationID: Int32) throws(ProtocolViolation) {
        guard awaited.count < Self.mostAwaited else {
            throw ProtocolViolation("\(Self.mostAwaited) requests wait for an answer.")
        }
        awaited.append((correlationID, answer))
    }

    private mutating func pass(answer frame: ArraySlice<UInt8>, to output: inout [UInt8]) throws(ProtocolViolation) {
        var reader = ProtocolReader(frame)
        try reader.skip(4)
        let correlationID = try reader.int32()
        guard let index = awaited.firstIndex(where: { $0.correlationID == correlationID }) else {
            output.append(contentsOf: frame)
            return
        }
        var answer: [UInt8] = []
        answer.append(number: correlationID)
        switch awaited.remove(at: index).answer {
        case .metadata(let version, let known, let unknown):
            try MetadataAnswer(ports: ports, version: version, known: known, unknown: unknown)
                .rewrite(&reader, to: &answer)
        case .coordinator(let version):
            try CoordinatorAnswer(ports: ports, version: version).rewrite(&reader, to: &answer)
        }
        output.append(frame: answer)
    }
}

extension [UInt8] {
    /// Appends a frame with its length before it.
    mutating func append(frame: some Collection<UInt8>) {
        append(number: Int32(frame.count))
        append(contentsOf: frame)
    }
}
