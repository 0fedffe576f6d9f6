import SymMessages
import Testing

/// Facts of rounds as nobody of ours writes them: each becomes unknown, keeps its place, and freezes the request.
@Suite("P8 hostile facts")
struct HostileFactTests {
    private static let grant = ["target", "target_label", "tailnet", "group", "login", "duration_seconds"]
    private static let offer = ["request_id", "round", "flow", "asked_by", "person"]

    /// The facts that came with rounds, with the members that none can be without, and those that it can.
    private static let facts: [(fact: Fact, mandatory: [[String]], optional: [[String]])] = [
        (
            .escalated(.init(round: 1, stage: "sre", step: 1, added: [Sample.ana], channels: ["#b"])),
            [["round"], ["stage"], ["step"], ["added"], ["slack_channels"]], []
        ),
        (
            .reminded(.init(round: 1, stage: "sre", count: 2)), [["round"], ["stage"], ["count"]], []
        ),
        (
            .extensionRequested(.init(offer: Sample.further, extends: Sample.leaseID, pendingUntil: Sample.moment)),
            [["offer"], ["offer_id"], ["extends"], ["pending_until"]] + (offer + grant).map { ["offer", $0] },
            [["offer", "reason"]]
        ),
        (
            .extensionApproved(Sample.approved),
            [["lease_id"], ["start_by"], ["vote", "voter"], ["vote", "offer_id"]],
            [["vote"]]
        ),
        (.extensionDenied(Sample.vote), [["voter"], ["offer_id"]], []),
        (
            .extensionFailed(.init(round: 2, by: .person(Sample.ana), reason: "It was withdrawn.")),
            [["round"], ["reason"]], [["by"]]
        ),
        (.voted(Sample.vote), [["voter"], ["offer_id"]], []),
        (
            .submitted(Sample.submitted),
            [
                ["decision", "stages"], ["decision", "pending_for_seconds"], ["decision", "extending", "times"],
                ["decision", "extending", "by_seconds"], ["decision", "extending", "automatic"],
                ["offer", "asked_by"], ["offer"],
            ] + grant.map { ["offer", $0] }, [["decision", "extending"], ["placement"]]
        ),
    ]

    private static func event(_ fact: Fact) throws -> JSONValue {
        let event = RequestEvent(sequence: 2, state: .pending, cause: "c", fact: fact)
        let envelope = Envelope(id: "i", source: "s", subject: "x", time: Sample.moment, body: event)
        return try WireFormat.decode(JSONValue.self, from: WireFormat.encode(envelope))
    }

    private static func read(_ json: JSONValue) throws -> RequestEvent {
        try WireFormat.decode(Envelope<RequestEvent>.self, from: WireFormat.encode(json)).body
    }

    /// Never throws, so that its sequence counts; and nothing is decided on the request any more.
    private static func expectUnknown(_ json: JSONValue, _ comment: String) throws {
        let event = try read(json)
        guard case .unknown = event.fact else {
            Issue.record("\(comment): \(event.fact)")
            return
        }
        var log = RequestLog(id: Sample.requestID, reader: .deciding)
        let submitted = RequestEvent(sequence: 1, state: .pending, cause: "a", fact: .submitted(Sample.submitted))
        _ = log.append(submitted, at: Sample.moment)
        let rounds = log.request.rounds
        #expect(log.append(event, at: Sample.moment) == .accepted, "\(comment)")
        #expect(log.request.isFrozen && log.sequence == 2 && log.request.rounds == rounds, "\(comment)")
    }

    @Test("a member that is missing")
    func missing() throws {
        for (fact, mandatory, optional) in Self.facts {
            let json = try Self.event(fact)
            for path in mandatory {
                try Self.expectUnknown(json.setting(["data"] + path, to: nil), "\(fact.type) without \(path)")
            }
            for path in optional {
                #expect(json.contains(["data"] + path), "\(fact.type) has no \(path)")
                let event = try Self.read(json.setting(["data"] + path, to: nil))
                #expect(event.fact.type == fact.type && event.fact != fact, "\(fact.type) without \(path)")
                if case .unknown = event.fact { Issue.record("\(fact.type) without \(path)") }
            }
            try Self.expectUnknown(json.setting(["data"], to: nil), "\(fact.type) without data")
        }
    }

    @Test("a member of the wrong type")
    func wrongType() throws {
        let wrong: [JSONValue] = [.array([.array([])]), .object(["x": .bool(true)]), .bool(false)]
        for (fact, mandatory, optional) in Self.facts {
            let json = try Self.event(fact)
            for path in mandatory + optional {
                for value in wrong {
                    // Two of them are flags.
                    if case .bool = value, path.last == "automatic" { continue }
                    try Self.expectUnknown(json.setting(["data"] + path, to: value), "\(fact.type), \(path): \(value)")
                }
            }
            try Self.expectUnknown(json.setting(["data"], to: .string("x")), "\(fact.type)")
        }
    }

    /// Any part of a grant, without the rest: less than all says nothing, and none is a flow that gives nothing.
    @Test("a grant of which some members are missing, whichever")
    func halfAGrant() throws {
        let asked = Fact.ExtensionRequested(
            offer: Sample.further, extends: Sample.leaseID, pendingUntil: Sample.moment)
        let json = try Self.event(.extensionRequested(asked))
        for mask in 1..<(1 << Self.grant.count) {
            var changed = json
            for (index, name) in Self.grant.enumerated() where mask >> index & 1 == 1 {
                changed = changed.setting(["data", "offer", name], to: mask & 1 == 0 ? nil : .null)
            }
            if mask == (1 << Self.grant.count) - 1 {
                try Self.expectUnknown(changed, "all of them null")
            } else {
                try Self.expectUnknown(changed, "\(mask)")
            }
        }
        var without = json
        for name in Self.grant { without = without.setting(["data", "offer", name], to: nil) }
        guard case .extensionRequested(let read) = try Self.read(without).fact else {
            Issue.record("a flow that gives nothing")
            return
        }
        #expect(read.offer.grant == nil)
    }

    @Test(
        "an extension of what it cannot extend",
        arguments: [
            LeaseID(request: RequestID(caller: .person(Sample.ben), source: "http", id: "1"), round: 1),
            LeaseID(request: Sample.requestID, round: 2), LeaseID(request: Sample.requestID, round: 7),
        ])
    func extendsOther(lease: LeaseID) throws {
        let asked = Fact.ExtensionRequested(
            offer: Sample.further, extends: Sample.leaseID, pendingUntil: Sample.moment)
        let json = try Self.event(.extensionRequested(asked))
        try Self.expectUnknown(json.setting(["data", "extends"], to: .string(lease.rawValue)), "\(lease)")
    }

    @Test("numbers that are none of ours do no harm", arguments: [Int64.min, -1, 0, 3, 1 << 40, .max])
    func numbers(number: Int64) throws {
        for (fact, names) in [
            (Self.facts[0].fact, ["round", "step"]), (Self.facts[1].fact, ["round", "count"]),
            (Self.facts[5].fact, ["round"]),
        ] {
            for name in names {
                let json = try Self.event(fact).setting(["data", name], to: .integer(number))
                var log = RequestLog(id: Sample.requestID, reader: .deciding)
                let submitted = RequestEvent(
                    sequence: 1, state: .pending, cause: "a", fact: .submitted(Sample.submitted))
                _ = log.append(submitted, at: Sample.moment)
                #expect(log.append(try Self.read(json), at: Sample.moment) == .accepted)
                if name == "round" { #expect(log.request.isFrozen, "\(fact.type) \(number)") }
                #expect(log.request.rounds[0].deciders.isSubset(of: Sample.decision.people))
            }
        }
    }
}

extension JSONValue {
    /// This value with the member at a path changed, or removed.
    fileprivate func setting(_ path: [String], to value: JSONValue?) -> JSONValue {
        guard case .object(var members) = self, let name = path.first else { return self }
        if path.count == 1 {
            members[name] = value
        } else {
            members[name] = members[name]?.setting(Array(path.dropFirst()), to: value)
        }
        return .object(members)
    }

    fileprivate func contains(_ path: [String]) -> Bool {
        guard let name = path.first else { return true }
        return self[name]?.contains(Array(path.dropFirst())) ?? false
    }
}
