import SymMessages
import Testing

@Suite struct EnvelopeTests {
    static let request = RequestID(caller: .person(Sample.ana), source: "http", id: "1")

    @Test func everyMessageSurvivesTheRoundTrip() throws {
        for command in Sample.commands { try roundTrip(command) }
        for fact in Sample.facts {
            try roundTrip(RequestEvent(sequence: 7, state: .active, cause: "c", fact: fact))
            try roundTrip(RequestEvent(sequence: nil, state: .none, cause: "c", fact: fact))
        }
        let further = Sample.furtherTerms
        for order in [
            Order.grant(Sample.leaseTerms), .extend(further, extends: Sample.leaseID), .end(Sample.leaseTerms),
        ] { try roundTrip(order) }
        for outcome in Sample.outcomes { try roundTrip(outcome) }
        try roundTrip(Sample.leaseRecord)
        try roundTrip(
            LeaseRecord(
                terms: further, revision: 1, phase: .wanted,
                extends: .init(leaseID: Sample.leaseID, end: Sample.moment, standing: true)))
        for record in Sample.directory { try roundTrip(record) }
        try roundTrip(
            ConfigRecord(
                basedOn: 4, by: .person(Sample.ana), at: Sample.moment,
                resources: .object(["sym_flow": .object(["a_b": .object(["jwt_file": .integer(1)])])])))
        try roundTrip(
            DeadLetter(reason: "r", topic: "t", partition: 3, offset: 9, key: nil, value: Array("{".utf8)))
    }

    private func roundTrip<Body: MessageBody>(_ body: Body) throws {
        let envelope = Envelope(id: "i", source: "sym/test", subject: "s", time: Sample.moment, body: body)
        #expect(try WireFormat.decode(Envelope<Body>.self, from: WireFormat.encode(envelope)) == envelope)
    }

    @Test func anEventCarriesItsPlaceAsAttributes() throws {
        let event = RequestEvent(sequence: 3, state: .denied, cause: "c", fact: .denied(Sample.vote))
        let envelope = Envelope(id: "i", source: "sym/approval", subject: "req", time: Sample.moment, body: event)
        let json = try WireFormat.decode(JSONValue.self, from: WireFormat.encode(envelope))
        #expect(json["specversion"] == .string("1.0"))
        #expect(json["type"] == .string("sym.request.denied.v1"))
        #expect(json["sequence"] == .string("0000000003"))
        #expect(json["state"] == .string("denied"))
        #expect(json["final"] == .bool(true))
        #expect(json["causeid"] == .string("c"))
        #expect(json["time"] == .string("2026-01-02T03:04:05.678Z"))
        #expect(json["data"]?["offer_id"] == .string(Sample.vote.offerID))
    }

    @Test func anExtendOrderNamesWhatItExtendsNextToTheTerms() throws {
        let order = Order.extend(Sample.furtherTerms, extends: Sample.leaseID)
        let envelope = Envelope(id: order.id, source: "s", subject: "x", time: Sample.moment, body: order)
        let json = try WireFormat.decode(JSONValue.self, from: WireFormat.encode(envelope))
        #expect(json["id"] == .string("\(Sample.requestID).2.extend"))
        #expect(json["type"] == .string("sym.lease.extend.v1"))
        #expect(json["data"]?["lease_id"] == .string("\(Sample.requestID).2"))
        #expect(json["data"]?["extends"] == .string("\(Sample.requestID).1"))
        #expect(json["data"]?["duration_seconds"] == .integer(1_800))
    }

    @Test func anOfferThatGivesNothingHasNoMembersOfAGrant() throws {
        var offer = Sample.offer
        offer.grant = nil
        let json = try WireFormat.decode(JSONValue.self, from: WireFormat.encode(offer))
        guard case .object(let members) = json else {
            Issue.record("\(json)")
            return
        }
        #expect(members.keys.sorted() == ["asked_by", "flow", "person", "reason", "request_id", "round"])
        #expect(try WireFormat.decode(Offer.self, from: WireFormat.encode(offer)) == offer)
    }

    @Test func anExtensionSaysWhatItProlongsAndWhoAsks() throws {
        let asked = Fact.ExtensionRequested(
            offer: Sample.further, extends: Sample.leaseID, pendingUntil: Sample.moment)
        let event = RequestEvent(sequence: 9, state: .active, cause: "c", fact: .extensionRequested(asked))
        let envelope = Envelope(id: "i", source: "s", subject: "x", time: Sample.moment, body: event)
        let json = try WireFormat.decode(JSONValue.self, from: WireFormat.encode(envelope))
        #expect(json["type"] == .string("sym.request.extension_requested.v1"))
        #expect(json["final"] == .bool(false))
        #expect(json["data"]?["extends"] == .string("\(Sample.requestID).1"))
        #expect(json["data"]?["offer_id"] == .string(Sample.further.id))
        #expect(json["data"]?["offer"]?["asked_by"] == .string("person:ana@example.com"))
        #expect(json["data"]?["offer"]?["round"] == .integer(2))
        #expect(json["data"]?["offer"]?["duration_seconds"] == .integer(1_800))
    }

    @Test func anUnknownEventKeepsItsSequence() throws {
        let text = """
            {"specversion":"1.0","id":"i","source":"s","type":"sym.request.escalated.v9","subject":"x",
             "time":"2026-01-02T03:04:05Z","sequence":"0000000002","state":"pending","final":false,"causeid":"c",
             "data":{"anything":1.5},"unknownattribute":[1]}
            """
        let event = try WireFormat.decode(Envelope<RequestEvent>.self, from: Array(text.utf8)).body
        #expect(event.sequence == 2)
        #expect(event.fact == .unknown(type: "sym.request.escalated.v9"))
    }

    @Test(arguments: [
        ("{", "the message is not valid JSON"),
        ("{}", "specversion is missing"),
        (
            #"{"specversion":"1.0","id":"i","source":"s","type":"sym.command.dance.v1","subject":"x","time":"2026-01-02T03:04:05Z"}"#,
            "type is \"sym.command.dance.v1\", which is not known to this version"
        ),
        (
            #"{"specversion":"1.0","id":"i","source":"s","type":"sym.command.end.v1","subject":"x","time":"2026-01-02T03:04:05Z","data":{"actor":"ana"}}"#,
            "data.actor is neither person:<e-mail> nor bot:<name>"
        ),
        (
            #"{"specversion":"1.0","id":7}"#,
            "id is of the wrong type: expected a string"
        ),
    ])
    func errorsNameTheField(text: String, message: String) {
        let error = #expect(throws: MessageError.self) {
            try WireFormat.decode(Envelope<Command>.self, from: Array(text.utf8))
        }
        #expect(error?.description == message)
    }

    @Test func theContentHashIsThatOfItsFields() {
        var other = Sample.access
        #expect(other.sha256 == Sample.access.sha256)
        other.reason = nil
        #expect(other.sha256 != Sample.access.sha256)
    }

    /// What an approver is shown cannot be exchanged for anything else under the same name.
    @Test func everyPartOfAnOfferIsInItsID() {
        let changes: [(inout Offer) -> Void] = [
            { $0.requestID = RequestID(caller: .person(Sample.ana), source: "http", id: "2") }, { $0.round = 2 },
            { $0.flow = Sample.name("other") }, { $0.grant?.target = Sample.name("other") },
            { $0.grant?.targetLabel = "x" }, { $0.grant?.tailnet = "x" }, { $0.grant?.group = Sample.group("group:x") },
            { $0.person = Sample.ben }, { $0.askedBy = .person(Sample.ben) }, { $0.askedBy = .bot(Sample.bot("ana")) },
            { $0.grant?.login = Sample.login("x@y") }, { $0.grant?.duration = Seconds(1) }, { $0.grant = nil },
            { $0.reason = nil }, { $0.reason = "" }, { $0.fields = ["ticket": .text("A-1")] },
            { $0.fields = ["ticket": .texts(["A-1"])] },
        ]
        var ids: Set = [Sample.offer.id]
        for change in changes {
            var offer = Sample.offer
            change(&offer)
            ids.insert(offer.id)
        }
        #expect(ids.count == changes.count + 1)
    }
}
