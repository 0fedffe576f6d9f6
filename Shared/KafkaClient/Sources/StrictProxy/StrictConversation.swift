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
        /// Until this comes the mock reads no more from the connection.
        case group(GroupMember)
        /// Passes as it is.
        case other
    }

    /// The proxy's ports by the number of the broker behind.
    private let ports: [Int32: UInt16]
    private var requests = FrameBuffer(shortest: 10)
    private var answers = FrameBuffer(shortest: 4)
    /// In the order of the requests, which is that of the answers too: a client may use a correlation id twice.
    private var awaited: [(correlationID: Int32, answer: Awaited)] = []

    private let groups: Groups

    /// - Parameters:
    ///   - ports: the proxy's, by the number of the broker behind.
    ///   - groups: those of all connections.
    package init(ports: [Int32: UInt16], groups: Groups = Groups()) {
        self.ports = ports
        self.groups = groups
    }

    /// Whether a member of a group waits for its answer on this connection.
    package var hasWaitingMember: Bool {
        awaited.contains { if case .group = $0.answer { true } else { false } }
    }

    /// To be called when the connection has ended, for the broker too: its members may come again.
    package mutating func end() {
        for case (_, .group(let member)) in awaited { groups.leave(member) }
        awaited = []
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
        guard awaited.count < Self.mostAwaited else {
            throw ProtocolViolation("\(Self.mostAwaited) requests wait for an answer.")
        }
        var reader = ProtocolReader(frame)
        let header = try RequestHeader(&reader)
        if header.request != .metadata { try header.request.check(reader, version: header.version) }
        switch header.request {
        case .metadata:
            let question = try MetadataQuestion(&reader, version: header.version, declared: declared)
            let answer = Awaited.metadata(version: header.version, known: question.known, unknown: question.unknown)
            awaited.append((header.correlationID, answer))
            output.append(frame: frame[frame.index(frame.startIndex, offsetBy: 4)..<header.end] + question.body)
        case .findCoordinator:
            awaited.append((header.correlationID, .coordinator(version: header.version)))
            output.append(contentsOf: frame)
        case .joinGroup, .syncGroup:
            let member = try GroupMember(&reader, header)
            try groups.enter(member)
            awaited.append((header.correlationID, .group(member)))
            output.append(contentsOf: frame)
        default:
            awaited.append((header.correlationID, .other))
            output.append(contentsOf: frame)
        }
    }

    private mutating func pass(answer frame: ArraySlice<UInt8>, to output: inout [UInt8]) throws(ProtocolViolation) {
        var reader = ProtocolReader(frame)
        try reader.skip(4)
        let correlationID = try reader.int32()
        guard let index = awaited.firstIndex(where: { $0.correlationID == correlationID }) else {
            throw ProtocolViolation("An answer to nothing that was asked.")
        }
        let expected = awaited[index].answer
        // Those before it have no answer: a producer may say that it wants none.
        awaited.removeSubrange(...index)
        var answer: [UInt8] = []
        answer.append(number: correlationID)
        switch expected {
        case .group(let member):
            groups.leave(member)
            output.append(contentsOf: frame)
            return
        case .other:
            output.append(contentsOf: frame)
            return
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
