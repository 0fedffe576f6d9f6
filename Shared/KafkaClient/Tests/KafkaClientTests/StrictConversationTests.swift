import StrictProxy
import Testing

@Suite("What the strict proxy changes in what passes")
struct StrictConversationTests {
    private static let ports: [Int32: UInt16] = [1: 19092, 2: 19093]
    private static let declared: Set<[UInt8]> = [Array("a".utf8), Array("b".utf8)]

    @Test("names that are not declared do not reach the broker, and are unknown in the answer", arguments: 0...2)
    func undeclared(version: Int16) throws {
        var conversation = StrictConversation(ports: Self.ports)
        let sent = try conversation.client(.metadata(version, id: 7, ["x", "a", "y", "x"]))
        #expect(sent == Frame.metadata(version, id: 7, ["a"]).bytes)
        let answer = try conversation.broker(.metadataAnswer(version, id: 7, ports: [4001, 4002], ["a"]))
        let expected = [19092, 19093].map { Int32($0) }
        let either = [["x", "y"], ["y", "x"]].map {
            Frame.metadataAnswer(version, id: 7, ports: expected, ["a"], unknown: $0).bytes
        }
        #expect(either.contains(answer))
    }

    @Test("all topics are the declared ones", arguments: 0...2)
    func allTopics(version: Int16) throws {
        var conversation = StrictConversation(ports: Self.ports)
        let question = Frame.metadata(version, id: 1, nil)
        #expect(try conversation.client(question) == question.bytes)
        let answer = try conversation.broker(.metadataAnswer(version, id: 1, ports: [1, 2], ["b", "hidden", "a"]))
        #expect(answer == Frame.metadataAnswer(version, id: 1, ports: [19092, 19093], ["b", "a"]).bytes)
    }

    @Test("a question of version 0 about nothing but unknown topics is not one about all")
    func nothingLeft() throws {
        var conversation = StrictConversation(ports: Self.ports)
        let sent = try conversation.client(.metadata(0, id: 1, ["x"]))
        #expect(sent == Frame.metadata(0, id: 1, []).bytes)
        let answer = try conversation.broker(.metadataAnswer(0, id: 1, ports: [1], ["a", "b"]))
        #expect(answer == Frame.metadataAnswer(0, id: 1, ports: [19092], [], unknown: ["x"]).bytes)
    }

    @Test("a topic declared after the question is not in its answer, and in the next")
    func declaredLater() throws {
        var conversation = StrictConversation(ports: Self.ports)
        let question = Frame.metadata(1, id: 1, ["later"]).bytes[...]
        #expect(try conversation.clientSent(question, declared: []) == Frame.metadata(1, id: 1, []).bytes)
        #expect(try conversation.clientSent(question, declared: [Array("later".utf8)]) == Array(question))
        let first = try conversation.broker(.metadataAnswer(1, id: 1, ports: [], []))
        #expect(first == Frame.metadataAnswer(1, id: 1, ports: [], [], unknown: ["later"]).bytes)
        let second = Frame.metadataAnswer(1, id: 1, ports: [], ["later"])
        #expect(try conversation.broker(second) == second.bytes)
    }

    @Test("the coordinator is found at the proxy's port, none stays none", arguments: 0...2)
    func coordinator(version: Int16) throws {
        var conversation = StrictConversation(ports: Self.ports)
        let question = Frame.findCoordinator(version, id: 3)
        #expect(try conversation.client(question) + conversation.client(question) == question.bytes + question.bytes)
        let found = try conversation.broker(.coordinator(version, id: 3, broker: 2, port: 4002))
        #expect(found == Frame.coordinator(version, id: 3, broker: 2, port: 19093).bytes)
        let none = Frame.coordinator(version, id: 3, broker: -1, port: -1)
        #expect(try conversation.broker(none) == none.bytes)
    }

    @Test("everything else passes as it is, in whatever pieces it comes")
    func passesOn() throws {
        var conversation = StrictConversation(ports: Self.ports)
        let requests = (0..<20).flatMap { [Frame.produce(id: $0, "a", 0), .fetch(id: $0, "nope", 7)] }
        let all = requests.flatMap(\.bytes)
        #expect(try all.flatMap { try conversation.clientSent([$0], declared: Self.declared) } == all)
        let answers = (Int32(0)..<20).flatMap { id in
            let answer = Frame(answer: id) { $0 += [255, 255, 255] }.bytes
            return answer + answer
        }
        #expect(try answers.flatMap { try conversation.brokerSent([$0]) } == answers)
    }

    @Test("what would abort the mock is refused", arguments: [-1, 0, 1001, 2, Int32.max])
    func joinGroup(protocols: Int32) throws {
        var conversation = StrictConversation(ports: Self.ports)
        let good = Frame.joinGroup(5, protocols: 1)
        #expect(try conversation.client(good) == good.bytes)
        #expect(throws: ProtocolViolation.self) { try conversation.client(.joinGroup(5, protocols: protocols)) }
    }

    @Test("a member that waits may not ask again elsewhere until its connection has ended")
    func joinsTwice() throws {
        let groups = Groups()
        var first = StrictConversation(ports: Self.ports, groups: groups)
        var second = StrictConversation(ports: Self.ports, groups: groups)
        let frame = Frame.joinGroup(2, protocols: 1, member: "m")
        _ = try first.client(frame)
        _ = try second.client(.joinGroup(2, protocols: 1, member: "other"))
        #expect(first.hasWaitingMember)
        #expect(throws: ProtocolViolation.self) { try second.client(frame) }
        first.end()
        _ = try second.client(frame)
        // An answer ends the waiting too.
        _ = try second.broker(Frame(answer: 1) { _ in })
        _ = try second.broker(Frame(answer: 1) { _ in })
        #expect(!second.hasWaitingMember)
        _ = try first.client(frame)
    }

    @Test("the members of a group prefer one assignor")
    func mixedAssignors() throws {
        var conversation = StrictConversation(ports: Self.ports)
        _ = try conversation.client(.joinGroup(2, protocols: 1))
        #expect(throws: ProtocolViolation.self) {
            try conversation.client(.joinGroup(2, protocols: 1, assignor: "cooperative-sticky"))
        }
    }

    @Test("an empty batch and a request that goes on are refused")
    func otherForms() {
        var conversation = StrictConversation(ports: Self.ports)
        #expect(throws: ProtocolViolation.self) { try conversation.client(.produce(id: 1, "a", 0, batch: 0)) }
        var longer = Frame.listOffsets(id: 1, "a", 0)
        longer.body.append(0)
        #expect(throws: ProtocolViolation.self) { try conversation.client(longer) }
        #expect(throws: ProtocolViolation.self) { try conversation.broker(Frame(answer: 5) { _ in }) }
    }

    @Test("frames without an end, too long or too short are refused", arguments: [-1, 0, 9, 100_000_001, Int32.max])
    func lengths(length: Int32) {
        var conversation = StrictConversation(ports: Self.ports)
        var bytes: [UInt8] = []
        bytes.append(number: length)
        #expect(throws: ProtocolViolation.self) {
            try conversation.clientSent(bytes[...], declared: Self.declared)
        }
    }

    @Test(
        "versions it does not know are refused",
        arguments: [(3, 3), (3, -1), (10, 3), (11, 6), (8, 0), (26, 0), (99, 0)])
    func versions(request: Int16, version: Int16) {
        var conversation = StrictConversation(ports: Self.ports)
        #expect(throws: ProtocolViolation.self) {
            try conversation.client(Frame(request: request, version: version, id: 1) { $0 += [0, 0, 0, 0] })
        }
    }

    @Test("a client cannot leave open more questions than one ever would")
    func tooManyOpen() throws {
        var conversation = StrictConversation(ports: Self.ports)
        for _ in 0..<10_000 { _ = try conversation.client(.findCoordinator(0, id: 1)) }
        #expect(throws: ProtocolViolation.self) { try conversation.client(.findCoordinator(0, id: 1)) }
    }

    @Test("frames cut at any length are refused or waited for, and never answered")
    func truncated() throws {
        let questions: [Frame] = [
            .metadata(0, id: 1, ["a", "x"]), .metadata(2, id: 1, ["a", "x"]), .joinGroup(0, protocols: 1),
            .joinGroup(5, protocols: 1), .produce(id: 1, "a", 0), .fetch(id: 1, "a", 0), .listOffsets(id: 1, "a", 0),
            .offsetCommit(id: 1, "a", 0), .findCoordinator(2, id: 1),
        ]
        for question in questions {
            for length in 0..<question.body.count {
                var conversation = StrictConversation(ports: Self.ports)
                #expect(throws: ProtocolViolation.self) { try conversation.client(question.cut(to: length)) }
                var waiting = StrictConversation(ports: Self.ports)
                let begun = question.bytes[..<(length + 4)]
                #expect(try waiting.clientSent(begun, declared: Self.declared) == [])
            }
        }
        let answers: [(question: Frame, answer: Frame)] = [
            (.metadata(2, id: 1, ["a"]), .metadataAnswer(2, id: 1, ports: [1, 2], ["a", "b"])),
            (.findCoordinator(2, id: 1), .coordinator(2, id: 1, broker: 1, port: 1)),
        ]
        for (question, answer) in answers {
            for length in 4..<answer.body.count {
                var conversation = StrictConversation(ports: Self.ports)
                _ = try conversation.client(question)
                #expect(throws: ProtocolViolation.self) { try conversation.broker(answer.cut(to: length)) }
            }
        }
    }

    @Test("random bytes crash nothing and bring no undeclared name through", .timeLimit(.minutes(1)))
    func randomBytes() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededNumbers(seed)
        var refused = 0
        for _ in 0..<20_000 {
            var conversation = StrictConversation(ports: Self.ports)
            let fromClient = random.spoiled([
                .metadata(random.version(), id: 1, ["secret", "a"]), .joinGroup(random.version(), protocols: 1),
                .findCoordinator(random.version(), id: 1),
            ])
            let fromBroker = random.spoiled([
                .metadataAnswer(random.version(), id: 1, ports: [1, 2], ["a", "b"]),
                .coordinator(random.version(), id: 1, broker: 1, port: 1),
            ])
            do {
                let passed = try conversation.clientSent(fromClient[...], declared: Self.declared)
                if passed.starts(with: passed.prefix(4) + [0, 3]) {
                    #expect(!String(decoding: passed, as: UTF8.self).contains("secret"), "seed \(seed)")
                }
                _ = try conversation.brokerSent(fromBroker[...])
            } catch {
                refused += 1
            }
        }
        #expect((1..<20_000).contains(refused), "seed \(seed)")
    }
}

extension StrictConversation {
    fileprivate mutating func client(_ frame: Frame) throws(ProtocolViolation) -> [UInt8] {
        try clientSent(frame.bytes[...], declared: [Array("a".utf8), Array("b".utf8)])
    }

    fileprivate mutating func broker(_ frame: Frame) throws(ProtocolViolation) -> [UInt8] {
        try brokerSent(frame.bytes[...])
    }
}
