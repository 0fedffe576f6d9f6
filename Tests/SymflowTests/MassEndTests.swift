import SymMessages
import Testing

@testable import Symflow

@Suite("Ending all that matches")
struct MassEndTests {
    private static func id(_ number: Int) throws -> RequestID {
        let caller = try #require(Caller("person:ana@example.com"))
        return RequestID(caller: caller, source: "http", id: "k\(number)")
    }

    private static func item(
        _ number: Int, _ state: RequestState = .active, person: String = "ana@example.com", target: String = "prod"
    ) throws -> RequestList.Item {
        RequestList.Item(
            id: try id(number), state: state, createdAt: Timestamp(milliseconds: 0),
            person: PersonID(rawValue: person), flow: nil,
            target: ResourceName(rawValue: target))
    }

    private static func ended(
        _ number: Int, _ membership: String = "removed", login: String = "ana@github", state: String = "ended"
    ) throws -> RequestDocument {
        let json = #"""
            {"id":"\#(try id(number))","state":"\#(state)",
             "offer":{"request_id":"\#(try id(number))","round":1,"flow":"ssh","asked_by":"person:ana@example.com","target":"prod","target_label":"Prod",
                      "tailnet":"example.com","group":"group:prod","person":"ana@example.com","login":"\#(login)",
                      "duration_seconds":1800},
             "history":[{"at":"2026-01-02T03:04:05.678Z","type":"sym.request.ended.v1","membership":"\#(membership)"}]}
            """#
        return try WireFormat.decode(RequestDocument.self, from: Array(json.utf8))
    }

    private static func failure(_ kind: Failure.Kind, status: Int? = nil) -> Failure {
        var failure = Failure(kind, "why")
        failure.status = status
        return failure
    }

    private static func story(pending: Int = 0, isAdministrator: Bool = true) -> MassEndStory {
        MassEndStory(filter: RequestFilter(), isAdministrator: isAdministrator, pending: pending)
    }

    @Test("what is approved or active is told to end; what is ending already is only awaited")
    func toTell() throws {
        var mass = MassEnd()
        mass.found([try Self.item(1), try Self.item(2, .ending), try Self.item(3, .approved)])
        #expect(Set(mass.untold) == [try Self.id(1), try Self.id(3)])
        #expect(mass.undecided.isEmpty && mass.gone.isEmpty && !mass.isSettled)
    }

    @Test("what comes to be there meanwhile is ended as well")
    func latecomer() throws {
        var mass = MassEnd()
        mass.found([try Self.item(1)])
        mass.answered(try Self.id(1), nil)
        mass.found([try Self.item(2, .approved), try Self.item(1, .ending)])
        #expect(mass.untold == [try Self.id(2)])
        #expect(mass.items.map(\.id) == [try Self.id(1), try Self.id(2)], "those that came later are told behind")
    }

    @Test("P6 no claim before the effect: gone from the list is not over; only the request itself says so")
    func goneIsNotOver() throws {
        var mass = MassEnd()
        mass.found([try Self.item(1)])
        mass.answered(try Self.id(1), nil)
        #expect(!mass.isSettled)
        mass.found([])
        #expect(mass.gone == [try Self.id(1)] && !mass.isSettled)
        #expect(mass.failureKind == .outcomeUnknown)
        mass.saw(try Self.ended(1, state: "ending"))
        #expect(!mass.isSettled && mass.failureKind == .outcomeUnknown)
        mass.saw(try Self.ended(1))
        #expect(mass.isSettled && mass.failureKind == nil && mass.gone.isEmpty)
    }

    @Test("P8 an attempt whose outcome is unknown is sent again; one that Kafka has is asked about, not forgotten")
    func again() throws {
        let one = try Self.id(1)
        var mass = MassEnd()
        mass.found([try Self.item(1)])
        mass.answered(one, Self.failure(.outcomeUnknown, status: 503))
        #expect(mass.untold == [one])
        mass.answered(one, nil)
        mass.found([try Self.item(1)])
        #expect(mass.untold.isEmpty && mass.undecided == [one])
        mass.answered(one, Self.failure(.unreachable))
        #expect(mass.undecided == [one], "Kafka has had it all the same")
        mass.found([try Self.item(1, .ending)])
        #expect(mass.undecided.isEmpty)
    }

    @Test("a conflict is somebody else's end, or its own: it is awaited; any other refusal is told")
    func refusals() throws {
        var mass = MassEnd()
        mass.found(try (1...3).map { try Self.item($0) })
        mass.answered(try Self.id(1), Self.failure(.refused, status: 409))
        mass.answered(try Self.id(2), Self.failure(.notPermitted, status: 403))
        mass.answered(try Self.id(3), nil)
        mass.found([try Self.item(2)])
        #expect(mass.gone.count == 2)
        mass.saw(try Self.ended(1))
        mass.saw(try Self.ended(3))
        #expect(mass.isSettled && mass.failureKind == .notPermitted)
        let words = mass.items.map(Self.story().words)
        #expect(words.filter { $0.contains("NOT ended, ana@example.com in prod: why") }.count == 1)
        #expect(Self.story().complaint(mass, .init(seconds: 1)) == "1 of 3 requests refused: not ended.")
        // Others end it: what the log says comes before what we were told.
        mass.found([try Self.item(2, .ending)])
        #expect(mass.failureKind == .outcomeUnknown)
    }

    @Test("the exit code is that of the worst: refused, then not known, then done")
    func exitCodes() throws {
        func kind(_ answers: Failure?...) throws -> Failure.Kind? {
            var mass = MassEnd()
            mass.found(try answers.indices.map { try Self.item($0) })
            for (number, answer) in answers.enumerated() { mass.answered(try Self.id(number), answer) }
            return mass.failureKind
        }
        let forbidden = Self.failure(.notPermitted, status: 403)
        let unreachable = Self.failure(.unreachable)
        #expect(try kind(forbidden, forbidden) == .notPermitted)
        #expect(try kind(forbidden, Self.failure(.refused, status: 422)) == .refused)
        #expect(try kind(forbidden, nil) == .notPermitted)
        #expect(try kind(nil, nil) == .outcomeUnknown)
        #expect(try kind(unreachable, unreachable) == .unreachable)
        #expect(try kind(unreachable, nil) == .outcomeUnknown)
        #expect(try kind() == nil)
    }

    @Test("before: how many, of whom, where; and what is left alone")
    func preview() throws {
        var mass = MassEnd()
        mass.found([
            try Self.item(1), try Self.item(2, person: "ben@example.com"), try Self.item(3, .ending, target: "staging"),
        ])
        #expect(
            Self.story(pending: 2, isAdministrator: false).preview(mass) == """
                3 requests to end: 2 people, 2 targets
                  prod     2  ana@example.com, ben@example.com
                  staging  1  ana@example.com
                1 of them is being ended already.
                2 requests still wait for a decision: they give no access, and stay as they are. See `symflow requests --state pending`.
                You are no administrator: this is about the requests that you may see, not about all.
                """)
        var many = MassEnd()
        many.found(try (0..<40).map { try Self.item($0, person: "p\($0 + 10)@example.com") })
        #expect(Self.story().preview(many).hasSuffix("p21@example.com and 28 more"))
    }

    @Test("P6 an end is worded as what it is, and what stays in a group is told again at the end")
    func remaining() throws {
        var mass = MassEnd()
        mass.found(try (1...4).map { try Self.item($0) })
        mass.found([])
        // The first stayed for the second, and went with it.
        mass.saw(try Self.ended(1, "leased"))
        mass.saw(try Self.ended(2, "removed"))
        #expect(!Self.story().success(mass).contains("Still in a group"))
        mass.saw(try Self.ended(3, "standing", login: "ben@github"))
        mass.saw(try Self.ended(4, "never_added", login: "cy@github"))
        let words = mass.items.map(Self.story().words).sorted().joined(separator: "\n")
        #expect(words.contains("ended: ana@github stays in group:prod, for another live request"))
        #expect(words.contains("ended: ana@github was removed from group:prod"))
        #expect(words.contains("ended: ben@github stays in group:prod, where it stood before Sym"))
        #expect(words.contains("ended: cy@github was never put into group:prod"))
        #expect(
            Self.story().success(mass).hasSuffix(
                "Still in a group, for what is said above:\n  ben@github in group:prod of example.com"))
        #expect(mass.failureKind == nil, "what Sym gave is gone")
    }

    @Test("P6 nothing that is not over is called ended")
    func unsettled() throws {
        var mass = MassEnd()
        mass.found(try (1...4).map { try Self.item($0) })
        let ids = mass.items.map(\.id)
        mass.answered(ids[1], nil)
        mass.answered(ids[2], Self.failure(.outcomeUnknown, status: 503))
        mass.answered(ids[3], Self.failure(.unreachable))
        mass.found([])
        let words = mass.items.map(Self.story().words)
        #expect(words[0].contains("NOT ended, the command was not sent"))
        #expect(words[1].contains("Kafka has the command, not decided yet"))
        #expect(words[2].contains("not known whether Kafka has the command"))
        #expect(words[3].contains("NOT ended, the command was not sent"))
        #expect(
            Self.story().complaint(mass, .init(seconds: 60)).hasPrefix(
                "4 of 4 requests not known to be ended after 60 s."))
        #expect(!(try Self.story().json(mass)).contains(#""became":"ended""#))
    }
}
