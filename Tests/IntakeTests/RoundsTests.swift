import SymConfiguration
import SymMessages
import Testing

@testable import Intake

@Suite("A request in rounds and stages, as it is told")
struct RoundsTests {
    static let id = SlackSample.id()
    static let dee = SlackSample.person("dee@example.com")
    static let stages = [
        Decision.Stage(
            name: "sre", approvers: [SlackSample.ben, SlackSample.cy], required: 1,
            escalations: [.init(after: Seconds(1_800), added: [dee])]),
        Decision.Stage(name: "leads", approvers: [SlackSample.cy], required: 1),
    ]
    static let submitted = SlackSample.submitted(
        stages: stages, extending: .init(times: 2, by: Seconds(1_800), isAutomatic: false))
    static let further = SlackSample.further(submitted)

    static func yes(_ voter: PersonID, _ offer: String = submitted.offerID) -> Fact.Vote {
        Fact.Vote(voter: voter, offerID: offer, message: nil)
    }

    static let granted: [(RequestState, Fact)] = [
        (.pending, .submitted(submitted)), (.pending, .voted(yes(SlackSample.ben))),
        (.approved, .approved(SlackSample.approved(SlackSample.cy, of: submitted))),
        (.active, .active(SlackSample.active())),
    ]
    static let extended: [(RequestState, Fact)] =
        granted + [
            (.active, .extensionRequested(further)), (.active, .voted(yes(SlackSample.ben, further.offerID))),
            (.active, .extensionApproved(SlackSample.extended(further))),
            (.active, .active(SlackSample.active(round: 2))),
        ]

    static func entry(_ facts: [(RequestState, Fact)]) throws -> RequestBook.Entry {
        var book = RequestBook()
        for (index, (state, fact)) in facts.enumerated() {
            let event = RequestEvent(sequence: index + 1, state: state, cause: "c\(index)", fact: fact)
            let envelope = Envelope(
                id: "\(index)", source: "t", subject: id.rawValue, time: SlackSample.start, body: event)
            #expect(book.append(envelope) == id)
        }
        return try #require(book[id])
    }

    static func view(_ facts: [(RequestState, Fact)], after seconds: Int64 = 60) throws -> RequestView {
        RequestView(try entry(facts), at: SlackSample.start + Seconds(seconds))
    }

    static func json(_ value: some Encodable) throws -> JSONValue {
        try WireFormat.decode(JSONValue.self, from: try WireFormat.encode(value))
    }

    @Test("one stage after the other: which is open, who decides in it, how many said yes")
    func stagesInOrder() throws {
        let first = try Self.view(Array(Self.granted.prefix(1)))
        #expect(first.openStage == "sre" && first.deciders == [SlackSample.ben, SlackSample.cy])
        #expect(first.round == 1 && first.approvals == 0 && first.offerID == Self.submitted.offerID)
        let second = try Self.view(Array(Self.granted.prefix(2)))
        #expect(second.openStage == "leads" && second.deciders == [SlackSample.cy] && second.approvals == 0)
        #expect(second.votes == [.init(round: 1, voter: SlackSample.ben, vote: .approve, message: nil)])
        let decided = try Self.view(Array(Self.granted.prefix(3)))
        #expect(decided.round == nil && decided.openStage == nil && decided.deciders == nil && decided.offerID == nil)
        #expect(decided.approvals == nil && decided.pendingUntil == nil && decided.offer == Self.submitted.offer)
    }

    @Test("yes counts in the stage it is needed for, once a person", arguments: 1...3)
    func approvals(count: Int) throws {
        let people = (1...5).map { SlackSample.person("p\($0)@example.com") }
        let submitted = SlackSample.submitted(stages: [
            .init(name: "first", approvers: Array(people.prefix(3)), required: 2),
            .init(name: "second", approvers: people, required: 3),
        ])
        var facts: [(RequestState, Fact)] = [(.pending, .submitted(submitted))]
        for person in people.prefix(count) { facts.append((.pending, .voted(Self.yes(person, submitted.offerID)))) }
        let view = try Self.view(facts)
        #expect(view.openStage == (count < 2 ? "first" : "second"))
        #expect(view.approvals == (count < 2 ? count : count - 2))
    }

    @Test("a yes that has to stand for a later stage does not count in the open one")
    func scarce() throws {
        let submitted = SlackSample.submitted(stages: [
            .init(name: "first", approvers: [SlackSample.ben, SlackSample.cy], required: 1),
            .init(name: "second", approvers: [SlackSample.ben], required: 1),
        ])
        let view = try Self.view([
            (.pending, .submitted(submitted)), (.pending, .voted(Self.yes(SlackSample.ben, submitted.offerID))),
        ])
        #expect(view.openStage == "first" && view.approvals == 0)
    }

    @Test("P7 whoever an escalation added sees the request, from then on")
    func escalation() throws {
        let facts = Facts()
        let escalated = Fact.escalated(.init(round: 1, stage: "sre", step: 1, added: [Self.dee], channels: []))
        let before = try Self.entry(Array(Self.granted.prefix(1)))
        let after = try Self.entry(Self.granted.prefix(1) + [(.pending, escalated)])
        for (person, entry, isSeen) in [
            (SlackSample.ben, before, true), (SlackSample.cy, before, true), (Self.dee, before, false),
            (Self.dee, after, true), (SlackSample.person("eve@example.com"), after, false),
        ] { #expect(facts.maySee(entry.request, .person(person)) == isSeen, "\(person)") }
        let view = RequestView(after, at: SlackSample.start)
        #expect(view.deciders?.contains(Self.dee) == true)
        let line = try #require(view.history.last)
        #expect(line.round == 1 && line.stage == "sre" && line.added == [Self.dee])
        // Also once the extension, for which nobody was added yet, is asked for.
        let later = try Self.entry(
            Self.granted.prefix(1) + [(.pending, escalated)] + Self.granted.dropFirst()
                + [(.active, .extensionRequested(Self.further))])
        #expect(facts.maySee(later.request, .person(Self.dee)))
    }

    @Test("an extension that waits: its offer and its time are what is told, the access goes on")
    func pendingExtension() throws {
        let view = try Self.view(Array(Self.extended.prefix(6)))
        #expect(view.state == .active && view.round == 2)
        #expect(view.offer == Self.further.offer && view.offerID == Self.further.offerID)
        #expect(view.pendingUntil == Self.further.pendingUntil && view.openStage == "leads")
        #expect(view.endsAt == SlackSample.active().endsAt)
        #expect(view.votes.map(\.round) == [1, 1, 2])
        #expect(view.rounds.map(\.state) == [.active, .pending])
        #expect(view.rounds[1].askedBy == Sample.ana && view.rounds[1].startedAt == nil)
        let summary = RequestSummary(try Self.entry(Array(Self.extended.prefix(6))), at: SlackSample.start)
        #expect(summary.round == 2 && summary.duration == Seconds(1_800) && summary.state == .active)
    }

    @Test("P6 an extension moves the end once it is in place, and the end of what it extends ends nothing")
    func extension_() throws {
        let approved = try Self.view(Array(Self.extended.prefix(7)))
        #expect(approved.endsAt == SlackSample.active().endsAt && approved.rounds[1].state == .approved)
        #expect(approved.offerID == nil && approved.offer == Self.submitted.offer)
        let extended = try Self.view(Self.extended)
        #expect(extended.endsAt == SlackSample.active(round: 2).endsAt && extended.rounds[1].state == .active)
        let first = Self.extended + [(.active, .ended(SlackSample.ended(Self.id, .expired, .leased)))]
        let over = try Self.view(first)
        #expect(over.state == .active && over.end == nil && over.rounds.map(\.state) == [.ended, .active])
        #expect(over.endsAt == SlackSample.active(round: 2).endsAt && over.startedAt == SlackSample.active().startedAt)
        let second = Fact.Ended(
            leaseID: LeaseID(request: Self.id, round: 2), endedAt: SlackSample.start + Seconds(3_606), reason: .expired,
            membership: .removed)
        let ended = try Self.view(first + [(.ended, .ended(second))])
        #expect(ended.end == second && ended.endsAt == nil && ended.rounds.map(\.state) == [.ended, .ended])
        #expect(ended.rounds.map(\.endedAt) == [SlackSample.ended().endedAt, second.endedAt])
    }

    @Test("what became of a round that came to nothing")
    func outcomes() throws {
        let no = Fact.Vote(voter: SlackSample.cy, offerID: Self.further.offerID, message: "enough")
        let asked = Self.granted + [(.active, .extensionRequested(Self.further))]
        let first = Array(Self.granted.prefix(1))
        let failed = Fact.extensionFailed(.init(round: 2, by: Sample.ana, reason: "It was withdrawn."))
        let cases: [([(RequestState, Fact)], RoundView.Outcome, String?)] = [
            (first + [(.denied, .denied(Self.yes(SlackSample.ben)))], .denied, nil),
            (first + [(.unanswered, .unanswered)], .unanswered, nil),
            (first + [(.cancelled, .cancelled(.init(by: Sample.ana, reason: "no need")))], .cancelled, "no need"),
            (Self.granted.prefix(3) + [(.failed, .failed(SlackSample.failed()))], .failed, SlackSample.failed().reason),
            (asked + [(.active, .extensionDenied(no))], .denied, "enough"),
            (asked + [(.active, failed)], .failed, "It was withdrawn."),
            (asked + [(.ending, .ending(.init(by: Sample.ana, reason: nil)))], .lapsed, nil),
        ]
        for (facts, outcome, reason) in cases {
            let round = try #require(try Self.view(facts).rounds.last)
            #expect(round.state == outcome && round.reason == reason, "\(outcome)")
        }
        let denial = try Self.view(asked + [(.active, .extensionDenied(no))]).votes.last
        #expect(denial == .init(round: 2, voter: SlackSample.cy, vote: .deny, message: "enough"))
    }

    @Test("late: access that is not in place in time, and an end that nobody confirmed for a minute")
    func overdue() throws {
        let approved = Array(Self.granted.prefix(3))
        for (facts, seconds, isLate) in [
            (approved, 900, false), (approved, 901, true), (Self.granted, 1_864, false), (Self.granted, 1_866, true),
            (Self.extended, 1_866, false), (Self.extended, 3_666, true), (Array(Self.extended.prefix(7)), 901, true),
            (Array(Self.granted.prefix(1)), 100_000, false),
            (Self.granted + [(.ended, .ended(SlackSample.ended()))], 100_000, false),
        ] as [([(RequestState, Fact)], Int64, Bool)] {
            #expect(try Self.view(facts, after: seconds).isOverdue == (isLate ? true : nil), "\(seconds)")
            let summary = RequestSummary(try Self.entry(facts), at: SlackSample.start + Seconds(seconds))
            #expect(summary.isOverdue == (isLate ? true : nil))
        }
        #expect(try Self.json(Self.view(approved, after: 901))["overdue"] == .bool(true))
        #expect(try Self.json(Self.view(approved))["overdue"] == nil)
    }

    @Test("a decision only: no access is told, and none is ever late")
    func decisionOnly() throws {
        let submitted = SlackSample.submitted(stages: Self.stages, grant: nil)
        let approved = Fact.approved(SlackSample.approved(SlackSample.cy, of: submitted))
        let decided = Fact.ended(SlackSample.ended(Self.id, .decided, .neverAdded))
        let story: [(RequestState, Fact)] = [
            (.pending, .submitted(submitted)), (.approved, approved), (.ended, decided),
        ]
        #expect(try Self.view(Array(story.prefix(2)), after: 100_000).isOverdue == nil)
        let told = try Self.json(Self.view(story))
        for name in ["target", "tailnet", "group", "login", "duration_seconds"] { #expect(told["offer"]?[name] == nil) }
        #expect(told["end"]?["reason"] == .string("decided") && told["final"] == .bool(true))
        #expect(told["offer"]?["asked_by"] == .string("person:ana@example.com"))
        let summary = RequestSummary(try Self.entry(story), at: SlackSample.start)
        #expect(summary.target == nil && summary.duration == nil && summary.person == SlackSample.ana)
    }

    @Test("the wire names what is new, and every kind of line has its round")
    func names() throws {
        let reminded = Fact.reminded(.init(round: 2, stage: "sre", count: 3))
        let told = try Self.json(Self.view(Self.extended.prefix(5) + [(.active, reminded)]))
        #expect(told["open_stage"] == .string("sre") && told["round"] == .integer(2))
        guard case .array(let rounds)? = told["rounds"], case .array(let history)? = told["history"] else {
            Issue.record("no rounds or history: \(told)")
            return
        }
        #expect(rounds[1]["asked_by"] == .string("person:ana@example.com") && rounds[1]["state"] == .string("pending"))
        #expect(rounds[0]["ends_at"] != nil && rounds[0]["asked_at"] != nil)
        #expect(history.map { $0["round"] } == [1, 1, 1, 1, 2, 2].map { .integer($0) })
        #expect(history[4]["duration_seconds"] == .integer(1_800) && history[4]["message"] == .string("not done yet"))
        #expect(history[5]["count"] == .integer(3) && history[5]["stage"] == .string("sre"))
    }
}
